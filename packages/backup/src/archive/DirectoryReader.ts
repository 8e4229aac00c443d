/** Reads a directory of this machine: which names are in it, what they are, and what of them the parent snapshot has. */
import * as fs from "node:fs"
import type { Excludes } from "../choose/ExcludeDecisions.ts"
import type { Node } from "../format/Node.ts"
import * as Tree from "../format/Tree.ts"
import * as TreeSlices from "../format/TreeSlices.ts"
import * as Status from "../system/Status.ts"
import * as SystemFailure from "../system/SystemFailure.ts"
import {
  type ArchiveSettings,
  bytesOf,
  type DirectoryJob,
  type Failure,
  readable,
  type Slice,
  type Target
} from "./ArchiveMessages.ts"
import * as ParentTree from "./ParentTree.ts"
import * as SourceNode from "./SourceNode.ts"

/** More names are cut in slices, so that other threads may help. */
export const sliceNames = 512
/** Bytes of files to be read in one job. */
export const sliceBytes = 32 * 1024 * 1024

export interface FoundName {
  /** Byte text. */
  readonly name: string
  readonly path: Buffer
  readonly node: Node
  /** JSON of the node up to its content or its tree; all of it for what has neither. */
  readonly head: string
  readonly parent: ParentTree.ParentNode | undefined
  /** A directory with another file system in it. */
  readonly isMountPoint: boolean
}

export type Listed =
  | {
      readonly _tag: "Names"
      readonly names: ReadonlyArray<FoundName>
      readonly isWhole: boolean
      readonly bytes: number
    }
  | { readonly _tag: "Slices"; readonly slices: ReadonlyArray<Slice> }
  | { readonly _tag: "Failed"; readonly failure: Failure | undefined }

export interface ReaderContext {
  readonly settings: ArchiveSettings
  readonly excludes: Excludes
  /** A file that is not, or not fully, in the snapshot. */
  readonly onFailure: (failure: Failure) => void
}

export const failureOf = (path: string, during: Failure["during"], error: unknown): Failure => ({
  path,
  during,
  message: SystemFailure.textOf(error)
})

const separator = 0x2f

/** `directory` and `/`; names are put behind it. */
const prefixOf = (path: string): Buffer => bytesOf(path.endsWith("/") ? path : `${path}/`)

const join = (prefix: Buffer, name: Buffer): Buffer => {
  const path = Buffer.allocUnsafe(prefix.length + name.length)
  prefix.copy(path)
  name.copy(path, prefix.length)
  return path
}

/** All names to archive, as byte text and in the order of bytes. */
const readNames = (path: string, { excludes }: ReaderContext): ReadonlyArray<string> => {
  const directory = bytesOf(path)
  const names = fs.readdirSync(directory, { encoding: "latin1" }).sort()
  // Some file systems tell of a name twice when it is moved meanwhile; in a tree that is an error.
  const distinct = names.filter((name, at) => name !== names[at - 1])
  const bare = directory.length > 1 && directory.at(-1) === separator ? directory.subarray(0, -1) : directory
  return excludes.keptNames(bare, distinct)
}

export const headOf = (node: Node): string => {
  const text = Tree.encodeNode(node)
  if (node.type === "file") return text.slice(0, -"null}".length)
  return node.type === "dir" ? `${text.slice(0, -1)},"subtree":"` : text
}

const find = (
  context: ReaderContext,
  name: Buffer,
  path: Buffer,
  status: Status.Status,
  parent: ParentTree.ParentTree,
  isMountPoint: boolean
): FoundName | undefined => {
  const node = SourceNode.make(path, name, status, {
    withAtime: context.settings.withAtime,
    onProblem: (message) => context.onFailure({ path: path.toString(), during: "archival", message })
  })
  if (node === undefined) return undefined
  const head = headOf(node)
  return { name: name.toString("latin1"), path, node, head, parent: parent.find(head, node), isMountPoint }
}

const look = (
  context: ReaderContext,
  name: Buffer,
  path: Buffer,
  parent: ParentTree.ParentTree,
  deviceId: bigint | undefined
): FoundName | undefined => {
  const { excludes, settings } = context
  if (excludes.excludesPath(path)) return undefined
  try {
    const status = Status.of(path)
    if (excludes.excludesStatus(status)) return undefined
    const isElsewhere = settings.excludes.oneFileSystem && deviceId !== undefined && status.deviceId !== deviceId
    if (isElsewhere && !Status.isDirectory(status)) return undefined
    return find(context, name, path, status, parent, isElsewhere)
  } catch (error) {
    // What vanished since its name was read is as if it had never been.
    if (SystemFailure.codeOf(error) !== "ENOENT") context.onFailure(failureOf(path.toString(), "archival", error))
    return undefined
  }
}

/** What was given, or is on the way to it, is never missing without a word. */
const lookAtTarget = (context: ReaderContext, target: Target, parent: ParentTree.ParentTree): FoundName | undefined => {
  const given = bytesOf(target.path)
  const { excludes } = context
  const isOnTheWay = target.origin === "onTheWay"
  if (!isOnTheWay && excludes.excludesByTag(given)) return undefined
  if (target.origin === "found") return look(context, bytesOf(target.name), given, parent, target.deviceId)
  if (!isOnTheWay && excludes.excludesPath(given)) return undefined
  try {
    const path = isOnTheWay ? fs.realpathSync(given, { encoding: "buffer" }) : given
    const status = Status.of(path)
    if (isOnTheWay && !Status.isDirectory(status)) throw new Error("it is not a directory")
    if (!isOnTheWay && excludes.excludesStatus(status)) return undefined
    const found = find(context, bytesOf(target.name), path, status, parent, false)
    return found && { ...found, path: given }
  } catch (error) {
    context.onFailure(failureOf(given.toString(), "scan", error))
    return undefined
  }
}

const isToRead = ({ node, parent }: FoundName): boolean => node.type === "file" && parent?.content === undefined

const sliced = (job: DirectoryJob, names: ReadonlyArray<ReadonlyArray<string>>): Listed => {
  const firsts = names.map((slice) => slice[0]!)
  let trees: ReadonlyArray<Uint8Array<ArrayBuffer> | undefined> = []
  try {
    if (job.parentTree !== undefined) trees = TreeSlices.slice(job.parentTree, firsts)
  } catch {
    // A tree that can not be decoded is no parent.
  }
  return { _tag: "Slices", slices: names.map((slice, index) => ({ names: slice, parentTree: trees[index] })) }
}

const byCount = (names: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const slices: Array<ReadonlyArray<string>> = []
  for (let start = 0; start < names.length; start += sliceNames) {
    slices.push(names.slice(start, start + sliceNames))
  }
  return slices
}

/** Slices with about `sliceBytes` to read each; one when they are not worth cutting. */
const bySize = (names: ReadonlyArray<FoundName>): ReadonlyArray<ReadonlyArray<string>> => {
  const slices: Array<Array<string>> = [[]]
  let bytes = 0
  for (const found of names) {
    if (isToRead(found)) {
      if (bytes > 0 && bytes + found.node.size > sliceBytes) {
        slices.push([])
        bytes = 0
      }
      bytes += found.node.size
    }
    slices.at(-1)!.push(found.name)
  }
  return slices
}

const parentOf = (job: DirectoryJob, settings: ArchiveSettings): ParentTree.ParentTree =>
  job.parentTree === undefined ? ParentTree.none : ParentTree.make(job.parentTree, settings)

const isFound = (found: FoundName | undefined): found is FoundName => found !== undefined

const lookAtTargets = (job: DirectoryJob, targets: ReadonlyArray<Target>, context: ReaderContext): Listed => {
  const parent = parentOf(job, context.settings)
  const names = targets.map((target) => lookAtTarget(context, target, parent)).filter(isFound)
  return { _tag: "Names", names, isWhole: false, bytes: 0 }
}

/** Synchronous: a thread reads one directory at a time. */
export const list = (job: DirectoryJob, context: ReaderContext): Listed => {
  if (job.targets !== undefined) return lookAtTargets(job, job.targets, context)
  let all: ReadonlyArray<string>
  try {
    all = job.names ?? readNames(job.path, context)
  } catch (error) {
    const hasVanished = SystemFailure.codeOf(error) === "ENOENT" && job.deviceId !== undefined
    return { _tag: "Failed", failure: hasVanished ? undefined : failureOf(readable(job.path), "archival", error) }
  }
  if (all.length > sliceNames) return sliced(job, byCount(all))
  const parent = parentOf(job, context.settings)
  const prefix = prefixOf(job.path)
  const names: Array<FoundName> = []
  let bytes = 0
  for (const text of all) {
    const name = bytesOf(text)
    const found = look(context, name, join(prefix, name), parent, job.deviceId)
    if (found === undefined) continue
    names.push(found)
    if (isToRead(found)) bytes += found.node.size
  }
  if (bytes > sliceBytes) {
    const slices = bySize(names)
    if (slices.length > 1) return sliced(job, slices)
  }
  return { _tag: "Names", names, isWhole: job.names === undefined, bytes }
}
