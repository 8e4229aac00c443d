/**
 * What a user's text stands for: a folder, or one file.
 *
 * Providers are rooted at folders, so a file is looked for by its last segment
 * in the folder before it. That costs a request; where the text is most likely
 * a folder, look only once the folder turned out to be empty.
 */

import { RemoteError } from "@ourclone/core/configuration/RemoteError"
import type { Given } from "@ourclone/core/configuration/Remotes"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { NotFound, StorageError } from "@ourclone/core/contract/StorageError"
import { retrying, retryingAtFirst } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { printable } from "./PrintableText.ts"
import { Streams } from "./Streams.ts"

/** `photos:`, `b2://`, or nothing; and the path after it. */
const form =
  process.platform === "win32" ? /^([A-Za-z]:(?=[\\/])|[^/\\:]+:(?:\/\/)?)?(.*)$/s : /^([^/\\:]+:(?:\/\/)?)?(.*)$/s
const separator = process.platform === "win32" ? /[/\\]/g : /\//g

/** The remote or account alone, and the path in it. */
export const split = (text: string): { readonly prefix: string; readonly path: string } => {
  const [, prefix = "", path = ""] = form.exec(text) ?? []
  return { prefix, path }
}

export interface Parent {
  /** As a user would type it. */
  readonly folder: string
  readonly name: RemotePath.RemotePath
}

/** The folder that holds what `text` names; `undefined` where it names none: `b2:`, `..`, `photos/`. */
export const parentOf = (text: string, ignoresSlash = false): Parent | undefined => {
  const { path: typed, prefix } = split(text)
  const path = ignoresSlash && typed.length > 1 ? typed.replace(/[/]+$/, "") : typed
  const last = [...path.matchAll(separator)].at(-1)?.index ?? -1
  const name = path.slice(last + 1)
  if (RemotePath.refusal(name) !== undefined || name === "") return undefined
  const before = last === 0 ? path.slice(0, 1) : path.slice(0, Math.max(0, last))
  return { folder: prefix === "" && before === "" ? "." : prefix + before, name: RemotePath.makeUnsafe(name) }
}

/** Opens what `text` means until the scope closes. A service that is away for the moment is tried again, and the user told. */
export const open = Effect.fnUntraced(function* (text: string, flags: Given = {}) {
  const remotes = yield* Remotes
  const { writeError } = yield* Streams
  let hasTold = false
  const tell = (error: StorageError): void => {
    if (!hasTold) writeError(`${printable(error.message)}; trying again\n`)
    hasTold = true
  }
  const opened = retryingAtFirst(
    Effect.catchTag(remotes.open(text, flags), "RemoteError", (error) => Effect.succeed(error)),
    tell
  )
  const provider = yield* opened
  return provider instanceof RemoteError ? yield* provider : provider
})

/** A file and a provider rooted at the folder that holds it. */
export interface StoredFile {
  readonly provider: Provider
  readonly file: File
}

const meansNoFile = new Set<string>(["NotFound", "InvalidRequest", "PermissionDenied", "AlreadyExists"])

/** The file that `text` names; `undefined` when it names none. */
export const findFile = Effect.fnUntraced(function* (text: string, flags: Given = {}) {
  const parent = parentOf(text)
  if (parent === undefined) return undefined
  const found = Effect.gen(function* () {
    const provider = yield* open(parent.folder, flags)
    if (provider.buckets !== undefined && provider.location === "") return undefined
    const file = yield* retrying(provider.stat(parent.name))
    return { provider, file } satisfies StoredFile
  })
  return yield* Effect.catchTag(found, "StorageError", (error) =>
    meansNoFile.has(error.reason._tag) ? Effect.succeed(undefined) : Effect.fail(error)
  )
})

/** Whether a listing failed in the way it does where the root is a file. */
export const mayBeFile = (error: { readonly _tag: string }): boolean =>
  error._tag === "StorageError" && (error as StorageError).reason._tag === "InvalidRequest"

/** Whether anything lies in the folder that `text` names. */
export const holdsSomething = Effect.fnUntraced(function* (text: string, flags: Given = {}) {
  const folder = yield* open(text, flags)
  const first = Stream.take(folder.list(RemotePath.root, { depth: 1 }), 1)
  return (yield* retrying(Stream.runCollect(first))).length > 0
})

/** Whether the folder that `text` names exists. Meant for folders that list nothing; reads the folder above. */
export const isFolder = Effect.fnUntraced(function* (text: string, flags: Given = {}) {
  if (yield* holdsSomething(text, flags)) return true
  const parent = parentOf(text, true)
  if (parent === undefined) return true
  const above = yield* open(parent.folder, flags)
  if (above.buckets !== undefined && above.location === "") return true
  const isIt = (path: string) => path === parent.name
  const found = above.list(RemotePath.root, { depth: 1 }).pipe(
    Stream.filter((entry) => entry._tag === "Directory" && isIt(entry.path)),
    Stream.take(1)
  )
  return (yield* retrying(Stream.runCollect(found))).length > 0
})

export const missing = (text: string): StorageError =>
  new StorageError({
    provider: text,
    operation: "open",
    reason: new NotFound({ message: "no such file or folder; look for it with: ourclone ls" })
  })

/** The file that `text` must name. Fails with `NotFound`. */
export const openFile = Effect.fnUntraced(function* (text: string, flags: Given = {}) {
  const found = yield* findFile(text, flags)
  if (found !== undefined) return found
  if (yield* isFolder(text, flags)) {
    const reason = new NotFound({ message: "this is a folder, not a file" })
    return yield* new StorageError({ provider: text, operation: "open", reason })
  }
  return yield* missing(text)
})

/** `provider` as if `file` were all there is; for the other side, what is stored under the same name. */
export const onlyFile = (provider: Provider, path: RemotePath.RemotePath): Provider => ({
  ...provider,
  capabilities: { ...provider.capabilities, listsInOrder: true },
  list: () =>
    Stream.unwrap(
      Effect.map(provider.stat(path), (file) => Stream.succeed(file)).pipe(
        Effect.catch((error) => (error.reason._tag === "NotFound" ? Effect.succeed(Stream.empty) : Effect.fail(error)))
      )
    )
})
