/** A request as the methods see it, and how its body is read. */
import type { FileSystem } from "../contract/FileSystem.ts"
import * as Href from "./Href.ts"
import type { Locks } from "./Locks.ts"
import { Problem } from "./Problem.ts"
import { BadXml, type Element, parse } from "./xml/Element.ts"

export interface Context {
  readonly fileSystem: FileSystem
  readonly locks: Locks
}

export interface DavRequest {
  readonly method: string
  readonly path: Href.DavPath
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array> | null
  /** Who signed in. */
  readonly user: string
  /** The tokens of locks that the client has shown. */
  readonly tokens: ReadonlySet<string>
  /** Breaks the connection: the one way to say that a body is not whole once its status was sent. */
  readonly breakOff: () => void
}

export type Method = (request: DavRequest, context: Context) => Promise<Response>

/** The whole body; `413` where it is longer than `most` bytes. */
export const bodyBytes = async ({ body }: DavRequest, most: number): Promise<Buffer> => {
  const pieces: Array<Uint8Array> = []
  let length = 0
  if (body !== null)
    for await (const piece of body) {
      length += piece.length
      if (length > most) throw new Problem(413, `the body is longer than ${most} bytes`)
      pieces.push(piece)
    }
  return Buffer.concat(pieces)
}

/** The body as XML; `undefined` where there is none. */
export const bodyXml = async (request: DavRequest, most: number): Promise<Element | undefined> => {
  const bytes = await bodyBytes(request, most)
  if (bytes.length === 0) return undefined
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof BadXml || error instanceof TypeError)
      throw new Problem(400, `the body is no XML: ${error.message}`)
    throw error
  }
}

export type Depth = "0" | "1" | "infinity"

export const depthOf = ({ headers }: DavRequest, otherwise: Depth): Depth => {
  const depth = headers.get("depth")?.trim().toLowerCase() ?? otherwise
  if (depth !== "0" && depth !== "1" && depth !== "infinity") throw new Problem(400, "Depth is 0, 1 or infinity")
  return depth
}

/** `423` where a lock forbids it; what the client should have shown is told. */
export const mustBeFree = (
  { locks }: Context,
  request: DavRequest,
  names: ReadonlyArray<string>,
  what?: Parameters<Locks["forbidding"]>[2]
): void => {
  const lock = locks.forbidding(names, request.tokens, what)
  if (lock === undefined) return
  const href = Href.write(lock.names, false)
  throw new Problem(
    423,
    `${href} is locked`,
    `<D:lock-token-submitted><D:href>${href.replaceAll("&", "&amp;")}</D:href></D:lock-token-submitted>`
  )
}
