/** A snapshot as `ncdu -f` reads it, in the shape of restic's `ls --ncdu`: each folder an array that begins with itself. */
import * as FileMode from "@ourclone/backup/format/FileMode"
import { toJson } from "@ourclone/backup/format/Snapshot"
import * as GoTime from "@ourclone/backup/go/GoTime"
import * as PrintableText from "@ourclone/core/events/PrintableText"
import type { NodeRow } from "@ourclone/jobs/repository/NodeRow"
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import { exact } from "./NodeJson.ts"

/** ncdu's version of the format. */
const [major, minor] = [1, 2]

const block = 512

/** ncdu takes no time before 1970. */
const secondsOf = (mtime: string): number => Math.max(0, Number(GoTime.parse(mtime) / 1_000_000_000n))

const ofNode = (node: NodeRow): string => {
  const size = node.type === "file" ? node.size : 0
  return PrintableText.json({
    name: node.name,
    asize: size,
    dsize: Math.ceil(size / block) * block,
    dev: exact(node.deviceId),
    ino: exact(node.inode),
    nlink: node.links,
    notreg: node.type !== "dir" && node.type !== "file",
    uid: node.uid,
    gid: node.gid,
    mode: FileMode.permissionsOf(node.mode),
    mtime: secondsOf(node.mtime)
  })
}

export interface NcduText {
  /** Once, before all nodes. */
  readonly begin: (snapshot: SnapshotRow) => string
  /** Each folder comes before what is in it. */
  readonly node: (node: NodeRow) => string
  readonly end: () => string
}

export const make = (): NcduText => {
  const open: Array<string> = []
  const indent = () => "  ".repeat(open.length + 1)
  const close = (): string => {
    open.pop()
    return `\n${indent()}]`
  }
  return {
    begin: (snapshot) => {
      const { id: _, short_id: __, ...stored } = toJson(snapshot)
      return `[${major}, ${minor}, ${PrintableText.json(stored)}, [{"name":"/"}`
    },
    node: (node) => {
      // A hostile name may hold a slash.
      const above = node.path.slice(0, -(node.name.length + 1))
      let text = ""
      while (open.length > 0 && open.at(-1) !== above) text += close()
      if (node.type !== "dir") return `${text},\n${indent()}${ofNode(node)}`
      text += `,\n${indent()}[\n`
      open.push(node.path)
      return `${text}${indent()}${ofNode(node)}`
    },
    end: () => {
      let text = ""
      while (open.length > 0) text += close()
      return `${text}\n]\n]\n`
    }
  }
}
