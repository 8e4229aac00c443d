/**
 * The repository that is restored from, where it lies on this machine, also behind a server that runs here: a restore that
 * deletes must not reach it, by whatever name, link or mount a folder of it is found below the target.
 */
import * as fs from "node:fs"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { GuardStopped } from "@ourclone/core/engine/Guard"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import type { Selection } from "../choose/Selection.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import type { Repository } from "../repository/Repository.ts"
import * as Entries from "./RestoreEntries.ts"
import { look } from "./RestoreTarget.ts"
import type { RestoreWalk } from "./RestoreWalk.ts"

/** Whether a directory is one of the repository's. */
export type IsOwn = (path: Buffer, status: fs.BigIntStats) => boolean

const types = ["data", "index", "keys", "locks", "snapshots"] as const

const directories: ReadonlyArray<RemotePath.RemotePath> = [
  RemotePath.root,
  ...types.map(RepositoryFile.directoryOf),
  ...Array.from({ length: 256 }, (_, at) =>
    RemotePath.parent(RepositoryFile.pathOf("data", at.toString(16).padStart(2, "0")))
  )
]

/** Where no storage can say which folder it is: that with the repository's own `config`, of which no two are alike. */
const byConfig =
  (sealed: Uint8Array): IsOwn =>
  (path) => {
    try {
      const config = Entries.join(path, Buffer.from("config"))
      const { size } = fs.lstatSync(config)
      return size === sealed.length && fs.readFileSync(config).equals(sealed)
    } catch {
      return false
    }
  }

/** Asks the storage which directories the repository has. */
export const find = Effect.fnUntraced(function* ({ provider }: Repository): Effect.fn.Return<IsOwn, StorageError> {
  const { capabilities, locate } = provider
  if (!capabilities.isLocal || locate === undefined) {
    return byConfig(yield* retrying(Effect.flatMap(provider.stat(RepositoryFile.configPath), provider.readAll)))
  }
  const ids = new Set<string>()
  for (const directory of directories) {
    const { ways } = yield* locate(RemotePath.join(directory, RemotePath.makeUnsafe("any")))
    for (const way of ways) {
      const id = way.at(-2)?.id
      if (id !== undefined) ids.add(id)
    }
  }
  return (path, { dev, ino }) => ids.has(`${dev}:${ino}`) || ids.has(path.toString())
})

export interface Reach {
  readonly entries: Entries.RestoreEntries
  readonly walked: RestoreWalk
  readonly selection: Selection
  readonly isOwn: IsOwn
}

const everything: Selection = () => ({ isSelected: true, mayContain: true })

/** The location of a directory of the repository at or below the path, as far as what is there would be deleted. */
const ownBelow = (
  path: Buffer,
  location: Buffer,
  device: bigint | undefined,
  selection: Selection,
  isOwn: IsOwn
): Buffer | undefined => {
  const found = look(path)
  if (found === undefined || !found.isDirectory() || (device !== undefined && found.dev !== device)) return undefined
  const { isSelected, mayContain } = selection(location, true)
  if (!isSelected && !mayContain) return undefined
  if (isOwn(path, found)) return location
  for (const entry of fs.readdirSync(path, { encoding: "buffer", withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const { name } = entry
    const own = ownBelow(Entries.join(path, name), Entries.join(location, name), found.dev, selection, isOwn)
    if (own !== undefined) return own
  }
  return undefined
}

const slash = Buffer.from("/")

function* reached({ entries, isOwn, selection, walked }: Reach): Generator<Buffer | undefined> {
  for (const { name, parent } of walked.surplus) {
    const above = entries.directoryPath(parent)
    const status = look(above)
    if (status === undefined) continue
    const location = Entries.join(parent < 0 ? slash : entries.location(parent), name)
    const path = Entries.join(above, name)
    if (isOwn(above, status) && selection(location, look(path)?.isDirectory() === true).isSelected) yield location
    yield ownBelow(path, location, status.dev, selection, isOwn)
  }
  // What stands in the way of a file goes whatever is selected.
  for (const entry of walked.taken) {
    yield ownBelow(entries.pathOf(entry), entries.location(entry), undefined, everything, isOwn)
  }
}

/** Fails, before anything is written or deleted, when deleting would reach the repository. */
export const refuse = (repository: Repository, reach: Reach): Effect.Effect<void, GuardStopped> =>
  Effect.suspend(() => {
    for (const location of reached(reach)) {
      if (location === undefined) continue
      const message = `the repository ${repository.name} lies in the target, at "${location}", and would be deleted, so nothing was restored: choose another target, or exclude "${location}"`
      return Effect.fail(new GuardStopped({ guard: "overlap", message }))
    }
    return Effect.void
  })
