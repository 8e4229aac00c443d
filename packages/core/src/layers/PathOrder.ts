/**
 * Rows of a listing in the order of paths.
 *
 * Object storages list by names, and the path of `x//y` is `x/‛/y`, which comes after that of `x/z`. A row of that kind is held until
 * its turn; where many may begin with such a segment and `/`, they are passed over and listed when their turn comes, so
 * that what is held does not grow with the bucket.
 */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { compare } from "../contract/RemotePath.ts"
import * as Spelling from "../contract/Spelling.ts"

export interface Row {
  readonly fileName: string
  /** `folder` stands for all names that begin with `fileName`, which ends with `/`. */
  readonly action: string
}

/** Rows, or the begin of the names of rows that are still to be listed. */
type Piece<R> = { readonly rows: ReadonlyArray<R> } | { readonly prefix: string }

interface Held<R> {
  /** What it is ordered by, after the prefix of the listing. */
  readonly key: string
  readonly piece: Piece<R>
}

const none: ReadonlyArray<never> = []

class Reordering<R extends Row> {
  private readonly prefix: string
  private readonly held: Array<Held<R>> = []
  private passedOver: string | undefined

  constructor(prefix: string) {
    this.prefix = prefix
  }

  take(rows: ReadonlyArray<R>): ReadonlyArray<Piece<R>> {
    const pieces: Array<Piece<R>> = []
    let inOrder: Array<R> = []
    for (const row of rows) {
      if (this.passedOver !== undefined && row.fileName.startsWith(this.passedOver)) continue
      const key = row.fileName.slice(this.prefix.length)
      const name = row.action === "folder" ? key.slice(0, -1) : key
      const end = Spelling.firstSegment(name)
      if (end < 0) {
        const due = this.due(key)
        if (due.length > 0) {
          pieces.push({ rows: inOrder }, ...due)
          inOrder = []
        }
        inOrder.push(row)
      } else if (end === name.length) {
        this.hold(Spelling.segments.toPath(name) + key.slice(name.length), { rows: [row] })
      } else {
        this.passedOver = row.fileName.slice(0, this.prefix.length + end + 1)
        this.hold(`${Spelling.segments.toPath(name.slice(0, end))}/`, { prefix: this.passedOver })
      }
    }
    pieces.push({ rows: inOrder })
    return pieces
  }

  rest(): ReadonlyArray<Piece<R>> {
    return this.held.map(({ piece }) => piece)
  }

  private due(key: string): ReadonlyArray<Piece<R>> {
    if (this.held.length === 0) return none
    const count = this.held.findIndex((each) => compare(each.key, key) > 0)
    return this.held.splice(0, count < 0 ? this.held.length : count).map(({ piece }) => piece)
  }

  private hold(key: string, piece: Piece<R>): void {
    this.held.push({ key, piece })
    this.held.sort((left, right) => compare(left.key, right.key))
  }
}

type RowsPull<R, E> = Pull.Pull<NonEmptyReadonlyArray<R>, E>

/** The rows of each piece in turn. `Stream.flatMap` says the same, and would cost a listing an eighth more. */
const joined = <R, E>(
  pieces: Stream.Stream<Piece<R>, E>,
  open: (prefix: string) => Stream.Stream<R, E>
): Stream.Stream<R, E> =>
  Stream.fromChannel(
    Channel.fromTransform((upstream: Pull.Pull<unknown, unknown, unknown>, scope) =>
      Effect.map(Channel.toTransform(Stream.toChannel(pieces))(upstream, scope), (pull): RowsPull<R, E> => {
        let ready: ReadonlyArray<Piece<R>> = []
        let index = 0
        let inner: RowsPull<R, E> | undefined

        const enter = (prefix: string): RowsPull<R, E> =>
          Effect.flatMap(Scope.fork(scope), (within) =>
            Effect.flatMap(Channel.toTransform(Stream.toChannel(open(prefix)))(upstream, within), (opened) => {
              inner = Pull.catchDone(opened, () => {
                inner = undefined
                return Effect.andThen(Scope.close(within, Exit.void), next)
              })
              return inner
            })
          )
        const next: RowsPull<R, E> = Effect.suspend(() => {
          if (inner !== undefined) return inner
          const piece = ready[index++]
          if (piece === undefined) {
            return Effect.flatMap(pull, (found) => {
              ready = found
              index = 0
              return next
            })
          }
          if (!("rows" in piece)) return enter(piece.prefix)
          return isReadonlyArrayNonEmpty(piece.rows) ? Effect.succeed(piece.rows) : next
        })
        return next
      })
    )
  )

/** `list` gives the rows of names that begin with a prefix, in the order of names; `prefix` is nothing or ends with `/`. */
export const inPathOrder = <R extends Row, E>(
  list: (prefix: string) => Stream.Stream<R, E>,
  prefix: string
): Stream.Stream<R, E> =>
  joined(
    Stream.mapAccumArray(
      list(prefix),
      () => new Reordering<R>(prefix),
      (reordering, rows) => [reordering, reordering.take(rows)],
      { onHalt: (reordering) => reordering.rest() }
    ),
    (begin) => inPathOrder(list, begin)
  )

/**
 * Where to go on with a listing of `prefix` whose next name is `next`, when `last` is the last name of the page: behind
 * what is passed over. `/` is followed by `0`.
 */
export const behindPassedOver = (prefix: string, last: string | undefined, next: string): string => {
  const end = Spelling.firstSegment(next.slice(prefix.length))
  if (last === undefined || end < 0 || prefix.length + end === next.length) return next
  const passedOver = next.slice(0, prefix.length + end)
  return last.startsWith(`${passedOver}/`) ? `${passedOver}0` : next
}
