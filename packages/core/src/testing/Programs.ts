/** Programs of other people that tests talk to: whether they are here, and what a test does when they are not. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

/** A program that a test talks to: what brings it, and whether a machine that tests everything has it. */
const programs = {
  rclone: { from: "apt-get install rclone", isExpected: true },
  "backblaze-b2": { from: "apt-get install backblaze-b2", isExpected: true },
  restic: { from: "apt-get install restic", isExpected: true },
  aws: { from: "apt-get install awscli", isExpected: false },
  s3cmd: { from: "apt-get install s3cmd", isExpected: false },
  apache2: { from: "apt-get install apache2", isExpected: false },
  sshd: { from: "apt-get install openssh-server", isExpected: false },
  "ssh-agent": { from: "apt-get install openssh-client", isExpected: false },
  versitygw: { from: "npm run s3-server, where Go is", isExpected: false },
  moto_server: { from: "npm run s3-server, where Python is", isExpected: false }
} as const

export type Program = keyof typeof programs

/** Where servers are, which need not be on the PATH of a user. */
const systemFolders = ["/usr/sbin", "/usr/local/sbin"]

/** Where programs are that were built for tests alone. */
export const builtFolder = (environment: NodeJS.ProcessEnv = process.env): string =>
  path.join(environment.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "ourclone", "bin")

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

/** The file of the program, along PATH, where servers are, and among those that were built. */
export const find = (program: Program, environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  [...(environment.PATH ?? "").split(path.delimiter), ...systemFolders, builtFolder(environment)]
    .map((folder) => path.join(folder, program))
    .find(isExecutable)

/** With `CI=true` nothing that is expected may be missing, and the reason says so. */
export const needs = (program: Program, environment: NodeJS.ProcessEnv = process.env): Need => {
  if (find(program, environment) !== undefined) return { available: true, reason: "" }
  const { from, isExpected } = programs[program]
  const reason = `${program} is not installed (${from})`
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
