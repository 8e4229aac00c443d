/** Keeps the machine awake, or from being shut down: a laptop that sleeps finishes no backup. */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Environment } from "./StandardPaths.ts"

/** A program that holds the machine for as long as its standard input is open, and its arguments. */
export type WakeProgram = readonly [program: string, ...words: ReadonlyArray<string>]

/** Until the scope closes, or this process ends. Where there is no such program, or it may not, nothing is held. */
export const hold = (
  program: WakeProgram | undefined,
  environment: Environment
): Effect.Effect<void, never, Scope.Scope> => {
  if (program === undefined) return Effect.void
  const [name, ...words] = program
  return Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        const child = spawn(name, words, { env: { ...environment }, stdio: ["pipe", "ignore", "ignore"] })
        child.on("error", () => {})
        child.stdin.on("error", () => {})
        child.unref()
        return child
      }),
      (child) => Effect.sync(() => child.stdin.end())
    )
  )
}
