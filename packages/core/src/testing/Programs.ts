/** Programs of other people that tests talk to: whether they are here, and what a test does when they are not. */
import * as fs from "node:fs"
import * as path from "node:path"

/** A program that a test talks to: the Debian package that brings it, and whether a machine that tests everything has it. */
const programs = {
  rclone: { name: "rclone", isExpected: true },
  "backblaze-b2": { name: "backblaze-b2", isExpected: true },
  restic: { name: "restic", isExpected: true },
  aws: { name: "awscli", isExpected: false },
  s3cmd: { name: "s3cmd", isExpected: false },
  apache2: { name: "apache2", isExpected: false },
  sshd: { name: "openssh-server", isExpected: false },
  "ssh-agent": { name: "openssh-client", isExpected: false }
} as const

export type Program = keyof typeof programs

/** Where servers are, which need not be on the PATH of a user. */
const systemFolders = ["/usr/sbin", "/usr/local/sbin"]

export interface Need {
  readonly available: boolean
  /** Why not, in words for a person; empty when available. */
  readonly reason: string
}

const isExecutable = (file: string): boolean => {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The file of the program, along PATH and where servers are. */
export const find = (program: Program, environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  [...(environment.PATH ?? "").split(path.delimiter), ...systemFolders]
    .map((folder) => path.join(folder, program))
    .find(isExecutable)

/** With `CI=true` nothing that is expected may be missing, and the reason says so. */
export const needs = (program: Program, environment: NodeJS.ProcessEnv = process.env): Need => {
  if (find(program, environment) !== undefined) return { available: true, reason: "" }
  const { isExpected, name } = programs[program]
  const reason = `${program} is not installed (apt-get install ${name})`
  const isForbidden = isExpected && environment.CI === "true"
  return { available: false, reason: isForbidden ? `${reason}, and CI=true forbids the skip` : reason }
}

/** The part of vitest's context that is needed here. */
export interface Skippable {
  readonly skip: (reason: string) => unknown
}

/** First line of a test. Skips it with the reason when a program is missing; with `CI=true` fails it instead where the program is expected. */
export const skipWithout = (context: Skippable, ...needed: ReadonlyArray<Program>): void => {
  for (const program of needed) {
    const { available, reason } = needs(program)
    if (available) continue
    if (process.env.CI === "true" && programs[program].isExpected) throw new Error(reason)
    context.skip(reason)
  }
}
