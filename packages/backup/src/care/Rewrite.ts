/**
 * Writes snapshots anew: without some paths, with some paths alone, of another host or time.
 *
 * New snapshots are stored and read back, with all trees that are new, before the
 * first old one is removed. The bytes stay in the repository until a prune. The
 * caller holds a lock, exclusive with `forget`.
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

export interface RewriteOptions {
  /** Those to look at; all of the repository when absent. */
  readonly snapshots?: ReadonlyArray<Snapshot> | undefined
  /** What goes, as `restore --include` selects. A directory goes with all below it. */
  readonly excludes?: PathFilter.PathPatterns | undefined
  /** All that stays, with the directories on the way to it. */
  readonly includes?: PathFilter.PathPatterns | undefined
  /** Whose it is said to be from now on. */
  readonly host?: string | undefined
  /** RFC 3339: the time it is said to be of from now on. */
  readonly time?: string | undefined
  /** Remove the snapshots that were replaced; else the new ones get a tag. */
  readonly forget?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

export interface RewriteSummary {
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

type PathRules = Pick<TreeRewrite.TreeRules, "dropsEmpty" | "enters"> & {
  readonly keeps: (path: Buffer, isDirectory: boolean) => boolean
}

const rulesOf = ({ excludes = PathFilter.none, includes = PathFilter.none }: RewriteOptions): PathRules => {
  const included = PathFilter.make(includes)
  const excluded = PathFilter.make(excludes)
  if (included.isEmpty) {
    return { keeps: (path) => !excluded.matches(path), enters: (path) => excluded.look(path).mayMatchBelow }
  }
  return {
    keeps: (path, isDirectory) => included.matches(path) || (isDirectory && included.look(path).mayMatchBelow),
    enters: (path) => !included.matches(path),
    dropsEmpty: true
  }
}

const nothingCalled = (repository: Repository, options: RewriteOptions, chosen: ReadonlyArray<Snapshot>) => {
  const { excludes = PathFilter.none, includes = PathFilter.none } = options
  const wanted = [excludes, includes]
    .flatMap(({ insensitivePatterns, patterns }) => [...patterns, ...insensitivePatterns])
    .map((path) => `"${path}"`)
    .join(", ")
  const where = chosen.length === 1 ? `the snapshot ${chosen[0]!.id.slice(0, 8)}` : `the ${chosen.length} snapshots`
  const message = wanted === "" ? `nothing in ${where} would be another` : `nothing in ${where} is called ${wanted}`
  const reason = new NoSnapshot({ message, remedy: remedy("listFiles", { snapshot: "" }) })
  return new RepositoryError({ repository: repository.name, reason })
}

/**
 * Fails with `NoSnapshot` when nothing would change, and with `Refused` when a tree could not be written again without
 * loss. A snapshot of which nothing would be left stays as it is, and is told of.
 */
export const rewrite = Effect.fnUntraced(function* (
  repository: Repository,
  options: RewriteOptions,
  tell: Tell = silent
): Effect.fn.Return<RewriteSummary, E> {
  const { snapshots: all } = yield* Snapshots.loadAll(repository)
  const chosen = options.snapshots ?? all
  const { index } = yield* IndexLoader.load(repository)
  const reader = BlobReader.make(repository, index)
  const isDry = options.dryRun === true
  const saver = yield* TreeSaver.make(repository, index)
  const { keeps, ...rules } = rulesOf(options)
  const told = new Set<string>()

  const rewriteTree = TreeRewrite.make({
    name: repository.name,
    reader,
    saver: isDry ? { save: () => Effect.succeed("0".repeat(64)) } : saver,
    rules: {
      ...rules,
      mustKeepBytes: true,
      ignoresPath: false,
      node: (node, path) => {
        if (keeps(path, node.type === "dir")) return node
        const text = path.toString("latin1")
        if (!told.has(text)) tell.fact({ _tag: isDry ? "Would" : "Done", deed: "removed", item: path.toString() })
        told.add(text)
        return undefined
      }
    }
  })

  const { host, time } = options
  const isOther = (snapshot: Snapshot): boolean =>
    (host !== undefined && host !== snapshot.hostname) || (time !== undefined && time !== snapshot.time)
  const found = yield* Effect.forEach(chosen, (snapshot) =>
    Effect.map(rewriteTree(snapshot.tree), (rewritten) => ({ snapshot, ...rewritten }))
  )
  const changed = found.flatMap(({ removed, snapshot, tree }) => {
    if (tree !== undefined) return removed.nodes > 0 || isOther(snapshot) ? [{ removed, snapshot, tree }] : []
    const message = "nothing of it would be left; it stays as it is"
    tell.fact({ _tag: "Note", code: "nothingLeft", item: snapshot.id, message })
    return []
  })
  if (changed.length === 0) return yield* nothingCalled(repository, options, chosen)
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
    const described = { ...content, hostname: host ?? content.hostname, time: time ?? content.time }
    const replacement = without({ ...described, tree, tags, original: id }, removed)
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
