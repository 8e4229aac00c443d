/** `task prune`: what is kept of tasks that ended. */
import * as Amount from "@ourclone/core/events/Amount"
import * as Age from "@ourclone/core/filter/Age"
import * as Size from "@ourclone/core/filter/Size"
import { retention } from "@ourclone/tasks/store/Prune"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { usage } from "../ExitCode.ts"
import * as Output from "../Output.ts"
import * as Journal from "./Journal.ts"

const read = <A>(flag: string, text: string | undefined, parse: (text: string) => Result.Result<A, string>) => {
  if (text === undefined) return Effect.succeed(undefined)
  const parsed = parse(text)
  return Result.isFailure(parsed) ? usage(`--${flag}: ${parsed.failure}`) : Effect.succeed(parsed.success)
}

const age = (text: string) =>
  Result.map(Age.parse(text, Date.now()), (millis) => Math.max(0, millis ?? Number.MAX_SAFE_INTEGER))

export const prune = Effect.fnUntraced(function* (flags: {
  readonly olderThan: string | undefined
  readonly factsOlderThan: string | undefined
  readonly maxSize: string | undefined
}) {
  const output = yield* Output.make
  const tasksMillis = (yield* read("older-than", flags.olderThan, age)) ?? retention.tasksMillis
  const factsMillis = (yield* read("facts-older-than", flags.factsOlderThan, age)) ?? retention.factsMillis
  const maxBytes = (yield* read("max-size", flags.maxSize, Size.parse)) ?? retention.maxBytes
  const store = yield* Journal.open
  const gone = yield* store.prune({ tasksMillis, factsMillis, maxBytes })
  if (output.isJson) return output.json(gone)
  output.note(`${Amount.count(gone.tasks)} tasks and ${Amount.count(gone.facts)} facts are kept no longer`)
}, Effect.scoped)
