/** Programs of other people that tests talk to: whether they are here, and what a test does when they are not. */
import * as fs from "node:fs"
import * as path from "node:path"

/** A program on PATH. The Debian package that brings it has the same name. */
export type Program = "rclone" | "backblaze-b2" | "restic"

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

/** Looks along PATH. With `CI=true` nothing may be missing, and the reason says so. */
export const needs = (program: Program, environment: NodeJS.ProcessEnv = process.env): Need => {
  const folders = (environment.PATH ?? "").split(path.delimiter)
  if (folders.some((folder) => isExecutable(path.join(folder, program)))) return { available: true, reason: "" }
  const reason = `${program} is not installed (apt-get install ${program})`
  return { available: false, reason: environment.CI === "true" ? `${reason}, and CI=true forbids the skip` : reason }
}

/** The part of vitest's context that is needed here. */
export interface Skippable {
  readonly skip: (reason: string) => unknown
}

/** First line of a test. Skips it with the reason when a program is missing; with `CI=true` fails it instead. */
export const skipWithout = (context: Skippable, ...programs: ReadonlyArray<Program>): void => {
  for (const program of programs) {
    const { available, reason } = needs(program)
    if (available) continue
    if (process.env.CI === "true") throw new Error(reason)
    context.skip(reason)
  }
}
