/** Every version of files, with hide markers. */
import { Version } from "@ourclone/core/contract/Versions"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import { versionsOf } from "../place/Earlier.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { open } from "../place/OpenPlace.ts"
import { openAt, versionsAt } from "./History.ts"
import { fileOrFolder } from "./StorageFields.ts"

export const Request = Schema.Struct(fileOrFolder)
export type Request = typeof Request.Type

const rows = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const { path, provider } = yield* openAt(request.path, tell)
  const versions = yield* versionsOf(provider)
  let isEmpty = true
  const listed = Stream.mapArray(versionsAt(versions, path), (found) => {
    isEmpty = false
    return found
  })
  const exists = Effect.gen(function* () {
    if (!isEmpty) return true
    const folder: FileOrFolder.FoundFolder = { _tag: "Folder", provider: yield* open(request.path, tell) }
    return yield* FileOrFolder.exists(folder, request.path, tell)
  })
  const end = Stream.unwrap(
    Effect.map(exists, (isThere) => (isThere ? Stream.empty : Stream.fail(FileOrFolder.missing(request.path))))
  )
  return Stream.concat(listed, end)
})

export const kind: QueryKind<"versions", Request, Version> = {
  type: "versions",
  request: Request,
  row: Version,
  needs: () => [],
  run: (request, beside) => Stream.unwrap(rows(request, beside))
}
