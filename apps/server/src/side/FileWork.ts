/** One file, down and up. */
import { tmpdir } from "node:os"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { upload } from "@ourclone/core/engine/Upload"
import { silent } from "@ourclone/core/events/Tell"
import { spool } from "@ourclone/core/layers/Spool"
import { InvalidJob } from "@ourclone/jobs/kind/JobError"
import * as FileOrFolder from "@ourclone/jobs/place/FileOrFolder"
import { open } from "@ourclone/jobs/place/OpenPlace"
import { parentOf } from "@ourclone/jobs/place/PlaceText"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import * as ByteRanges from "../bytes/ByteRanges.ts"
import type { FileFacts, Order } from "./SideWire.ts"

type Of<Tag> = Extract<Order, { readonly _tag: Tag }>

const partConcurrency = 4

/** A file's identity as a strong ETag. */
const etagOf = (parts: ReadonlyArray<string | number | undefined>): string =>
  parts.some((part) => part !== undefined) ? `"${Buffer.from(parts.join("/")).toString("base64url")}"` : ""

/** The file at the place and its bytes, or that the range lies outside of it. */
export const read = Effect.fnUntraced(function* ({ ifRange, path, range, versionId }: Of<"Read">) {
  const looking = { flags: { copyLinks: true }, versionId: versionId ?? undefined }
  const { file, provider } = yield* FileOrFolder.findOnlyFile(path, silent, looking)
  const { size, modifiedAt = 0 } = file
  const etag = etagOf(
    file.versionId !== undefined || file.identity !== undefined ? [file.versionId, file.identity] : [size, modifiedAt]
  )
  const isSame = ifRange === null || ifRange === etag
  const wanted = isSame && file.isSizeUnsure !== true ? ByteRanges.wanted(range, size) : ({ _tag: "All" } as const)
  const part = wanted._tag === "Part" ? { offset: wanted.offset, length: wanted.length } : null
  const facts: FileFacts = { size, modifiedAt, etag, name: file.path.slice(file.path.lastIndexOf("/") + 1), part }
  if (wanted._tag === "Outside") return { facts, bytes: undefined, isSizeUnsure: false }
  const bytes = part === null ? provider.read(file) : provider.read(file, part)
  return { facts, bytes: bytes as Stream.Stream<Uint8Array, StorageError>, isSizeUnsure: file.isSizeUnsure === true }
})

/** `provider`, which replaces nothing that came meanwhile, where it can tell; of what is stored in parts it can not. */
const replacingNothing = (provider: Provider): Provider => ({ ...provider, put: provider.putIfAbsent ?? provider.put })

/** Stores what comes, or says that a file of that name is there, which must not be replaced. */
export const write = Effect.fnUntraced(function* (
  { overwrite, path, size }: Of<"Write">,
  body: AsyncIterable<Uint8Array>
) {
  const parent = parentOf(path)
  if (parent === undefined) return yield* new InvalidJob({ message: `${path} names no file`, field: "path" })
  const provider = yield* open(parent.folder, silent)
  if (!overwrite) {
    const isThere = yield* Effect.as(provider.stat(parent.name), true).pipe(
      Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(false))
    )
    if (isThere) return { isThere: true as const }
  }
  const source = yield* spool(body, size, tmpdir())
  const storage = overwrite ? provider : replacingNothing(provider)
  const stored = upload(storage, parent.name, source, { modifiedAt: Date.now(), partConcurrency })
  return yield* stored.pipe(
    Effect.map(({ size: bytes }) => ({ isThere: false as const, path, bytes })),
    Effect.catchReason("StorageError", "AlreadyExists", (_, error) =>
      overwrite ? Effect.fail(error) : Effect.succeed({ isThere: true as const })
    )
  )
})
