/** Two ordered listings read side by side, holding one chunk of each. */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Entry, orderKey } from "../contract/Entry.ts"
import { compare } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"

type Listing = Stream.Stream<Entry, StorageError>

/** The chunk at hand of one listing, and how far it has been read. */
interface Side {
  readonly pull: Pull.Pull<NonEmptyReadonlyArray<Entry>, StorageError>
  entries: ReadonlyArray<Entry>
  index: number
  isDone: boolean
}

const open = (listing: Listing): Effect.Effect<Side, never, Scope.Scope> =>
  Effect.map(Stream.toPull(listing), (pull): Side => ({ pull, entries: [], index: 0, isDone: false }))

const fill = (side: Side): Effect.Effect<void, StorageError> => {
  if (side.isDone || side.index < side.entries.length) return Effect.void
  const chunk: Effect.Effect<ReadonlyArray<Entry> | undefined, StorageError> = Pull.catchDone(side.pull, () =>
    Effect.succeed(undefined)
  )
  return Effect.map(chunk, (entries) => {
    side.entries = entries ?? []
    side.index = 0
    side.isDone = entries === undefined
  })
}

/** Visits until one side has nothing at hand and may still get more. */
const advance = <A>(
  left: Side,
  right: Side,
  visit: (left: Entry | undefined, right: Entry | undefined) => A | undefined
): Array<A> => {
  const visited: Array<A> = []
  for (;;) {
    const ours = left.entries[left.index]
    const theirs = right.entries[right.index]
    if (ours === undefined ? !left.isDone || theirs === undefined : theirs === undefined && !right.isDone) {
      return visited
    }
    const order = ours === undefined ? 1 : theirs === undefined ? -1 : compare(orderKey(ours), orderKey(theirs))
    if (order <= 0) left.index++
    if (order >= 0) right.index++
    const result = visit(order <= 0 ? ours : undefined, order >= 0 ? theirs : undefined)
    if (result !== undefined) visited.push(result)
  }
}

/**
 * Calls `visit` once for each path of either listing, in order, with what each
 * side has there, and gives what it returns, in chunks. Both listings are in the
 * order of `Entry.orderKey`.
 */
export const visitBoth = <A>(
  left: Listing,
  right: Listing,
  visit: (left: Entry | undefined, right: Entry | undefined) => A | undefined
): Stream.Stream<A, StorageError> => {
  const pull = (ours: Side, theirs: Side): Pull.Pull<NonEmptyReadonlyArray<A>, StorageError> =>
    Effect.gen(function* () {
      for (;;) {
        yield* Effect.all([fill(ours), fill(theirs)], { concurrency: 2, discard: true })
        if (ours.isDone && theirs.isDone) return yield* Cause.done()
        const visited = advance(ours, theirs, visit)
        if (isReadonlyArrayNonEmpty(visited)) return visited
      }
    })
  return Stream.scoped(Stream.fromPull(Effect.zipWith(open(left), open(right), pull)))
}
