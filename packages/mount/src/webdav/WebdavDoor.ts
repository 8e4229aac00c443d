/**
 * A file system as a WebDAV server (RFC 4918, classes 1, 2 and 3): for systems without a driver, and for any file manager.
 *
 * The door knows requests and answers, and no socket: `WebdavServer` listens. Locks bind its clients against each other
 * and end with the process.
 */
import { Hono } from "hono"
import type { FileSystem } from "../contract/FileSystem.ts"
import * as Access from "../http/Access.ts"
import { admitted, type Bindings, plain, targetOf } from "../http/HttpDoor.ts"
import * as Conditions from "./Conditions.ts"
import type { Context, Method } from "./DavRequest.ts"
import * as Href from "./Href.ts"
import * as IfHeader from "./IfHeader.ts"
import { Locks } from "./Locks.ts"
import { copy, move } from "./methods/CopyMove.ts"
import { remover } from "./methods/Delete.ts"
import { get } from "./methods/Get.ts"
import { lock, unlock } from "./methods/Lock.ts"
import { mkcol } from "./methods/Mkcol.ts"
import { allowed, options } from "./methods/Options.ts"
import { patch } from "./methods/Patch.ts"
import { propfind } from "./methods/Propfind.ts"
import { proppatch } from "./methods/Proppatch.ts"
import { put } from "./methods/Put.ts"
import * as NoiseFileSystem from "./NoiseFileSystem.ts"
import { errorBody, Problem } from "./Problem.ts"
import { contentType } from "./xml/XmlText.ts"

export interface WebdavOptions {
  /** `undefined`: whoever reaches the server may do everything. */
  readonly access: Access.AccessOptions | undefined
  /** For the log: what a request was answered with a 500 for. */
  readonly onFault: (fault: { readonly operation: string; readonly error: unknown }) => void
  /** Whether `.DS_Store`, `Thumbs.db` and the like are stored like people's files. Otherwise they are kept in memory. */
  readonly storesNoise?: boolean | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

const methods: Readonly<Record<string, Method>> = {
  OPTIONS: options,
  GET: get,
  HEAD: get,
  PUT: put,
  PATCH: patch,
  DELETE: remover,
  PROPFIND: propfind,
  PROPPATCH: proppatch,
  MKCOL: mkcol,
  COPY: copy,
  MOVE: move,
  LOCK: lock,
  UNLOCK: unlock
}

const changing = new Set(["PUT", "PATCH", "DELETE", "PROPPATCH", "MKCOL", "MOVE", "LOCK"])

const answerOf = (problem: Problem): Response => {
  const { status, condition, message } = problem
  return condition === undefined
    ? plain(status, message)
    : new Response(errorBody(condition), { status, headers: { "content-type": contentType } })
}

export const make = (of: FileSystem, options: WebdavOptions): Hono<{ Bindings: Bindings }> => {
  const now = options.now ?? Date.now
  const fileSystem = options.storesNoise === true || of.isReadOnly ? of : NoiseFileSystem.make(of, now)
  const context: Context = { fileSystem, locks: new Locks(now) }
  const enter = Access.make(options.access)
  const app = new Hono<{ Bindings: Bindings }>()

  app.all("*", async ({ req, env }) => {
    const { headers } = req.raw
    const caller = admitted(enter(headers))
    if (caller instanceof Response) return caller
    const method = methods[req.method]
    if (method === undefined) return new Response(null, { status: 405, headers: { Allow: allowed } })
    if (fileSystem.isReadOnly && changing.has(req.method)) return answerOf(new Problem(403, "it can only be read"))
    const path = Href.parse(targetOf(env, req.raw.url))
    const lists = Conditions.ifLists(headers)
    await Conditions.check(lists, context, path.names, headers.get("host") ?? undefined)
    const tokens = IfHeader.tokensOf(lists)
    const breakOff = () => env?.outgoing?.destroy()
    const { user } = caller
    return method({ method: req.method, path, headers, body: req.raw.body, user, tokens, breakOff }, context)
  })

  app.onError((error) => {
    if (error instanceof Problem) return answerOf(error)
    if (error instanceof Href.BadPath) return answerOf(new Problem(400, error.message))
    options.onFault({ operation: "request", error })
    return answerOf(new Problem(500, "the server failed; its log says why"))
  })
  return app
}
