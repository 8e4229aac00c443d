/**
 * Picks files of a snapshot at random, each as likely as any other, without
 * holding more than it picks.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Node } from "../format/Node.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import type { Random } from "./SeededRandom.ts"

/** So many files, or so many of a hundred (at least one). */
export type SampleSize = { readonly files: number } | { readonly percent: number }

export interface SampledFile {
  /** In the snapshot: begins with a slash. */
  readonly path: Buffer
  readonly node: Node
}

export interface FileSample {
  /** In the order of the snapshot. */
  readonly chosen: ReadonlyArray<SampledFile>
  /** Files there are to choose from. */
  readonly candidates: number
}

interface Sampler {
  readonly offer: (file: SampledFile) => void
  readonly chosen: () => ReadonlyArray<SampledFile>
}

/** Keeps the first ones and lets later ones take the place of any of them, less and less often. */
const reservoir = (size: number, random: Random): Sampler => {
  const kept: Array<{ readonly file: SampledFile; readonly at: number }> = []
  let seen = 0
  return {
    offer: (file) => {
      const at = seen++
      if (kept.length < size) {
        kept.push({ file, at })
        return
      }
      const place = Math.floor(random() * seen)
      if (place < size) kept[place] = { file, at }
    },
    chosen: () => kept.toSorted((left, right) => left.at - right.at).map(({ file }) => file)
  }
}

const share = (percent: number, random: Random): Sampler => {
  const kept: Array<SampledFile> = []
  const one = reservoir(1, random)
  return {
    offer: (file) => {
      one.offer(file)
      if (random() * 100 < percent) kept.push(file)
    },
    chosen: () => (kept.length > 0 ? kept : one.chosen())
  }
}

export interface SampleOptions {
  readonly tree: string
  readonly size: SampleSize
  readonly random: Random
  /** A directory that could not be read; what is below it is not offered. */
  readonly onUnreadable: (path: Buffer, error: RepositoryError) => void
}

interface Directory {
  readonly path: Buffer
  readonly tree: string
}

const slash = Buffer.from("/")

const isDamage = (error: StorageError | RepositoryError): error is RepositoryError =>
  error._tag === "RepositoryError" && (error.reason._tag === "Damaged" || error.reason._tag === "Missing")

/** Reads every tree of the snapshot once. Fails as the provider does; damaged trees are told of. */
export const take = (
  reader: Pick<BlobReader, "tree">,
  options: SampleOptions
): Effect.Effect<FileSample, StorageError | RepositoryError> =>
  Effect.gen(function* () {
    const sampler =
      "files" in options.size
        ? reservoir(Math.max(0, Math.floor(options.size.files)), options.random)
        : share(options.size.percent, options.random)
    let candidates = 0
    const stack: Array<Directory> = [{ path: Buffer.alloc(0), tree: options.tree }]
    for (let directory = stack.pop(); directory !== undefined; directory = stack.pop()) {
      const { path, tree } = directory
      const nodes: ReadonlyArray<Node> = yield* Effect.catch(reader.tree(tree), (error) => {
        if (!isDamage(error)) return Effect.fail(error)
        options.onUnreadable(path.length === 0 ? slash : path, error)
        return Effect.succeed([])
      })
      const below: Array<Directory> = []
      for (const node of nodes) {
        const nodePath = Buffer.concat([path, slash, node.name])
        if (node.type === "dir" && node.subtree !== undefined) below.push({ path: nodePath, tree: node.subtree })
        if (node.type !== "file") continue
        candidates++
        sampler.offer({ path: nodePath, node })
      }
      stack.push(...below.reverse())
    }
    return { chosen: sampler.chosen(), candidates }
  })
