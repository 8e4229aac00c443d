/** A backup of what is piped in: one file, in the directories that its name says. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Node, NodeType } from "../format/Node.ts"
import * as Tree from "../format/Tree.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import * as Machine from "../system/Machine.ts"
import type { InputResult } from "./ArchiveMessages.ts"
import { giveInput, type RunParts } from "./ArchiveRun.ts"
import type { StandardInput } from "./BackupOptions.ts"

type E = StorageError | RepositoryError

const fileMode = 0o644
/** Go's bit of a directory, and 0755. */
const directoryMode = 2147483648 + 0o755

/** Of a name as it was given, with or without `/` at its front. */
export const namesOf = (fileName: string): ReadonlyArray<string> =>
  fileName.split("/").filter((name) => name !== "" && name !== "." && name !== "..")

export const pathOf = (fileName: string): string => `/${namesOf(fileName).join("/")}`

const makeNode = (name: string, type: NodeType, time: string): Node => {
  const { gid, uid, username } = Machine.current()
  return {
    name: Buffer.from(name),
    type,
    mode: type === "dir" ? directoryMode : fileMode,
    mtime: time,
    atime: time,
    ctime: time,
    uid,
    gid,
    user: username,
    group: "",
    inode: 0n,
    deviceId: 0n,
    size: 0,
    links: 0,
    linkTarget: "",
    extendedAttributes: [],
    device: 0n,
    content: null,
    subtree: undefined,
    error: ""
  }
}

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
  const file = { ...makeNode(name!, "file", time), size, links: 1, content: ids }
  const first = storeTree(Tree.joinTree([Tree.encodeNode(file)]))
  const tree = directories.reduce(
    (subtree, directory) =>
      storeTree(Tree.joinTree([Tree.encodeNode({ ...makeNode(directory, "dir", time), subtree })])),
    first
  )
  return { tree, size }
})
