/**
 * Takes a path out of snapshots.
 *
 * New snapshots without it are stored and read back, with all trees that are new,
 * before the first old one is removed. The bytes stay in the repository until a
 * prune. The caller holds a lock, exclusive with `forget`.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as PathFilter from "../choose/PathFilter.ts"
import type { Snapshot, SnapshotContent } from "../format/Snapshot.ts"
import * as BlobReader from "../repository/BlobReader.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import type { Repository } from "../repository/Repository.ts"
import { NoSnapshot, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SnapshotReplacement from "../repository/SnapshotReplacement.ts"
import * as Snapshots from "../repository/Snapshots.ts"
import * as TreeRewrite from "./TreeRewrite.ts"
import * as TreeSaver from "./TreeSaver.ts"

type E = StorageError | RepositoryError

export const tag = "rewrite"

export interface RemovePathOptions {
  /** Those to look at; all of the repository when absent. */
  readonly snapshots?: ReadonlyArray<Snapshot> | undefined
  /** What goes, as `restore --include` selects. A directory goes with all below it. */
  readonly paths: PathFilter.PathPatterns
  /** Remove the snapshots that were replaced; else the new ones get a tag. */
  readonly forget?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

export interface RemovePathSummary {
  /** With `dryRun`, that would be. */
  readonly replaced: number
  readonly unchanged: number
}

const without = (content: SnapshotContent, removed: TreeRewrite.Removed): SnapshotContent => {
  const { summary } = content
  if (summary === undefined) return content
  return {
    ...content,
    summary: {
      ...summary,
      totalFilesProcessed: Math.max(0, summary.totalFilesProcessed - removed.files),
      totalBytesProcessed: Math.max(0, summary.totalBytesProcessed - removed.bytes)
    }
  }
}

/** Fails with `NoSnapshot` when no snapshot has such a path, and with `Refused` when a tree could not be written again without loss. */
export const removePath = Effect.fnUntraced(function* (
  repository: Repository,
  options: RemovePathOptions,
  tell: Tell = silent
): Effect.fn.Return<RemovePathSummary, E> {
  const { snapshots: all } = yield* Snapshots.loadAll(repository)
  const chosen = options.snapshots ?? all
  const { index } = yield* IndexLoader.load(repository)
  const reader = BlobReader.make(repository, index)
  const isDry = options.dryRun === true
  const saver = yield* TreeSaver.make(repository, index)
  const filter = PathFilter.make(options.paths)
  const told = new Set<string>()

  const rewrite = TreeRewrite.make({
    name: repository.name,
    reader,
    saver: isDry ? { save: () => Effect.succeed("0".repeat(64)) } : saver,
    rules: {
      mustKeepBytes: true,
      ignoresPath: false,
      enters: (path) => filter.look(path).mayMatchBelow,
      node: (node, path) => {
        if (!filter.matches(path)) return node
        const text = path.toString("latin1")
        if (!told.has(text)) tell.fact({ _tag: isDry ? "Would" : "Done", deed: "removed", item: path.toString() })
        told.add(text)
        return undefined
      }
    }
  })

  const found = yield* Effect.forEach(chosen, (snapshot) =>
    Effect.map(rewrite(snapshot.tree), ({ removed, tree = snapshot.tree }) => ({ snapshot, removed, tree }))
  )
  const changed = found.filter(({ removed }) => removed.nodes > 0)
  if (changed.length === 0) {
    const wanted = [...options.paths.patterns, ...options.paths.insensitivePatterns]
      .map((path) => `"${path}"`)
      .join(", ")
    const where = chosen.length === 1 ? `the snapshot ${chosen[0]!.id.slice(0, 8)}` : `the ${chosen.length} snapshots`
    const message = `nothing in ${where} is called ${wanted}`
    const reason = new NoSnapshot({ message, remedy: remedy("listFiles", { snapshot: "" }) })
    return yield* Effect.fail(new RepositoryError({ repository: repository.name, reason }))
  }
  const summary = { replaced: changed.length, unchanged: found.length - changed.length }
  if (isDry) {
    for (const { removed, snapshot } of changed) {
      const { bytes, files } = removed
      tell.fact({ _tag: "Would", deed: "updated", item: snapshot.id, bytes, values: { files } })
    }
    return summary
  }

  yield* saver.finish
  yield* saver.verify(reader)
  for (const { removed, snapshot, tree } of changed) {
    const { id, ...content } = snapshot
    const tags = options.forget === true ? content.tags : SnapshotReplacement.tagged(content.tags, tag)
    const replacement = without({ ...content, tree, tags, original: id }, removed)
    const by =
      SnapshotReplacement.find(all, replacement)?.id ?? (yield* SnapshotReplacement.save(repository, replacement))
    const { bytes, files } = removed
    tell.fact({ _tag: "Done", deed: "updated", item: id, bytes, values: { files, by } })
  }
  if (options.forget === true) {
    yield* Effect.forEach(changed, ({ snapshot }) => repository.remove("snapshots", snapshot.id), { discard: true })
  }
  return summary
})
