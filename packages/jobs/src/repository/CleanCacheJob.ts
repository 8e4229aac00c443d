/** `cleanCache`: removes copies of repositories on this machine that are old, or more than fit. */
import * as CacheFolders from "@ourclone/backup/repository/CacheFolders"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { cacheBounds } from "./CareFields.ts"
import { access, count } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({ cacheDirectory: access.cacheDirectory, ...cacheBounds })
export type Request = typeof Request.Type

/** Folders that are gone, or in a preview would be, and the bytes in them. */
export const Summary = Schema.Struct({ removed: count, bytes: count })
export type Summary = typeof Summary.Type

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
    const directory = yield* OpenedRepository.cachesOf(request)
    const folders = yield* CacheFolders.list(directory)
    const gone: Array<CacheFolders.CacheFolder> = []
    for (const folder of CacheFolders.past(folders, request, yield* Clock.currentTimeMillis)) {
      if (!isPreview && !(yield* CacheFolders.remove(directory, folder))) {
        const message = `the copy of repository ${folder.repository} can not be removed from ${directory}`
        tell.fact({ _tag: "Failed", failure: { code: "Left", item: folder.repository, message, isRetryable: true } })
        continue
      }
      const { bytes, repository } = folder
      tell.fact({ _tag: isPreview ? "Would" : "Done", deed: "removed", item: repository, bytes })
      gone.push(folder)
    }
    const summary: Summary = { removed: gone.length, bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0) }
    return summary
  })

export const kind: JobKind<"cleanCache", Request, Summary> = {
  type: "cleanCache",
  request: Request,
  summary: Summary,
  needs: () => [],
  preview: begin(true),
  run: begin(false)
}
