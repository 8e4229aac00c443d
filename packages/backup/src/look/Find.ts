/** Which snapshots have a file, by name or by the blobs it is made of. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as PathFilter from "../choose/PathFilter.ts"
import * as BlobTypes from "../format/BlobType.ts"
import type { Snapshot } from "../format/Snapshot.ts"
import * as GoTime from "../go/GoTime.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import * as NodeWalk from "../repository/NodeWalk.ts"
import type { Repository } from "../repository/Repository.ts"
import { Missing, RepositoryError } from "../repository/RepositoryError.ts"

type E = StorageError | RepositoryError

export interface PatternOptions {
  /** restic's: one without a slash matches a name wherever it is, and everything below a directory of that name. */
  readonly patterns: ReadonlyArray<string>
  readonly ignoreCase: boolean
  /** Nanoseconds since 1970 of the modification, both ends included. */
  readonly oldest?: bigint | undefined
  readonly newest?: bigint | undefined
}

export interface Match extends NodeWalk.WalkedNode {
  readonly snapshot: Snapshot
}

const isWithin = (mtime: string, { newest, oldest }: PatternOptions): boolean => {
  if (oldest === undefined && newest === undefined) return true
  const time = GoTime.parse(mtime)
  return (oldest === undefined || time >= oldest) && (newest === undefined || time <= newest)
}

/** Snapshot after snapshot, in the order given. Throws `PatternError` at once for a pattern that is none. */
export const byPattern = (
  reader: BlobReader,
  snapshots: Iterable<Snapshot>,
  options: PatternOptions
): Stream.Stream<Match, E> => {
  const filter = PathFilter.make(
    options.ignoreCase
      ? { patterns: [], insensitivePatterns: options.patterns }
      : { patterns: options.patterns, insensitivePatterns: [] }
  )
  return Stream.flatMap(Stream.fromIterable(snapshots), (snapshot) =>
    NodeWalk.stream(reader, {
      tree: snapshot.tree,
      enters: ({ path }) => {
        const { matched, mayMatchBelow } = filter.look(path)
        return matched || mayMatchBelow
      }
    }).pipe(
      Stream.filter(({ node, path }) => filter.matches(path) && isWithin(node.mtime, options)),
      Stream.map((walked) => ({ ...walked, snapshot }))
    )
  )
}

/** Ids, or how they begin. */
export interface IdOptions {
  readonly blobs: ReadonlyArray<string>
  readonly trees: ReadonlyArray<string>
  /** All blobs in these packs. */
  readonly packs: ReadonlyArray<string>
}

export interface FoundObject {
  readonly type: "blob" | "tree"
  readonly id: string
  /** Of the file that has the blob, or of the directory that the tree is. */
  readonly path: Buffer
  /** Of the directory that this is in; a snapshot's own tree has none. */
  readonly parentTree: string | undefined
  readonly snapshot: Snapshot
}

/** Whether an id is among those looked for. */
type Wanted = (id: string) => boolean

const wanted = (beginnings: Iterable<string>): Wanted => {
  const all = [...beginnings].map((beginning) => beginning.toLowerCase())
  const whole = new Set(all.filter(({ length }) => length === 64))
  const partly = all.filter(({ length }) => length < 64)
  return (id) => whole.has(id) || partly.some((beginning) => id.startsWith(beginning))
}

const inPacks = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  beginnings: ReadonlyArray<string>
) {
  const ids: Record<"data" | "tree", Array<string>> = { data: [], tree: [] }
  if (beginnings.length === 0) return ids
  const { index } = reader
  const { entries, starts } = index.byPack()
  const found = new Set<string>()
  for (let pack = 0; pack < index.packCount; pack++) {
    const matching = beginnings.filter((beginning) => index.packId(pack).startsWith(beginning.toLowerCase()))
    for (const beginning of matching) found.add(beginning)
    for (const entry of matching.length === 0 ? [] : entries.subarray(starts[pack], starts[pack + 1])) {
      ids[BlobTypes.nameOf(index.typeOf(entry))].push(index.hexOf(entry))
    }
  }
  const lost = beginnings.find((beginning) => !found.has(beginning))
  if (lost === undefined) return ids
  const message = `no pack that begins with "${lost}" is in the index`
  return yield* new RepositoryError({ repository: repository.name, reason: new Missing({ message, file: lost }) })
})

/** Files and directories that are made of certain blobs. Fails with `Missing` when a pack is in no index. */
export const byId = (
  repository: Repository,
  reader: BlobReader,
  snapshots: Iterable<Snapshot>,
  options: IdOptions
): Stream.Stream<FoundObject, E> =>
  Stream.unwrap(
    Effect.map(inPacks(repository, reader, options.packs), (packed) => {
      const isBlob = wanted([...options.blobs, ...packed.data])
      const isTree = wanted([...options.trees, ...packed.tree])
      const objectsOf = (snapshot: Snapshot, { node, path, tree }: NodeWalk.WalkedNode): ReadonlyArray<FoundObject> => {
        const blobs = new Set((node.content ?? []).filter(isBlob))
        const trees = node.subtree !== undefined && isTree(node.subtree) ? [node.subtree] : []
        const objects = (type: FoundObject["type"], ids: Iterable<string>) =>
          Array.from(ids, (id) => ({ type, id, path, parentTree: tree, snapshot }))
        return [...objects("blob", blobs), ...objects("tree", trees)]
      }
      return Stream.flatMap(Stream.fromIterable(snapshots), (snapshot) => {
        const below = NodeWalk.stream(reader, { tree: snapshot.tree }).pipe(
          Stream.map((walked) => objectsOf(snapshot, walked)),
          Stream.flattenIterable
        )
        const root: FoundObject = {
          type: "tree",
          id: snapshot.tree,
          path: Buffer.from("/"),
          parentTree: undefined,
          snapshot
        }
        return isTree(snapshot.tree) ? Stream.concat(Stream.succeed(root), below) : below
      })
    })
  )

export interface Stored extends Pick<FoundObject, "type" | "id"> {
  readonly pack: string
}

/** In which packs objects are. */
export interface Packs {
  /** The pack of an object, which then counts as used; `undefined` where no index knows it. */
  readonly of: (object: Pick<FoundObject, "type" | "id">) => string | undefined
  /** What the index holds of what was asked for, without those that `of` was asked about. */
  readonly unused: (options: IdOptions) => Iterable<Stored>
}

const typeNames = { data: "blob", tree: "tree" } as const

export const packs = ({ index }: BlobReader): Packs => {
  const used = new Set<string>()
  const packOf = (entry: number): string | undefined =>
    entry >= 0 && index.isPlaced(entry) ? index.packId(index.packOf(entry)) : undefined
  return {
    of: ({ id, type }) => {
      used.add(`${type} ${id}`)
      return packOf(index.findHex(type === "tree" ? BlobTypes.tree : BlobTypes.data, id))
    },
    *unused(options) {
      const isWanted = { blob: wanted(options.blobs), tree: wanted(options.trees) }
      const isWantedPack = wanted(options.packs)
      for (let entry = 0; entry < index.size; entry++) {
        const type = typeNames[BlobTypes.nameOf(index.typeOf(entry))]
        const pack = packOf(entry)
        if (pack === undefined) continue
        const id = index.hexOf(entry)
        if (!isWanted[type](id) && !isWantedPack(pack)) continue
        if (!used.has(`${type} ${id}`)) yield { type, id, pack }
      }
    }
  }
}
