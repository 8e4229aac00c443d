/** Programs of other people that tests talk to: whether they are here, and what a test does when they are not. */
import { spawnSync } from "node:child_process"
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

/** What `npm run s3-server` builds for tests alone, in the versions that the tests know. */
export const builtVersions = { versitygw: "v1.8.0", moto_server: "5.2.5" } as const

export type Built = keyof typeof builtVersions

const isBuilt = (program: Program): program is Built => program in builtVersions

/** Where it is once it was built: each version has a folder of its own. */
export const builtFile = (program: Built, environment: NodeJS.ProcessEnv = process.env): string => {
  const cache = environment.XDG_CACHE_HOME || path.join(os.homedir(), ".cache")
  return path.join(cache, "ourclone", "bin", `${program}-${builtVersions[program]}`, program)
}

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

/** Whether it is there and runs: a script may have outlived its interpreter. */
export const starts = (file: string): boolean =>
  isExecutable(file) && spawnSync(file, ["--help"], { stdio: "ignore", timeout: 60_000 }).status === 0

/** The file of the program: the one that was built for tests, else along PATH and where servers are. */
export const find = (program: Program, environment: NodeJS.ProcessEnv = process.env): string | undefined => {
  const installed = [...(environment.PATH ?? "").split(path.delimiter), ...systemFolders].map((folder) =>
    path.join(folder, program)
  )
  if (!isBuilt(program)) return installed.find(isExecutable)
  return [builtFile(program, environment), ...installed].find(starts)
}

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
