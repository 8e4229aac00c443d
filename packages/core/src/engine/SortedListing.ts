/**
 * A listing in the order of `Entry.orderKey`, whatever order the provider has.
 *
 * What a provider lists without order is collected in sorted runs. One run stays
 * in memory; more are spilled to a temporary directory and merged from there, so
 * that memory does not grow with the number of entries.
 */

import { isReadonlyArrayNonEmpty } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Entry, orderKey } from "../contract/Entry.ts"
import type { ListOptions, Provider } from "../contract/Provider.ts"
import { compare, type RemotePath } from "../contract/RemotePath.ts"
import { InvalidRequest, NoSpace, StorageError, UnexpectedResponse } from "../contract/StorageError.ts"
import * as Spill from "./Spill.ts"

export interface SortOptions extends ListOptions {
  /** How many entries are held in memory at most. */
  readonly runSize?: number
  /** Where runs are spilled to; the system's place for temporary files otherwise. */
  readonly temporaryDirectory?: string
}

/**
 * `provider.list`, in order. Entries with the same key are all kept. The temporary
 * files go when the stream ends, in whatever way. Fails with `UnexpectedResponse`
 * when a provider that says it lists in order does not: merging its listing with
 * another would take files that are there for missing ones.
 */
export const inOrder = (
  provider: Provider,
  directory: RemotePath,
  { runSize = 20_000, temporaryDirectory, ...options }: SortOptions = {}
): Stream.Stream<Entry, StorageError> => {
  const listing = provider.list(directory, options)
  if (provider.capabilities.listsInOrder) return checked(provider, listing)

  const disk = <A>(work: () => Promise<A>): Effect.Effect<A, StorageError> =>
    Effect.tryPromise({ try: work, catch: (cause) => failure(provider, cause) })

  const collect = Effect.gen(function* () {
    let run: Array<Entry> = []
    let spill: Spill.Spill | undefined
    yield* Effect.addFinalizer(() => Effect.promise(async () => spill?.close()))

    const spillRun = Effect.suspend(() => {
      const full = sort(run)
      run = []
      const work = async () => {
        spill ??= await Spill.make(temporaryDirectory)
        await spill.write(full)
      }
      return Effect.uninterruptible(disk(work))
    })
    yield* Stream.runForEachArray(
      listing,
      Effect.fnUntraced(function* (entries) {
        for (const entry of entries) {
          run.push(entry)
          if (run.length >= runSize) yield* spillRun
        }
      })
    )
    if (spill === undefined) return Stream.fromArray(sort(run))
    if (run.length > 0) yield* spillRun
    return merged(disk(spill.next))
  })
  return Stream.unwrap(collect)
}

const checked = (provider: Provider, listing: Stream.Stream<Entry, StorageError>): Stream.Stream<Entry, StorageError> =>
  Stream.suspend(() => {
    let last = ""
    return Stream.mapArrayEffect(listing, (entries) => {
      for (const entry of entries) {
        // What is skipped is only told of, and may stand where its content would.
        if (entry._tag === "Skipped") continue
        const key = orderKey(entry)
        if (compare(last, key) > 0) return Effect.fail(disorder(provider, last, key))
        last = key
      }
      return Effect.succeed(entries)
    })
  })

const disorder = ({ name }: Provider, last: string, key: string) => {
  const message = `it lists its files out of order ("${key}" after "${last}"), so nothing can be compared with it; report this to whoever made it`
  return new StorageError({ provider: name, operation: "list", reason: new UnexpectedResponse({ message }) })
}

const sort = (run: Array<Entry>): Array<Entry> =>
  run
    .map((entry) => ({ entry, key: orderKey(entry) }))
    .sort((left, right) => compare(left.key, right.key))
    .map(({ entry }) => entry)

const merged = (next: Effect.Effect<Array<Entry>, StorageError>): Stream.Stream<Entry, StorageError> =>
  Stream.fromPull(
    Effect.succeed(
      Effect.flatMap(next, (entries) => (isReadonlyArrayNonEmpty(entries) ? Effect.succeed(entries) : Cause.done()))
    )
  )

const failure = ({ name }: Provider, cause: unknown) => {
  const { code, message } = cause as NodeJS.ErrnoException
  const reason =
    code === "ENOSPC"
      ? new NoSpace({ message: "the listing does not fit in the temporary directory; make room there or set TMPDIR" })
      : new InvalidRequest({
          message: `the listing can not be sorted in the temporary directory (${message}); set TMPDIR to another one`
        })
  return new StorageError({ provider: name, operation: "list", reason })
}
