/** `object`: one piece of a repository as it is, for whoever looks into the format. */
import * as StoredObject from "@ourclone/backup/look/StoredObject"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { BytesKind } from "../kind/JobKind.ts"
import { text } from "../kind/RequestFields.ts"
import { reading } from "./Fields.ts"
import * as LoadedRepository from "./LoadedRepository.ts"
import * as LockedQuery from "./LockedQuery.ts"
import { printable } from "./LookFields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

export const Request = Schema.Struct({
  ...reading,
  object: Schema.Literals(printable).annotate({ description: "What kind of thing" }),
  id: text("Which: an id or how it begins, latest for a snapshot, id:folder for a tree; config and masterkey have none")
})
export type Request = typeof Request.Type

const treeOf = Effect.fnUntraced(function* (repository: Repository, name: string) {
  const { id, subfolder } = Snapshots.parse(name)
  const snapshot = yield* Snapshots.find(repository, id)
  const reader = yield* LoadedRepository.readerOf(repository)
  return yield* reader.treeBytes(yield* SelectedSnapshots.folderTree(repository, reader, snapshot, subfolder))
})

const read = Effect.fnUntraced(function* (repository: Repository, { id = "", object }: Request) {
  switch (object) {
    case "config":
      return yield* StoredObject.config(repository)
    case "masterkey":
      return StoredObject.masterKey(repository)
    case "snapshot":
      return yield* StoredObject.snapshot(repository, id)
    case "tree":
      return yield* treeOf(repository, id)
    case "blob":
      return yield* StoredObject.blob(repository, yield* LoadedRepository.readerOf(repository), id)
    default:
      return yield* StoredObject.file(repository, object, id)
  }
})

export const kind: BytesKind<"object", Request> = {
  type: "object",
  request: Request,
  needs: OpenedRepository.needs,
  run: (request, beside) =>
    LockedQuery.stream(request, beside, (repository) => Effect.succeed(Stream.fromEffect(read(repository, request))))
}
