/** A folder of a server that speaks WebDAV, as a provider. */
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import * as PlaceIdentity from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { specification } from "@ourclone/core/contract/Specification"
import {
  InvalidRequest,
  NotFound,
  StorageError,
  Unauthenticated,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import { TrafficLog } from "@ourclone/core/layers/Observed"
import * as HttpProxy from "@ourclone/http/HttpProxy"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import packageJson from "../package.json" with { type: "json" }
import * as DavClient from "./dav/DavClient.ts"
import { resourceOf } from "./Resource.ts"
import { habitsOf } from "./Vendors.ts"
import * as WebdavFiles from "./WebdavFiles.ts"
import * as WebdavFolders from "./WebdavFolders.ts"
import * as WebdavListing from "./WebdavListing.ts"
import { vendorOf, type WebdavOptions } from "./WebdavOptions.ts"
import * as WebdavRead from "./WebdavRead.ts"
import * as WebdavRoot from "./WebdavRoot.ts"

export interface WebdavConnection {
  /** `webdav:https://host/path/ user` */
  readonly id: string
  readonly limitConnections: (most: number) => void
  readonly limitRequests: (perSecond: number | undefined) => void
  readonly connection: DavClient.DavConnection
  /** Of the address, with a `/` at its end. */
  readonly base: string
  readonly options: WebdavOptions
}

const invalid = (name: string, message: string) =>
  new StorageError({ provider: name, operation: "open", reason: new InvalidRequest({ message }) })

const authorizationOf = ({ password, token, user }: WebdavOptions): string | undefined => {
  if (token !== undefined) return `Bearer ${Redacted.value(token)}`
  if (user === undefined) return undefined
  const secret = password === undefined ? "" : Redacted.value(password)
  return `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`
}

/** Looks whether the address is a folder of WebDAV. The connections live until the scope closes. */
export const connect = Effect.fnUntraced(function* (
  options: WebdavOptions,
  name: string
): Effect.fn.Return<WebdavConnection, StorageError, Scope.Scope> {
  const { caFile, connectTimeout, idleTimeout, maxConcurrency, noProxy, proxy, url } = options
  const { origin, pathname } = new URL(url)
  const base = pathname.endsWith("/") ? pathname : `${pathname}/`
  const onRequest = yield* TrafficLog
  const made = Effect.try({
    try: () =>
      DavClient.connect({
        origin,
        authorization: authorizationOf(options),
        connectTimeout: connectTimeout * 1000,
        idleTimeout: idleTimeout * 1000,
        maxConcurrency,
        caFile,
        proxy: proxy === undefined ? undefined : HttpProxy.parse(Redacted.value(proxy)),
        noProxy,
        userAgent: `ourclone/${packageJson.version}`,
        onRequest
      }),
    catch: (error) => invalid(name, error instanceof Error ? error.message : String(error))
  })
  const connection = yield* Effect.acquireRelease(made, ({ close }) => Effect.promise(close))
  const client = DavClient.make(name, connection)
  const rows = yield* client.find("", base, 0, ["{DAV:}resourcetype"]).pipe(
    Effect.catchReasons("StorageError", {
      NotFound: () =>
        Effect.fail(client.fail("connect", "", new NotFound({ message: `there is no folder at ${url}` }))),
      InvalidRequest: ({ message }) =>
        Effect.fail(
          client.fail(
            "connect",
            "",
            new InvalidRequest({ message: `${message}; is ${url} the address of a folder of WebDAV?` })
          )
        ),
      Unauthenticated: ({ message }) => Effect.fail(client.fail("connect", "", new Unauthenticated({ message })))
    })
  )
  if (rows.length !== 1 || !resourceOf(rows[0]!).isCollection) {
    return yield* client.fail("connect", "", new UnexpectedResponse({ message: `${url} is no folder of WebDAV` }))
  }
  return {
    id: `webdav:${origin}${base}${options.user === undefined ? "" : ` ${options.user}`}`,
    limitConnections: connection.http.limit,
    limitRequests: (perSecond) => connection.pace.limit(perSecond),
    connection,
    base,
    options
  }
})

export const openPlace = (
  { base, connection, id, options }: WebdavConnection,
  { location, name }: { readonly location: string; readonly name: string }
): Effect.Effect<Provider, StorageError> =>
  Effect.gen(function* () {
    const path = location.replace(/^\/+|\/+$/g, "")
    const refused = RemotePath.refusal(path)
    if (refused !== undefined) return yield* invalid(name, refused)
    const habits = habitsOf(options.vendor ?? vendorOf(options.url))
    const root = WebdavRoot.make(DavClient.make(name, connection), habits, base, path)
    const capabilities: Capabilities = {
      checksums: [],
      modifiedAtPrecision: habits.keepsTime === "header" ? 1000 : 1,
      keepsNanoseconds: false,
      listsInOrder: true,
      // The disk of the server decides.
      isCaseSensitive: options.caseSensitive,
      isLocal: false,
      hasDirectories: true,
      keepsVersions: false,
      keepsMetadata: false,
      maxPutSize: Number.MAX_SAFE_INTEGER
    }
    return {
      specification,
      name,
      place: PlaceIdentity.ofPath(id, path),
      location: path,
      capabilities,
      list: WebdavListing.list(root),
      stat: WebdavFiles.stat(root),
      statDirectory: WebdavFolders.statDirectory(root),
      read: WebdavRead.read(root),
      readAll: WebdavRead.readAll(root),
      put: WebdavFiles.put(root),
      touch: WebdavFiles.touch(root),
      remove: WebdavFiles.remove(root),
      makeDirectory: WebdavFolders.makeDirectory(root),
      removeDirectory: WebdavFolders.removeDirectory(root),
      copy: WebdavFiles.copy(root),
      move: WebdavFiles.move(root),
      moveDirectory: WebdavFiles.moveDirectory(root)
    }
  })
