/** Archives directories in a worker thread: reads them, stores the files in them, and writes their nodes. */

import * as BlobType from "../format/BlobType.ts"
import { release } from "../format/Crypto.ts"
import type { Line } from "../threads/ThreadLine.ts"
import {
  type ArchiveResult,
  type DirectoryJob,
  type DirectoryResult,
  type Failure,
  type FoundDirectory,
  type Item,
  idSize,
  type MainAnswer,
  type MainRequest,
  noCounts,
  textOf
} from "./ArchiveMessages.ts"
import type { BlobIntake } from "./BlobIntake.ts"
import { minimumSize } from "./Chunker.ts"
import {
  type FoundName,
  failureOf,
  headOf,
  type Listed,
  list,
  type ReaderContext,
  sliceBytes,
  sliceNames
} from "./DirectoryReader.ts"
import { type FileContent, SourceFailure } from "./FileContent.ts"
import { NodeText } from "./NodeText.ts"
import { contentText } from "./ParentTree.ts"

export interface DirectoryArchiveParts {
  readonly main: Line<MainRequest, MainAnswer>
  readonly intake: BlobIntake
  readonly content: FileContent
  readonly context: Omit<ReaderContext, "onFailure">
}

/** A content text is `["id","id",…]`. */
const idsIn = (content: string): number => Math.floor(content.length / 67)
const idIn = (content: string, index: number): string => content.slice(2 + 67 * index, 66 + 67 * index)

const isUnchanged = ({ parent }: FoundName): boolean => parent?.content !== undefined

/** Which of the files that need not be read have lost a blob: somebody removed it, or it was found damaged. */
const findLost = async (
  listed: ReadonlyArray<Listed>,
  main: Line<MainRequest, MainAnswer>
): Promise<ReadonlySet<FoundName>> => {
  const files = listed.flatMap((one) => (one._tag === "Names" ? one.names.filter(isUnchanged) : []))
  const count = files.reduce((sum, { parent }) => sum + idsIn(parent!.content!), 0)
  const lost = new Set<FoundName>()
  if (count === 0) return lost
  const ids = Buffer.allocUnsafeSlow(count * idSize)
  let at = 0
  for (const { parent } of files) {
    const content = parent!.content!
    for (let index = 0; index < idsIn(content); index++, at += idSize) {
      ids[at] = BlobType.data
      ids.write(idIn(content, index), at + 1, "hex")
    }
  }
  const known = (await main.call({ _tag: "Known", ids }, [ids.buffer])) as Uint8Array
  let asked = 0
  for (const file of files) {
    for (let index = 0; index < idsIn(file.parent!.content!); index++) {
      if (known[asked++] === 0) lost.add(file)
    }
  }
  return lost
}

const foundDirectory = (found: FoundName, start: number, treeAt: number, end: number): FoundDirectory => ({
  name: found.name,
  path: textOf(found.path),
  start,
  treeAt,
  end,
  deviceId: found.node.deviceId,
  parentTree: found.parent?.subtree,
  node: found.parent === undefined ? "new" : found.parent.isSame ? "same" : "changed",
  isLeftEmpty: found.isMountPoint
})

const noTree = "0".repeat(64)

export const make = ({ content, context, intake, main }: DirectoryArchiveParts) => {
  const { wantsItems } = context.settings

  const archive = async (jobs: ReadonlyArray<DirectoryJob>): Promise<ArchiveResult> => {
    const counts = noCounts()
    const failures: Array<Failure> = []
    const items: Array<Item> = []
    const reader: ReaderContext = { ...context, onFailure: (failure) => failures.push(failure) }

    const count = (found: FoundName, size: number, isRead: boolean): void => {
      counts.bytes += size
      if (isRead && size >= minimumSize) counts.announcedBytes += size
      if (!isRead) counts.filesUnmodified++
      else if (found.parent === undefined) counts.filesNew++
      else counts.filesChanged++
      if (!wantsItems) return
      const action = !isRead ? "unchanged" : found.parent === undefined ? "new" : "modified"
      items.push({ path: found.path.toString(), action, size })
    }

    /** Gives whether the file has a node. */
    const writeFile = async (text: NodeText, found: FoundName, isLost: boolean): Promise<boolean> => {
      const { node, path } = found
      if (found.parent?.content !== undefined && !isLost) {
        text.begin()
        text.add(found.head, found.parent.content, "}")
        count(found, node.size, false)
        return true
      }
      try {
        const { ids, size } = await content.store(path, node.size, node.ctime)
        text.begin()
        text.add(size === node.size ? found.head : headOf({ ...node, size }), contentText(ids), "}")
        count(found, size, true)
        return true
      } catch (error) {
        if (!(error instanceof SourceFailure)) throw error
        if (error.code !== "ENOENT") failures.push(failureOf(path.toString(), "archival", error))
        return false
      }
    }

    const write = async (
      listed: Listed & { _tag: "Names" },
      lost: ReadonlySet<FoundName>
    ): Promise<DirectoryResult> => {
      const text = new NodeText()
      const directories: Array<FoundDirectory> = []
      for (const found of listed.names) {
        if (found.node.type === "file") {
          await writeFile(text, found, lost.has(found))
          continue
        }
        const start = text.begin()
        if (found.node.type !== "dir") text.add(found.head)
        else {
          const treeAt = text.add(found.head)
          text.add(noTree, '"}')
          directories.push(foundDirectory(found, start, treeAt, text.size))
        }
      }
      if (directories.length > 0 || !listed.isWhole) return { _tag: "Nodes", nodes: text.nodes(), directories }
      for (let wait = intake.room(); wait !== undefined; wait = intake.room()) await wait
      return { _tag: "Tree", id: intake.add(BlobType.tree, text.tree()).toString("hex") }
    }

    const listed: Array<Listed> = []
    let bytes = 0
    let names = 0
    for (const job of jobs) {
      if (bytes > sliceBytes || names > sliceNames) break
      const one = list(job, reader)
      if (one._tag === "Names") {
        bytes += one.bytes
        names += one.names.length
      }
      listed.push(one)
    }
    const lost = await findLost(listed, main)
    const directories: Array<DirectoryResult> = []
    for (const one of listed) {
      if (one._tag === "Names") directories.push(await write(one, lost))
      else if (one._tag === "Slices") directories.push({ _tag: "Sliced", slices: one.slices })
      else directories.push(one)
    }
    // They were given to this thread and are nobody else's; the collector would wait until there are many.
    for (const { parentTree } of jobs.slice(0, listed.length)) if (parentTree !== undefined) release(parentTree)
    for (const { parentTree } of jobs.slice(listed.length)) directories.push({ _tag: "NotBegun", parentTree })
    return { directories, counts, failures, items }
  }

  return archive
}
