/** What happens to a task, by position: who comes late, or again, reads on from the last number that was seen. */
import * as Envelope from "@ourclone/core/events/Envelope"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Readable } from "../store/Readable.ts"
import type { Task } from "../task/Task.ts"
import { hasEnded } from "../task/TaskState.ts"

export type Followed =
  /** In order, without a gap but for those of a newer program that are passed over, each with its number. */
  | { readonly _tag: "Facts"; readonly facts: ReadonlyArray<Envelope.Envelope> }
  /** How it stands now, its newest progress included; at each change, the newest only. */
  | { readonly _tag: "Task"; readonly task: Task }
  /** Facts between that number and the next one that comes are not kept any more: what was made of them is to be made anew. */
  | { readonly _tag: "Gone"; readonly after: number }

const lookMillis = 200
const piece = 500

interface Position {
  readonly seq: number
  /** What was said of the task last. */
  readonly shown: string
}

const showOf = ({ deferrals, leaseUntil, ...task }: Task): string => JSON.stringify(task)

/**
 * Facts of the task after number `after` and its changes, as they are asked for: a reader that is slow costs nothing.
 * Ends when the task has ended and all of it was told. Fails where there is no such task.
 */
export const follow = <E>(store: Readable<E>, id: string, after = 0): Stream.Stream<Followed, E> =>
  Stream.paginate(
    { seq: after, shown: "" } satisfies Position as Position,
    Effect.fnUntraced(function* ({ seq, shown }: Position) {
      // In this order: what the task says to have happened can be read.
      const task = yield* store.load(id)
      const facts = task.seq > seq ? yield* store.facts(id, seq, piece) : []
      const now = showOf(task)
      const first = facts[0]?.seq ?? task.seq + 1
      const said: Array<Followed> = []
      if (task.seq > seq && first > seq + 1) said.push({ _tag: "Gone", after: seq })
      const known = Envelope.onlyKnown(facts)
      if (known.length > 0) said.push({ _tag: "Facts", facts: known })
      const reached = facts.at(-1)?.seq ?? Math.max(seq, task.seq)
      const isThere = reached >= task.seq
      if (isThere && now !== shown) said.push({ _tag: "Task", task })
      const next: Position = { seq: reached, shown: isThere ? now : shown }
      if (isThere && hasEnded(task.state)) return [said, Option.none<Position>()] as const
      if (said.length === 0 && facts.length === 0) yield* Effect.sleep(lookMillis)
      return [said, Option.some(next)] as const
    })
  )

/** The task once it is as wanted, or as it is when that takes too long. */
export const settled = Effect.fnUntraced(function* <E>(
  store: Readable<E>,
  task: Task,
  isThere: (task: Task) => boolean,
  patienceMillis: number
): Effect.fn.Return<Task, E> {
  if (isThere(task)) return task
  yield* follow(store, task.id, task.seq).pipe(
    Stream.takeUntil((said) => said._tag === "Task" && isThere(said.task)),
    Stream.runDrain,
    Effect.timeoutOption(patienceMillis)
  )
  return yield* store.load(task.id)
})
