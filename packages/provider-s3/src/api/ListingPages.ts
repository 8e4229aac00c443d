/**
 * Pages of listings, held against what was asked for: names with the asked prefix, every page after the one before. A
 * service that goes in circles, or answers for something else, would otherwise be read for ever, or have names taken for
 * others.
 */
import { compare } from "@ourclone/core/contract/RemotePath"
import { type StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { S3Calls } from "./S3Calls.ts"

/** The answer can be none to what was asked. */
class NoListing extends Error {}

const refuse = (message: string): never => {
  throw new NoListing(message)
}

export const unexpected = (calls: S3Calls, operation: string, at: string, message: string): StorageError =>
  calls.fail(operation, at, new UnexpectedResponse({ message }))

/** What `read` makes of an answer. Fails with `UnexpectedResponse` where it calls something of here that refuses it. */
export const reading = <A>(
  calls: S3Calls,
  operation: string,
  at: string,
  read: () => A
): Effect.Effect<A, StorageError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(read())
    } catch (error) {
      if (!(error instanceof NoListing)) throw error
      return Effect.fail(unexpected(calls, operation, at, error.message))
    }
  })

/** Names in the coding of URLs, where the answer says that they are. */
export const decoderOf = ({ EncodingType }: { readonly EncodingType?: string | undefined }) => {
  if (EncodingType !== "url") return (text: string | undefined) => text ?? ""
  return (text: string | undefined): string => {
    try {
      return decodeURIComponent((text ?? "").replaceAll("+", "%20"))
    } catch {
      return refuse("the listing has a name that is not in the coding that it says")
    }
  }
}

/**
 * A page of a proxy, or nothing, is an empty listing to the library, and an empty listing makes a sync remove
 * everything.
 */
export const assertListing = (name: string | undefined, isTruncated: boolean | undefined): void => {
  if (isTruncated === undefined && name === undefined) refuse("the answer is no listing of S3; is something between?")
}

export const sizeOf = (size: number | undefined): number =>
  size !== undefined && Number.isSafeInteger(size) && size >= 0
    ? size
    : refuse("the listing does not say how large a file is")

/** What was seen of the pages before. */
export interface Seen {
  readonly first: string
  readonly last: string
  /** Pages in a row without a name. */
  readonly empty: number
  /** The ids that pages began with whose first name is `last`, where rows have ids. */
  readonly began: ReadonlySet<string>
}

const nothing: ReadonlySet<string> = new Set()

const mostEmpty = 1000

export const standsStill = (): never => refuse("the listing says that it goes on, and not where")

/**
 * Holds the names of a page against the prefix that was asked for, and against the pages before. `isLater` says of the
 * order of two names whether the second may come later. Where a name may come again, rows have ids, and `firstId` is that
 * of the first: no two pages of one name begin with the same.
 */
export const advance = (
  names: ReadonlyArray<string>,
  prefix: string,
  seen: Seen | undefined,
  isLater: ((order: number) => boolean) | undefined,
  firstId?: string
): Seen => {
  for (const name of names) {
    if (!name.startsWith(prefix)) {
      refuse(`the listing has the name ${JSON.stringify(name)}, which does not begin with ${JSON.stringify(prefix)}`)
    }
  }
  const [first, last] = [names[0], names.at(-1)]
  if (first === undefined || last === undefined) {
    const empty = (seen?.empty ?? 0) + 1
    const { began = nothing, first: firstBefore = "", last: lastBefore = "" } = seen ?? {}
    return empty > mostEmpty ? standsStill() : { first: firstBefore, last: lastBefore, empty, began }
  }
  if (seen !== undefined && seen.last !== "") {
    if (isLater === undefined ? first === seen.first && last === seen.last : !isLater(compare(first, seen.last))) {
      refuse(
        `the listing has the name ${JSON.stringify(first)} after ${JSON.stringify(seen.last)}; where the service lists in another order than that of bytes, set the option listsInOrder to false`
      )
    }
  }
  const before = first === seen?.last ? seen.began : nothing
  if (firstId !== undefined && before.has(firstId)) standsStill()
  const began = first === last && firstId !== undefined ? new Set(before).add(firstId) : nothing
  return { first, last, empty: 0, began }
}
