/**
 * Files of a repository that are kept on this machine, sealed as they are stored.
 *
 * It only saves downloads: what is damaged is dropped, and what can not be
 * written is not kept. No method fails.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as Effect from "effect/Effect"
import * as Hex from "../go/Hex.ts"

/** `data` holds the packs with trees in them, whole. */
export type CachedType = "index" | "snapshots" | "data"

const types: ReadonlyArray<CachedType> = ["index", "snapshots", "data"]

export interface LocalCache {
  /** The stored bytes of a whole file, checked against its id; `undefined` when they are not here. */
  readonly get: (type: CachedType, id: string) => Effect.Effect<Buffer | undefined>
  readonly set: (type: CachedType, id: string, bytes: Uint8Array) => Effect.Effect<void>
  readonly has: (type: CachedType, id: string) => boolean
  /** Removes every file of `type` that is not in `listed`; gives how many. */
  readonly clean: (type: CachedType, listed: ReadonlySet<string>) => Effect.Effect<number>
}

const attempt = <A>(work: () => A, otherwise: A): A => {
  try {
    return work()
  } catch {
    return otherwise
  }
}

/** Other programs that back up know this mark, and leave the folder out. */
const tag = `Signature: 8a477f597d28d172789f06886806bc55
# This file marks a cache directory of OurClone. See https://bford.info/cachedir/
`

const prepare = (root: string, folder: string): void => {
  for (const type of types) makeFolder(join(folder, type))
  if (!fs.existsSync(join(root, "CACHEDIR.TAG"))) fs.writeFileSync(join(root, "CACHEDIR.TAG"), tag)
}

/** A folder for the repository in `directory`, which need not exist. */
export const make = (directory: string, repositoryId: string): LocalCache => {
  const name = Hex.isId(repositoryId) ? repositoryId : hash("sha256", repositoryId)
  const folder = join(directory, name)
  let isPrepared = false
  let made = 0
  const pathOf = (type: CachedType, id: string): string => join(folder, type, id)
  const drop = (path: string): void => attempt(() => fs.rmSync(path, { force: true }), undefined)
  // The time of the folder says when it was last of use: see `CacheFolders`.
  attempt(() => fs.utimesSync(folder, Date.now() / 1000, Date.now() / 1000), undefined)

  const write = (path: string, bytes: Uint8Array): void => {
    const temporary = `${path}.${process.pid}-${made++}.tmp`
    try {
      if (!isPrepared) prepare(directory, folder)
      isPrepared = true
      fs.writeFileSync(temporary, bytes, { mode: 0o600 })
      fs.renameSync(temporary, path)
    } catch {
      isPrepared = false
      drop(temporary)
    }
  }

  return {
    get: (type, id) =>
      Effect.sync(() => {
        const path = pathOf(type, id)
        const bytes = attempt(() => fs.readFileSync(path), undefined)
        if (bytes === undefined || hash("sha256", bytes) === id) return bytes
        drop(path)
        return undefined
      }),
    set: (type, id, bytes) => Effect.sync(() => write(pathOf(type, id), bytes)),
    has: (type, id) => fs.existsSync(pathOf(type, id)),
    clean: (type, listed) =>
      Effect.sync(() => {
        const names = attempt(() => fs.readdirSync(join(folder, type)), [])
        const stale = names.filter((each) => !listed.has(each) && !isBeingWritten(join(folder, type, each)))
        for (const each of stale) drop(join(folder, type, each))
        return stale.length
      })
  }
}

/** Another process may be about to rename it; a killed one's is swept away an hour later. */
const isBeingWritten = (path: string): boolean =>
  path.endsWith(".tmp") && attempt(() => Date.now() - fs.statSync(path).mtimeMs < 3_600_000, true)
