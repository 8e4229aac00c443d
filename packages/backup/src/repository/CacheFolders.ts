/** The copies of repositories on this machine, a folder each: which there are, and which may go. What can not be read or removed is passed over. */
import * as fs from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Hex from "../go/Hex.ts"

export interface CacheFolder {
  /** The id of the repository. */
  readonly repository: string
  /** When one was last opened with it, in milliseconds since 1970 UTC. */
  readonly usedAt: number
  readonly files: number
  readonly bytes: number
}

const attempt = <A>(work: () => A, otherwise: A): A => {
  try {
    return work()
  } catch {
    return otherwise
  }
}

const measure = (folder: string): { readonly files: number; readonly bytes: number } => {
  let files = 0
  let bytes = 0
  for (const entry of attempt(() => fs.readdirSync(folder, { recursive: true, withFileTypes: true }), [])) {
    if (!entry.isFile()) continue
    const size = attempt(() => fs.lstatSync(join(entry.parentPath, entry.name)).size, undefined)
    if (size === undefined) continue
    files++
    bytes += size
  }
  return { files, bytes }
}

const unmeasured = { files: 0, bytes: 0 }

/** The one used last first. Looking how large they are takes a look at every file. */
export const list = (
  directory: string,
  { measures = true }: { readonly measures?: boolean } = {}
): Effect.Effect<ReadonlyArray<CacheFolder>> =>
  Effect.sync(() => {
    const names = attempt(() => fs.readdirSync(directory), []).filter(Hex.isId)
    const folders = names.flatMap((repository): ReadonlyArray<CacheFolder> => {
      const folder = join(directory, repository)
      const found = attempt(() => fs.lstatSync(folder), undefined)
      return found?.isDirectory() === true
        ? [{ repository, usedAt: found.mtimeMs, ...(measures ? measure(folder) : unmeasured) }]
        : []
    })
    return folders.sort((left, right) => right.usedAt - left.usedAt)
  })

export interface CacheBounds {
  /** What nobody used for so long goes. */
  readonly maxAgeMillis?: number | undefined
  /** What all may take together; the ones used last stay. */
  readonly maxBytes?: number | undefined
}

/** Those that are past the bounds, of what `list` gave. */
export const past = (
  folders: ReadonlyArray<CacheFolder>,
  { maxAgeMillis = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY }: CacheBounds,
  now: number
): ReadonlyArray<CacheFolder> => {
  let kept = 0
  return folders.filter(({ bytes, usedAt }) => {
    const stays = now - usedAt <= maxAgeMillis && kept + bytes <= maxBytes
    if (stays) kept += bytes
    return !stays
  })
}

/** Whether it is gone. A run that uses it meanwhile reads from the storage instead. */
export const remove = (directory: string, { repository }: CacheFolder): Effect.Effect<boolean> =>
  Effect.sync(() => {
    const folder = join(directory, repository)
    attempt(() => fs.rmSync(folder, { recursive: true, force: true }), undefined)
    return !fs.existsSync(folder)
  })
