/** The two sides of a transfer, opened. */

import * as ContentHeaders from "@ourclone/core/contract/ContentHeaders"
import type { File } from "@ourclone/core/contract/Entry"
import { isSame } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import * as Guard from "@ourclone/core/engine/Guard"
import type { Tell } from "@ourclone/core/events/Tell"
import * as UploadHeaders from "@ourclone/core/layers/UploadHeaders"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { InvalidJob } from "../kind/JobError.ts"
import type { Which } from "../place/Earlier.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { open } from "../place/OpenPlace.ts"
import * as OwnFiles from "../place/OwnFiles.ts"
import { parentOf } from "../place/PlaceText.ts"
import * as RenamedFile from "./RenamedFile.ts"
import { givenOf, lookingOf, type Transferring } from "./TransferFields.ts"

export interface Sides {
  readonly source: Provider
  readonly destination: Provider
  /** The folder that is the source; none where the source is one file. */
  readonly folder: FileOrFolder.FoundFolder | undefined
  /** See `TransferOptions.storedAtSource`. */
  readonly storedAtSource?: ((file: File) => File) | undefined
}

const samePlace = (name: string) =>
  new Guard.GuardStopped({ guard: "overlap", message: `source and destination are the same file, ${name}` })

const inFile = (file: string, name: RemotePath) =>
  new Guard.GuardStopped({ guard: "overlap", message: `${file} is a file, and "${name}" can not lie inside of it` })

/**
 * Fails where one file is to be brought to what is that very file, by this or another name of it, or another file; `name`
 * is what it is to be called there, where that was said.
 */
const refuseFile = Effect.fnUntraced(function* (
  request: Transferring & Which,
  destination: Provider,
  tell: Tell,
  name: RemotePath | undefined
) {
  const { account } = destination.place
  const source = yield* open(request.source, tell, givenOf(request))
  if (source.place.account === account && isSame(source.place, destination.place)) {
    return yield* name === undefined ? samePlace(request.source) : inFile(request.source, name)
  }
  if (destination.capabilities.isLocal) yield* FileOrFolder.holdsSomething({ _tag: "Folder", provider: destination })
})

/**
 * Where the destination is the name of one file: the request with the folder of that name as its destination, and the
 * name. As it was for anything else.
 */
export const aimed = Effect.fnUntraced(function* <Asked extends Transferring & Which & { readonly toName?: boolean }>(
  request: Asked,
  tell: Tell
) {
  const none: { readonly request: Asked; readonly name: RemotePath | undefined } = { request, name: undefined }
  if (request.toName !== true) return none
  const found = yield* FileOrFolder.find(request.source, tell, lookingOf(request))
  const parent = found._tag === "File" ? parentOf(request.destination) : undefined
  if (parent === undefined) return none
  const source = yield* open(request.source, tell, givenOf(request))
  const destination = yield* open(request.destination, tell, givenOf(request))
  if (isSame(source.place, destination.place)) return yield* samePlace(request.source)
  return { request: { ...request, destination: parent.folder }, name: parent.name }
}, Effect.scoped)

/** The source alone, with the destination that is already open. `name` is what one file is to be called there. */
export const withSource = Effect.fnUntraced(function* (
  request: Transferring & Which,
  destination: Provider,
  tell: Tell,
  name?: RemotePath
) {
  const found = yield* FileOrFolder.find(request.source, tell, lookingOf(request))
  if (found._tag === "File") {
    const { path } = found.file
    const to = name ?? path
    if (to === path && isSame(found.provider.place, destination.place)) return yield* samePlace(request.source)
    yield* refuseFile(request, destination, tell, name)
    yield* FileOrFolder.refuseFile(request.destination, destination, tell)
    if (name !== undefined) {
      yield* FileOrFolder.refuseFolder(`${request.destination.replace(/\/?$/, "/")}${name}`, destination, name)
    }
    const source = FileOrFolder.onlyFile(found.provider, path)
    const renamed = to === path ? undefined : RenamedFile.make(source, path, to)
    const sides: Sides = {
      source: renamed?.provider ?? source,
      storedAtSource: renamed?.stored,
      destination: FileOrFolder.onlyFile(destination, to),
      folder: undefined
    }
    return sides
  }
  const overlap = Guard.overlap(found.provider, destination)
  if (overlap !== undefined) return yield* overlap
  yield* FileOrFolder.refuseFile(request.destination, destination, tell)
  const sides: Sides = { source: yield* OwnFiles.without(found.provider), destination, folder: found }
  return sides
})

/** Fails where headers are none, or have no place at the destination: before anything is sent. */
const withHeaders = ({ headerUpload: field = [] }: Transferring, destination: Provider) => {
  if (field.length === 0) return Effect.succeed(destination)
  const headers = ContentHeaders.parse(field)
  if (Result.isFailure(headers)) return Effect.fail(new InvalidJob({ message: headers.failure, field: "headerUpload" }))
  return destination.capabilities.keepsContentHeaders === true
    ? Effect.succeed(UploadHeaders.make(destination, headers.success))
    : Effect.fail(
        new InvalidJob({ message: `${destination.name} keeps no headers beside files`, field: "headerUpload" })
      )
}

export const openDestination = (request: Transferring, tell: Tell) =>
  open(request.destination, tell, {
    ...givenOf(request),
    copyLinks: undefined,
    createsBuckets: request.createsBucket
  }).pipe(
    Effect.flatMap(OwnFiles.without),
    Effect.flatMap((destination) => withHeaders(request, destination))
  )

/** Fails where modes and links are to be kept and one side has no place for them: a link would come to be a plain file. */
export const refuseWithoutMetadata = (
  { metadata }: Pick<Transferring, "metadata">,
  sides: ReadonlyArray<Provider>
): Effect.Effect<void, InvalidJob> => {
  const lacking = metadata === true ? sides.find(({ capabilities }) => !capabilities.keepsMetadata) : undefined
  return lacking === undefined
    ? Effect.void
    : Effect.fail(
        new InvalidJob({ message: `${lacking.name} keeps neither modes nor links beside files`, field: "metadata" })
      )
}
