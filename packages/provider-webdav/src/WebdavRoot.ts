/** The folder that a provider is rooted at, and how a path below it is named in an address. */
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import {
  InvalidRequest,
  NotFound,
  type Reason,
  type StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { DavClient } from "./dav/DavClient.ts"
import type { Row } from "./dav/Multistatus.ts"
import { asked, type Resource, resourceOf, unsized } from "./Resource.ts"
import type { Habits } from "./Vendors.ts"

export interface WebdavRoot {
  readonly client: DavClient
  readonly habits: Habits
  /** Of the address that the account has, with a `/` at its end, in percent-coding. */
  readonly base: string
  /** Below it. */
  readonly location: string
  /** In percent-coding, without a `/` at its end. */
  readonly urlOf: (path: string) => string
  /** The same of a path of another place of the account. */
  readonly urlIn: (location: string, path: string) => string
  /** The path below the root that a server's `href` is of; `undefined` when it is of none. */
  readonly pathOf: (href: string) => string | undefined
  readonly fail: (operation: string, path: string, reason: Reason) => StorageError
}

const encode = (path: string): string =>
  path
    .split("/")
    .map((segment) =>
      encodeURIComponent(segment).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
      )
    )
    .join("/")

const decode = (text: string): string | undefined => {
  try {
    return text.split("/").map(decodeURIComponent).join("/")
  } catch {
    return undefined
  }
}

/** Without scheme and host, and with one `/` where servers write two. */
const pathOfHref = (href: string): string => href.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "").replace(/\/{2,}/g, "/")

export const make = (client: DavClient, habits: Habits, base: string, location: string): WebdavRoot => {
  const urlIn = (place: string, path: string) => {
    const below = [place, path].filter((each) => each !== "").join("/")
    return below === "" ? base.replace(/\/$/, "") : base + encode(below)
  }
  const prefix = decode(`${urlIn(location, "")}/`) ?? ""
  return {
    client,
    habits,
    base,
    location,
    urlIn,
    urlOf: (path) => urlIn(location, path),
    pathOf: (href) => {
      const decoded = decode(pathOfHref(href))
      if (decoded === undefined) return undefined
      const whole = decoded.endsWith("/") ? decoded : `${decoded}/`
      return whole.startsWith(prefix) ? whole.slice(prefix.length, -1) : undefined
    },
    fail: client.fail
  }
}

/** Where a collection is asked for with a `/` at its end, so that no server sends elsewhere. */
const rowAt = (root: WebdavRoot, path: string, url: string): Effect.Effect<Row, StorageError> =>
  Effect.flatMap(root.client.find(path, url, 0, asked), (rows) => {
    const [row] = rows
    if (row === undefined || rows.length > 1) {
      const message = "the answer is not of the one thing that was asked for"
      return Effect.fail(root.fail("PROPFIND", path, new UnexpectedResponse({ message })))
    }
    if ((row.status ?? 200) === 404) {
      return Effect.fail(root.fail("PROPFIND", path, new NotFound({ message: "there is no such file" })))
    }
    const { isCollection, size } = resourceOf(row)
    return isCollection || size >= 0
      ? Effect.succeed(row)
      : Effect.fail(root.fail("PROPFIND", path, new UnexpectedResponse({ message: unsized })))
  })

/** What is at `path`, file or folder. Fails with `NotFound` when nothing is. */
export const look = (root: WebdavRoot, path: string): Effect.Effect<Resource, StorageError> =>
  lookAt(root, path, root.urlOf(path))

/** The same, by its address. A server may send from a folder to its address with a `/` at the end. */
export const lookAt = (root: WebdavRoot, path: string, url: string): Effect.Effect<Resource, StorageError> => {
  const again = Effect.catchReason(rowAt(root, path, `${url}/`), "StorageError", "InvalidRequest", (_, error) =>
    // Below a file there is nothing, and a server may have no word for that.
    Effect.matchEffect(rowAt(root, path, url.slice(0, url.lastIndexOf("/"))), {
      onFailure: () => Effect.fail(error),
      onSuccess: (row) =>
        Effect.fail(
          resourceOf(row).isCollection
            ? error
            : root.fail("PROPFIND", path, new NotFound({ message: "there is no such file" }))
        )
    })
  )
  return Effect.map(
    Effect.catchReason(rowAt(root, path, url), "StorageError", "InvalidRequest", () => again),
    resourceOf
  )
}

/** The address of a file. Fails with `InvalidRequest` for the root, and for what no address can hold. */
export const fileUrl = (root: WebdavRoot, operation: string, path: RemotePath): Effect.Effect<string, StorageError> => {
  if (path !== "") return Effect.succeed(root.urlOf(path))
  return Effect.fail(root.fail(operation, path, new InvalidRequest({ message: "the root is not a file" })))
}
