/** A place for browsers and download programs: folders as pages, files as bytes. Nothing can be changed. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { fileAnswer } from "./FileAnswer.ts"
import { folderPage, pageHeaders } from "./FolderPage.ts"
import { mediaTypeOf } from "./MediaType.ts"
import { bodyOf } from "./Pieces.ts"
import { type Answer, type PlaceAsked, Refused } from "./ServeRun.ts"
import * as UrlPath from "./UrlPath.ts"

const nothing = () => new Refused(404, "there is nothing of that name")

/** What `stat` says of a name that is no file. */
const meansNoFile = new Set<string>(["NotFound", "InvalidRequest", "AlreadyExists"])

const fileAt = (provider: Provider, path: RemotePath.RemotePath): Effect.Effect<File | undefined, unknown> =>
  Effect.catchTag(provider.stat(path), "StorageError", (error) =>
    meansNoFile.has(error.reason._tag) ? Effect.succeed(undefined) : Effect.fail(error)
  )

const isFolder = ({ list, statDirectory }: Provider, path: RemotePath.RemotePath) => {
  if (path === "") return Effect.succeed(true)
  if (statDirectory === undefined)
    return Effect.map(Stream.runCollect(Stream.take(list(path, { depth: 1 }), 1)), (found) => found.length > 0)
  return Effect.as(statDirectory(path), true).pipe(
    Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(false))
  )
}

const folderAnswer = async (provider: Provider, path: RemotePath.RemotePath, asked: PlaceAsked): Promise<Response> => {
  if (!(await Effect.runPromiseWith(asked.context)(isFolder(provider, path)))) throw nothing()
  if (asked.method === "HEAD") return new Response(null, { headers: pageHeaders })
  const entries = Stream.toAsyncIterableWith(Stream.chunks(provider.list(path, { depth: 1 })), asked.context)
  return new Response(await bodyOf(folderPage(path, entries), asked), { headers: pageHeaders })
}

/** The Content-Security-Policy: what is stored here is shown by no browser as a page that could run anything. */
const headersOf = (file: File) => ({ "Content-Type": mediaTypeOf(file), "Content-Security-Policy": "sandbox" })

export const make =
  (provider: Provider): Answer =>
  async (asked) => {
    const { method } = asked
    if (method !== "GET" && method !== "HEAD") throw new Refused(405, "it can only be read", { Allow: "GET, HEAD" })
    const wanted = UrlPath.parse(asked.path)
    if (wanted === undefined) throw new Refused(400, "no file has such a path")
    const { path } = wanted
    if (wanted.isFolder) return folderAnswer(provider, path, asked)
    const run = Effect.runPromiseWith(asked.context)
    const file = await run(fileAt(provider, path))
    if (file !== undefined) return fileAnswer(provider, file, asked, headersOf(file))
    if (!(await run(isFolder(provider, path)))) throw nothing()
    const Location = UrlPath.beside(RemotePath.basename(path), true)
    return new Response(null, { status: 301, headers: { Location } })
  }
