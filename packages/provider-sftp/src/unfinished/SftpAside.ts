/** Files that a run put aside, and was cut off before another took their place, get their names back. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Listed, SftpConnection } from "../connection/SftpConnection.ts"
import type { Site } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { isAside, nameOf } from "./AsideName.ts"
import { rename } from "./SftpRename.ts"

/**
 * What is in `folder`, an absolute path, without what was put aside. Fails with `PermissionDenied` where a file can not get
 * its name back: a listing without it would take it for one that is gone.
 */
export const restored = Effect.fnUntraced(function* (
  connection: SftpConnection,
  site: Site,
  folder: string,
  found: ReadonlyArray<Listed>
): Effect.fn.Return<ReadonlyArray<Listed>, StorageError> {
  const aside = found.filter(({ attrs, filename }) => isAside(filename) && SftpFile.isFile(attrs))
  if (aside.length === 0) return found
  const kept = found.filter((one) => !aside.includes(one))
  const taken = new Set(kept.map(({ filename }) => filename))
  for (const one of aside) {
    const name = nameOf(one.filename) ?? ""
    if (taken.has(name)) continue
    const back = rename(connection, site, `${folder}/${one.filename}`, `${folder}/${name}`)
    // Whoever put it aside has gone on meanwhile: its place is taken, or it is gone.
    const isBack = yield* Effect.catchIf(
      Effect.as(back, true),
      ({ reason }: StorageError) => reason._tag === "NotFound" || reason._tag === "UnexpectedResponse",
      () => Effect.succeed(false)
    )
    taken.add(name)
    if (isBack) kept.push({ ...one, filename: name })
  }
  return kept
})
