/**
 * Pages of listings, held against what was asked for: names with the asked prefix, every page after the one before. A
 * service that goes in circles, or answers for something else, would otherwise be read for ever, or have names taken for
 * others.
 */
import { compare } from "@ourclone/core/contract/RemotePath"
import { type StorageError, Unavailable, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { NoDocument } from "./AnswerXml.ts"
import { type Listing, listing } from "./ListingXml.ts"
import type { S3Calls } from "./S3Calls.ts"

/** The answer can be none to what was asked. */
class NoListing extends Error {}

const refuse = (message: string): never => {
  throw new NoListing(message)
}

export const unexpected = (calls: S3Calls, operation: string, at: string, message: string): StorageError =>
  calls.fail(operation, at, new UnexpectedResponse({ message }))

/**
 * What `read` makes of an answer. Fails with `UnexpectedResponse` where it calls something of here that refuses it, and with
 * `Unavailable` where the answer is cut off.
 */
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
      if (error instanceof NoDocument) {
        const message = `the answer is no XML that can be read: ${error.message}`
        return Effect.fail(calls.fail(operation, at, new Unavailable({ message, isTorn: true })))
      }
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

const noListing = "the answer is no listing of S3; is something between?"

/**
 * A page of a proxy, or nothing, is an empty listing to the library, and an empty listing makes a sync remove
 * everything.
 */
export const assertListing = (name: string | undefined, isTruncated: boolean | undefined): void => {
  if (isTruncated === undefined && name === undefined) refuse(noListing)
}

/** Of the text of an answer. */
export const listingOf = (body: Buffer): Listing => {
  const found = listing(body.toString())
  return found ?? refuse(noListing)
}

export const sizeOf = (size: number | undefined): number =>
  size !== undefined && Number.isSafeInteger(size) && size >= 0
    ? size
    : refuse("the listing does not say how large a file is")

/** A page with names: no two of one listing begin and end with the same. */
interface Ends {
  readonly first: string
  readonly last: string
  /** Of the first row, where rows have ids. */
  readonly firstId: string | undefined
}

/** What was seen of the pages before. */
export interface Seen {
  /** Of the last page with names. */
  readonly last: string
  /** Pages in a row without a name. */
  readonly empty: number
  /** What each page is held against: a page that is put further back ever more seldom, so that it lies in any circle. */
  readonly mark: Ends | undefined
  /** Pages with names since the mark, and after how many the newest becomes the mark. */
  readonly since: number
  readonly until: number
}

const nothingSeen: Seen = { last: "", empty: 0, mark: undefined, since: 0, until: 1 }

const mostEmpty = 1000

export const standsStill = (): never => refuse("the listing says that it goes on, and not where")

/**
 * Holds the names of a page against the prefix that was asked for, and against the pages before. `isLater` says of the
 * order of two names whether the second may come later; without it any may. Where a name may come again, rows have ids, and
 * `firstId` is that of the first.
 */
export const advance = (
  names: ReadonlyArray<string>,
  prefix: string,
  seen: Seen = nothingSeen,
  isLater?: (order: number) => boolean,
  firstId?: string
): Seen => {
  for (const name of names) {
    if (!name.startsWith(prefix)) {
      refuse(`the listing has the name ${JSON.stringify(name)}, which does not begin with ${JSON.stringify(prefix)}`)
    }
  }
  const [first, last] = [names[0], names.at(-1)]
  if (first === undefined || last === undefined) {
    const empty = seen.empty + 1
    return empty > mostEmpty ? standsStill() : { ...seen, empty }
  }
  if (isLater !== undefined && seen.last !== "" && !isLater(compare(first, seen.last))) {
    refuse(
      `the listing has the name ${JSON.stringify(first)} after ${JSON.stringify(seen.last)}; where the service lists in another order than that of bytes, set the option listsInOrder to false`
    )
  }
  const { mark, since, until } = seen
  if (mark !== undefined && mark.first === first && mark.last === last && mark.firstId === firstId) standsStill()
  const isMark = since + 1 >= until
  return isMark
    ? { last, empty: 0, mark: { first, last, firstId }, since: 0, until: until * 2 }
    : { last, empty: 0, mark, since: since + 1, until }
}
