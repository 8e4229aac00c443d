/** A backup of what is piped in: one file, in the directories that its name says. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as MadeNode from "../format/MadeNode.ts"
import * as Tree from "../format/Tree.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import type { InputResult } from "./ArchiveMessages.ts"
import { giveInput, type RunParts } from "./ArchiveRun.ts"
import type { StandardInput } from "./BackupOptions.ts"

type E = StorageError | RepositoryError

/** Of a name as it was given, with or without `/` at its front. */
export const namesOf = (fileName: string): ReadonlyArray<string> =>
  fileName.split("/").filter((name) => name !== "" && name !== "." && name !== "..")

export const pathOf = (fileName: string): string => `/${namesOf(fileName).join("/")}`

/** Gives the tree of the snapshot. */
export const archive = Effect.fnUntraced(function* (
  parts: RunParts,
  { content, fileName }: StandardInput,
  time: string,
  storeTree: (tree: Buffer) => string
): Effect.fn.Return<{ readonly tree: string; readonly size: number }, E> {
  yield* Stream.runForEach(content, (piece) =>
    piece.length === 0 ? Effect.succeed(undefined) : giveInput(parts, piece)
  )
  const { content: ids, size } = (yield* giveInput(parts, new Uint8Array(0))) as InputResult
  const [name, ...directories] = namesOf(fileName).toReversed()
  const file = { ...MadeNode.make(name!, "file", time), size, links: 1, content: ids }
  const first = storeTree(Tree.joinTree([Tree.encodeNode(file)]))
  const tree = directories.reduce(
    (subtree, directory) =>
      storeTree(Tree.joinTree([Tree.encodeNode({ ...MadeNode.make(directory, "dir", time), subtree })])),
    first
  )
  return { tree, size }
})
