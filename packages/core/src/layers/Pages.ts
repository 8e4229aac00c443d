/**
 * Listings that come in pages: each page is one chunk, and the next one is on its
 * way while this one is read. A page that fails is asked for again, since
 * whoever reads the listing could only begin anew.
 */
import * as Cause from "effect/Cause"
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type { StorageError } from "../contract/StorageError.ts"
import { retrying } from "./Retry.ts"

export interface Page<Token, Row> {
  readonly rows: ReadonlyArray<Row>
  /** Absent on the last page. */
  readonly next: Token | undefined
}

/** Turns the rows of one page into entries, then, after the last, what was held back. */
export interface Reader<Row, A> {
  readonly page: (rows: ReadonlyArray<Row>) => ReadonlyArray<A>
  readonly end?: (() => ReadonlyArray<A>) | undefined
}

export const read = <Token, Row, A>(
  first: Token,
  fetchOnce: (token: Token) => Effect.Effect<Page<Token, Row>, StorageError>,
  makeReader: () => Reader<Row, A>
): Stream.Stream<A, StorageError> =>
  Stream.fromChannel(
    Channel.fromTransform((_upstream: unknown, scope) =>
      Effect.sync(() => {
        const reader = makeReader()
        const fetch = (token: Token) => retrying(fetchOnce(token))
        let ahead: Effect.Effect<Page<Token, Row>, StorageError> | undefined = fetch(first)

        const emit = (entries: ReadonlyArray<A>): Pull.Pull<readonly [A, ...Array<A>], StorageError> =>
          entries.length === 0 ? pull : Effect.succeed(entries as readonly [A, ...Array<A>])

        const pull: Pull.Pull<readonly [A, ...Array<A>], StorageError> = Effect.suspend(() => {
          if (ahead === undefined) return Cause.done()
          return Effect.flatMap(ahead, ({ next, rows }) => {
            if (next === undefined) {
              ahead = undefined
              const entries = reader.page(rows)
              const held = reader.end?.() ?? []
              return emit(held.length === 0 ? entries : [...entries, ...held])
            }
            return Effect.flatMap(Effect.forkIn(fetch(next), scope, { startImmediately: true }), (fiber) => {
              ahead = Fiber.join(fiber)
              return emit(reader.page(rows))
            })
          })
        })
        return pull
      })
    )
  )
