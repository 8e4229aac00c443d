/**
 * Holds the provider in memory to the contract, once as it is and then with one of its files changed for each message, and posts
 * the name of the first check that fails, or that was tried before and is no longer.
 */
import { registerHooks } from "node:module"
import { parentPort } from "node:worker_threads"
import { type Check, NotApplicable } from "@ourclone/core/testing/Check"
import type { Options } from "@ourclone/core/testing/MemoryProvider"
import { checks } from "@ourclone/core/testing/ProviderContract"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

export interface Change {
  /** Of the file. */
  readonly address: string
  readonly text: string
}

let change: Change | undefined
let times = 0

// Only the provider is loaded anew.
registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const resolved = nextResolve(specifier, context)
    return /\/testing\/Memory\w+\.ts$/.test(resolved.url) ? { ...resolved, url: `${resolved.url}?${times}` } : resolved
  },
  load: (url, context, nextLoad) =>
    change !== undefined && url === `${change.address}?${times}`
      ? { format: "module-typescript", source: change.text, shortCircuit: true }
      : nextLoad(url, context)
})

/** Together they have all that it can be asked for. */
const kinds: ReadonlyArray<Options> = [
  { location: "some/folder" },
  { location: "some/folder", keepsVersions: true },
  { hasVersionIds: false, listsTimes: false }
]

type Outcome = "passed" | "failed" | "not tried"

const tried = async ({ run }: Check, options: Options): Promise<Outcome> => {
  const { make } = await import("@ourclone/core/testing/MemoryProvider")
  const exit = await Effect.runPromiseExit(Effect.suspend(() => run(make(options))))
  if (Exit.isSuccess(exit)) return "passed"
  return Cause.squash(exit.cause) instanceof NotApplicable ? "not tried" : "failed"
}

interface Trial {
  readonly check: Check
  readonly options: Options
  /** As it is. What does not apply may come to, by a change of what the provider says of itself. */
  readonly was: Outcome
  readonly millis: number
}

const trials: Array<Trial> = []
for (const check of checks) {
  for (const options of kinds) {
    const startedAt = performance.now()
    const outcome = await tried(check, options)
    if (outcome === "failed") throw new Error(`as it is, the provider in memory fails: ${check.name}`)
    trials.push({ check, options, was: outcome, millis: performance.now() - startedAt })
  }
}
trials.sort((left, right) => left.millis - right.millis)

const noticedBy = async (): Promise<string | undefined> => {
  for (const { check, options, was } of trials) {
    const outcome = await tried(check, options).catch((): Outcome => "failed")
    if (outcome === "failed" || (was === "passed" && outcome !== was)) return check.name
  }
  return undefined
}

parentPort?.on("message", async (next: Change) => {
  change = next
  times += 1
  parentPort?.postMessage(await noticedBy())
})
