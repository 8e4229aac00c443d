/** Entries for archives, and the bytes a writer makes of them. */

import type { Node } from "@ourclone/backup/format/Node"
import type { DumpEntry, DumpWriter } from "@ourclone/backup/look/DumpWriter"
import * as Effect from "effect/Effect"

const plain: Node = {
  name: Buffer.from("name"),
  type: "file",
  mode: 0o640,
  mtime: "2020-01-02T03:04:05Z",
  atime: "2020-01-02T03:04:05Z",
  ctime: "2020-01-02T03:04:05Z",
  uid: 0,
  gid: 0,
  user: "root",
  group: "root",
  inode: 1n,
  deviceId: 1n,
  size: 0,
  links: 1,
  linkTarget: "",
  extendedAttributes: [],
  device: 0n,
  content: null,
  subtree: undefined,
  error: ""
}

export interface Written {
  readonly entry: DumpEntry
  readonly pieces: ReadonlyArray<Buffer>
}

/** A file unless `node` says otherwise; its content in the pieces given. */
export const entry = (
  path: string | Buffer,
  node: Partial<Node> = {},
  ...pieces: ReadonlyArray<string | Buffer>
): Written => {
  const buffers = pieces.map((piece) => Buffer.from(piece))
  const size = buffers.reduce((total, { length }) => total + length, 0)
  return { entry: { path: Buffer.from(path), node: { ...plain, ...node }, size }, pieces: buffers }
}

export const archive = async <P>(writer: DumpWriter<P>, entries: ReadonlyArray<Written>): Promise<Buffer> => {
  const parts: Array<Uint8Array> = []
  for (const { entry, pieces } of entries) {
    parts.push(...writer.begin(entry))
    for (const piece of pieces) parts.push(...writer.content(await Effect.runPromise(writer.prepare(piece))))
    parts.push(...writer.end())
  }
  return Buffer.concat([...parts, ...writer.finish()])
}
