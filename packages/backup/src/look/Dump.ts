/**
 * A file of a snapshot as bytes, or a directory as an archive.
 *
 * What is read is verified before it is given. Some 16 MiB of content are held,
 * read ahead of use; no file is in memory as a whole.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as PathPattern from "../choose/PathPattern.ts"
import type { Node } from "../format/Node.ts"
import * as BlobBatch from "../repository/BlobBatch.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { Repository } from "../repository/Repository.ts"
import { NoSnapshot, Refused, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SnapshotPath from "../repository/SnapshotPath.ts"
import * as DumpWalk from "./DumpWalk.ts"
import type { DumpEntry, DumpWriter } from "./DumpWriter.ts"
import * as TarWriter from "./TarWriter.ts"
import * as ZipWriter from "./ZipWriter.ts"

type E = StorageError | RepositoryError

export type ArchiveFormat = "tar" | "zip"

export interface DumpOptions {
  /** Of the snapshot, or of the folder in it that paths are counted from. */
  readonly tree: string
  /** In the snapshot; "/" for all of it. */
  readonly path: string
  /** Of a directory: what has these names in it; all when absent. */
  readonly only?: ReadonlyArray<string> | undefined
  /** For directories; tar when absent. */
  readonly format?: ArchiveFormat | undefined
  /** Hears of what an archive leaves out: special files, and names that could lead out of where it is unpacked. */
  readonly onSkipped?: ((path: Buffer, reason: string) => void) | undefined
}

/** Gives the content and nothing else. */
const contentOnly: DumpWriter<Buffer> = {
  prepare: Effect.succeed,
  begin: () => [],
  content: (piece) => [piece],
  end: () => [],
  finish: () => []
}

type Prepared<P> = { readonly _tag: "Entry"; readonly entry: DumpEntry } | { readonly _tag: "Piece"; readonly piece: P }

const preparedAtOnce = 4

const windows = (walk: () => DumpWalk.DumpWalk): Stream.Stream<ReadonlyArray<DumpWalk.Step>, E> =>
  Stream.suspend(() =>
    Stream.paginate(walk(), (state) =>
      Effect.map(state.next, (steps) =>
        steps.length === 0
          ? ([[], Option.none<DumpWalk.DumpWalk>()] as const)
          : ([[steps], Option.some(state)] as const)
      )
    )
  )

const isPiece = (step: DumpWalk.Step): step is DumpWalk.Piece => step._tag === "Piece"

const write = <P>(
  repository: Repository,
  reader: BlobReader,
  makeWriter: () => DumpWriter<P>,
  walk: () => DumpWalk.DumpWalk
): Stream.Stream<Uint8Array, E> =>
  Stream.suspend(() => {
    const writer = makeWriter()
    let isOpen = false

    const load = (steps: ReadonlyArray<DumpWalk.Step>): Effect.Effect<ReadonlyArray<Prepared<P>>, E> =>
      Effect.flatMap(BlobBatch.read(repository, reader, steps.filter(isPiece)), (blobs) =>
        Effect.forEach(
          steps,
          (step): Effect.Effect<Prepared<P>> =>
            isPiece(step)
              ? Effect.map(writer.prepare(blobs.get(step.entry)!), (piece) => ({ _tag: "Piece", piece }))
              : Effect.succeed(step),
          { concurrency: preparedAtOnce }
        )
      )

    const end = (): ReadonlyArray<Uint8Array> => (isOpen ? writer.end() : [])

    const bytesOf = (prepared: ReadonlyArray<Prepared<P>>): ReadonlyArray<Uint8Array> => {
      const parts: Array<Uint8Array> = []
      for (const one of prepared) {
        if (one._tag === "Piece") parts.push(...writer.content(one.piece))
        else {
          parts.push(...end(), ...writer.begin(one.entry))
          isOpen = true
        }
      }
      return parts
    }

    return windows(walk).pipe(
      Stream.mapEffect(load, { concurrency: 2 }),
      Stream.map(bytesOf),
      Stream.concat(Stream.suspend(() => Stream.succeed([...end(), ...writer.finish()]))),
      Stream.map(joined),
      Stream.flattenIterable,
      Stream.filter((bytes) => bytes.length > 0)
    )
  })

const smallest = 65_536

/** Small parts put together, so that headers do not travel alone. */
const joined = (parts: ReadonlyArray<Uint8Array>): ReadonlyArray<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  let small: Array<Uint8Array> = []
  let size = 0
  const close = (): void => {
    if (small.length > 0) chunks.push(Buffer.concat(small))
    small = []
    size = 0
  }
  for (const part of parts) {
    if (part.length < smallest) {
      small.push(part)
      size += part.length
      if (size >= smallest) close()
    } else {
      close()
      chunks.push(part)
    }
  }
  close()
  return chunks
}

const noPath = Buffer.alloc(0)

/** Those of the names, or the first name that none has. */
const named = (nodes: ReadonlyArray<Node>, only: ReadonlyArray<string>): ReadonlyArray<Node> | string => {
  const wanted = only.map((name) => ({ name, bytes: PathPattern.bytesOf(name) }))
  const missing = wanted.find(({ bytes }) => !nodes.some((node) => node.name.equals(bytes)))
  return missing?.name ?? nodes.filter((node) => wanted.some(({ bytes }) => node.name.equals(bytes)))
}

/**
 * The bytes of what is at `path`. Fails with `NoSnapshot` when nothing is, or nothing of a name of `only`, with
 * `Refused` for what is neither file nor directory, and as `BlobReader` does.
 */
export const dump = (
  repository: Repository,
  reader: BlobReader,
  options: DumpOptions
): Stream.Stream<Uint8Array, E> => {
  const onSkipped = options.onSkipped ?? (() => {})
  const fail = (reason: NoSnapshot | Refused) =>
    Stream.fail(new RepositoryError({ repository: repository.name, reason }))
  const archive = (path: Buffer, nodes: ReadonlyArray<Node>) => {
    const walk = () => DumpWalk.make(reader, { path, nodes, onSkipped })
    return options.format === "zip"
      ? write(repository, reader, ZipWriter.make, walk)
      : write(repository, reader, TarWriter.make, walk)
  }

  return Stream.unwrap(
    Effect.gen(function* () {
      const missing = (path: string) => {
        const message = `the snapshot has no "${path}"`
        return fail(new NoSnapshot({ message, remedy: remedy("listFiles", { snapshot: "" }) }))
      }
      const found = yield* SnapshotPath.find(reader, options.tree, options.path)
      if (found === undefined) return missing(options.path)
      if (found.tree !== undefined) {
        const nodes = yield* reader.tree(found.tree)
        const chosen = options.only === undefined ? nodes : named(nodes, options.only)
        return typeof chosen === "string"
          ? missing(`${options.path.replace(/\/+$/, "")}/${chosen}`)
          : archive(found.path, chosen)
      }
      const node = found.node
      if (node?.type !== "file") {
        const kind = node?.type === "symlink" ? "a symbolic link" : "no file and no directory"
        return fail(new Refused({ message: `"${options.path}" is ${kind}, so it has no content to write out` }))
      }
      const walk = () => DumpWalk.make(reader, { path: noPath, nodes: [node], onSkipped })
      return write(repository, reader, () => contentOnly, walk)
    })
  )
}
