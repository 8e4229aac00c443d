/** `--before` and `--after`: what is run around each run of a task. */
import * as fs from "node:fs"
import { resolve } from "node:path"
import * as Age from "@ourclone/core/filter/Age"
import { type Hook, type Hooks, usualLimitMillis } from "@ourclone/tasks/task/Hooks"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ExitCode from "../ExitCode.ts"

/** As typed: each is a list of words, the program the first of them. */
export interface HookFlags {
  readonly before: ReadonlyArray<string>
  readonly after: ReadonlyArray<string>
  readonly hookLimit: string | undefined
}

const isProgram = (file: string): boolean => {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return fs.statSync(file).isFile()
  } catch {
    return false
  }
}

const limitOf = (text: string | undefined) => {
  if (text === undefined) return Effect.succeed(usualLimitMillis)
  const millis = Result.getOrElse(Age.parse(text, 0), () => undefined)
  return millis === undefined || millis <= 0
    ? ExitCode.usage(`--hook-limit: "${text}" is no length of time; write one such as 10m`)
    : Effect.succeed(Math.ceil(millis))
}

/** A program by its path must be there; one by its name is looked for in PATH when it is run. */
const hookOf = Effect.fnUntraced(function* (flag: string, words: ReadonlyArray<string>, limitMillis: number) {
  const [program, ...rest] = words
  if (program === undefined) return null
  if (!program.includes("/")) return { command: [program, ...rest], limitMillis } satisfies Hook
  const file = resolve(program)
  if (!isProgram(file)) return yield* ExitCode.usage(`${flag}: ${file} is no program that can be run`)
  return { command: [file, ...rest], limitMillis } satisfies Hook
})

/** A service runs no program that was not named on its own machine: whoever may ask it for a task could run any. */
export const refuseElsewhere = ({ after, before }: HookFlags) =>
  before.length + after.length === 0
    ? Effect.void
    : ExitCode.usage(
        "--before and --after are set up on the machine of the service alone; leave them out, or ask for it there"
      )

export const hooksOf = Effect.fnUntraced(function* ({ after, before, hookLimit }: HookFlags) {
  const limitMillis = yield* limitOf(hookLimit)
  const hooks: Hooks = {
    before: yield* hookOf("--before", before, limitMillis),
    after: yield* hookOf("--after", after, limitMillis)
  }
  return hooks
})
