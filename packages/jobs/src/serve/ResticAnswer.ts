/**
 * A place for restic: the protocol of its REST server, versions 1 and 2, for one repository or several in folders.
 *
 * Names of files are the hashes of what is in them, so nothing that came wrong counts, and what a listing has told need not
 * be looked at before it is read.
 */
import * as RepositoryFile from "@ourclone/backup/format/RepositoryFile"
import * as FileRemoval from "@ourclone/backup/repository/FileRemoval"
import { KnownFiles } from "@ourclone/backup/repository/KnownFiles"
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { isStorageError, PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { fileAnswer } from "./FileAnswer.ts"
import { bodyOf } from "./Pieces.ts"
import * as ResticPath from "./ResticPath.ts"
import * as ResticUpload from "./ResticUpload.ts"
import { type Answer, type PlaceAsked, Refused } from "./ServeRun.ts"

type Of<Tag> = Extract<ResticPath.Wanted, { readonly _tag: Tag }>

const version1 = "application/vnd.x.restic.rest.v1"
const version2 = "application/vnd.x.restic.rest.v2"
const bytes = { "Content-Type": "application/octet-stream" }

const notAllowed = (Allow: string) => new Refused(405, "that is not done here", { Allow })

const unreadable = ({ name }: Provider, { because, path }: Extract<Entry, { readonly _tag: "Skipped" }>) =>
  new StorageError({
    provider: name,
    operation: "list",
    path,
    reason: new PermissionDenied({ message: because })
  })

/** The files of a kind as they are listed. Throws for what could not be read: restic would take it for lost. */
const filesOf = (provider: Provider, { folder, type }: Of<"Files">) => {
  const beginning = folder === "" ? 0 : folder.length + 1
  const options = type === "data" ? {} : { depth: 1 as const }
  const listed = provider.list(RemotePath.join(folder, RepositoryFile.directoryOf(type)), options)
  return Stream.mapEffect(Stream.chunks(listed), (entries) => {
    const failed = entries.find((entry) => entry._tag === "Skipped" && entry.isFailure)
    if (failed?._tag === "Skipped") return Effect.fail(unreadable(provider, failed))
    return Effect.succeed(
      entries.filter(
        (entry): entry is File => entry._tag === "File" && RepositoryFile.isPathOf(type, entry.path.slice(beginning))
      )
    )
  })
}

async function* listing(files: AsyncIterable<ReadonlyArray<File>>, known: KnownFiles, isVersion2: boolean) {
  const encoder = new TextEncoder()
  let before = "["
  for await (const some of files) {
    let text = ""
    for (const file of some) {
      known.remember(file)
      const name = RemotePath.basename(file.path)
      text += before + JSON.stringify(isVersion2 ? { name, size: file.size } : name)
      before = ","
    }
    if (text !== "") yield encoder.encode(text)
  }
  yield encoder.encode(before === "[" ? "[]" : "]")
}

const folders = ["", ...ResticPath.fileTypes].map(RemotePath.makeUnsafe)

export const make =
  (options: ResticUpload.UploadOptions) =>
  (provider: Provider): Answer => {
    const known = new KnownFiles()
    const remove = FileRemoval.make(provider)
    const upload = ResticUpload.make(provider, options)
    const { makeDirectory } = provider

    const repository = async (
      { folder }: Of<"Repository">,
      { context, method, query }: PlaceAsked
    ): Promise<Response> => {
      if (method === "DELETE") throw new Refused(501, "repositories are not removed here")
      if (method !== "POST" || query.get("create") !== "true") throw notAllowed("POST")
      if (makeDirectory !== undefined && provider.capabilities.hasDirectories)
        for (const each of folders) await Effect.runPromiseWith(context)(makeDirectory(RemotePath.join(folder, each)))
      return new Response(null, { status: 200 })
    }

    const files = async (wanted: Of<"Files">, asked: PlaceAsked): Promise<Response> => {
      if (asked.method !== "GET") throw notAllowed("GET")
      const isVersion2 = asked.headers.get("accept")?.includes(version2) === true
      const found = Stream.toAsyncIterableWith(filesOf(provider, wanted), asked.context)
      return new Response(await bodyOf(listing(found, known, isVersion2), asked), {
        headers: { "Content-Type": isVersion2 ? version2 : version1 }
      })
    }

    const look = async (path: RemotePath.RemotePath, { context }: PlaceAsked): Promise<File> => {
      const file = await Effect.runPromiseWith(context)(provider.stat(path))
      known.remember(file)
      return file
    }

    const read = async ({ id, path }: Of<"File">, asked: PlaceAsked): Promise<Response> => {
      const remembered = asked.method === "HEAD" || id === undefined ? undefined : known.get(path)
      const etag = id === undefined ? undefined : `"${id}"`
      const answer = (file: File) => fileAnswer(provider, file, asked, bytes, etag)
      try {
        return await answer(remembered ?? (await look(path, asked)))
      } catch (error) {
        if (!isStorageError(error)) throw error
        known.forget(path)
        // Somebody else may have removed it and stored it again, as another version.
        if (remembered === undefined || error.reason._tag !== "NotFound") throw error
        return answer(await look(path, asked))
      }
    }

    const file = async (wanted: Of<"File">, asked: PlaceAsked): Promise<Response> => {
      const { path, type } = wanted
      switch (asked.method) {
        case "HEAD":
        case "GET":
          return read(wanted, asked)
        case "POST":
          known.remember(await upload(wanted, asked))
          return new Response(null, { status: 200 })
        case "DELETE":
          if (options.isAppendOnly && type !== "locks") throw new Refused(403, "nothing but locks is removed here")
          known.forget(path)
          await Effect.runPromiseWith(asked.context)(remove(path))
          return new Response(null, { status: 200 })
        default:
          throw notAllowed("HEAD, GET, POST, DELETE")
      }
    }

    return async (asked) => {
      const wanted = ResticPath.parse(asked.path)
      if (wanted === undefined) throw new Refused(400, "no repository has such a file")
      switch (wanted._tag) {
        case "Repository":
          return repository(wanted, asked)
        case "Files":
          return files(wanted, asked)
        case "File":
          return file(wanted, asked)
      }
    }
  }
