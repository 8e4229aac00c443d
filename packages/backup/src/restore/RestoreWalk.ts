/**
 * The first pass of a restore: reads the trees, makes the directories and writes down all that is to come.
 *
 * Directories are made before anything else is, so no link of the snapshot can take the
 * place of one that things are put into later.
 */

import type { Remedy } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Posix from "@ourclone/system/Posix"
import * as Effect from "effect/Effect"
import type { Selection } from "../choose/Selection.ts"
import * as FileMode from "../format/FileMode.ts"
import { type ExtendedAttribute, type Node, nameRefusal } from "../format/Node.ts"
import * as GoTime from "../go/GoTime.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SystemFailure from "../system/SystemFailure.ts"
import * as Owner from "./Owner.ts"
import * as Entries from "./RestoreEntries.ts"
import * as Target from "./RestoreTarget.ts"

type E = StorageError | RepositoryError

export interface RestoreWalkOptions {
  readonly tree: string
  readonly selection: Selection
  readonly overwrite: Target.Overwrite
  readonly isDryRun: boolean
  /** Whether device nodes are made and files get setuid, setgid and capabilities. */
  readonly special: boolean
  /** Owners by their names where this machine has them. */
  readonly ownershipByName: boolean
  /** A path that is not restored, and why. */
  readonly onFailure: (path: string, message: string, remedy?: Remedy) => void
}

interface Unrestorable {
  readonly message: string
  readonly remedy?: Remedy
}

export interface RestoreWalk {
  /** Entries whose name is taken. */
  readonly taken: ReadonlyArray<number>
  /** What is there and not in the snapshot: the directory it is in (-1: the target) and its name. */
  readonly surplus: ReadonlyArray<{ readonly parent: number; readonly name: Buffer }>
  /** Ids of the trees of directories. */
  readonly trees: ReadonlyMap<number, string>
  /** Directories that were opened for writing and are not restored themselves. */
  readonly reopened: ReadonlyArray<{ readonly path: Buffer; readonly mode: number }>
  /** For an entry of the kind `hardLink`: that of the first name. */
  readonly firstNames: Map<number, number>
  /** Partial files that hold more than this run has written. */
  readonly begun: Set<number>
  /** Whether new files may get attributes from the directory they are made in. */
  readonly inheritsAttributes: boolean
  /** Devices that were not made, and files without what makes programs run as others, because such things are not restored. */
  readonly leftOut: { readonly devices: number; readonly privileges: number }
  /** Whether every tree was read and every name in it was sound. */
  readonly isComplete: boolean
}

interface Directory {
  readonly node: Node | undefined
  readonly tree: string
  readonly above: Directory | undefined
  readonly location: Buffer
  readonly isSelected: boolean
  /** Once it is open; -1 for the target itself. */
  entry: number | undefined
  names: ReadonlyMap<string, Buffer> | undefined
  isRefused: boolean
}

const rootLocation = Buffer.from("/")
/** The access list of a directory that new files in it begin with. */
const defaultAccess = Buffer.from("system.posix_acl_default")
const noBytes = new Uint8Array()
const epoch: Entries.Instant = { seconds: 0, nanoseconds: 0 }

const kinds: Partial<Record<Node["type"], Entries.EntryKind>> = {
  dir: Entries.directory,
  file: Entries.file,
  symlink: Entries.symbolicLink,
  fifo: Entries.pipe,
  dev: Entries.blockDevice,
  chardev: Entries.characterDevice
}

const isDevice = (kind: Entries.EntryKind | undefined): boolean =>
  kind === Entries.blockDevice || kind === Entries.characterDevice

const isPrivilege = ({ name }: ExtendedAttribute): boolean => name === "security.capability"

const setIds = FileMode.setUserId | FileMode.setGroupId

const isPrivileged = ({ extendedAttributes, mode }: Node): boolean =>
  (mode & setIds) !== 0 || extendedAttributes.some(isPrivilege)

/** A file that runs as whoever starts it, and may no more. */
const unprivileged = (node: Node): Node => ({
  ...node,
  mode: (node.mode & ~setIds) >>> 0,
  extendedAttributes: node.extendedAttributes.filter((attribute) => !isPrivilege(attribute))
})

const factsOf = (node: Node, owner: Owner.Owner, kind: Entries.EntryKind, parent: number): Entries.EntryFacts => {
  const modified = GoTime.read(node.mtime) ?? epoch
  const hasExtra = node.extendedAttributes.length > 0 || kind > Entries.hardLink
  return {
    kind,
    name: node.name,
    parent,
    mode: node.mode,
    uid: owner.uid,
    gid: owner.gid,
    modified,
    accessed: node.atime === node.mtime ? modified : (GoTime.read(node.atime) ?? modified),
    extra: hasExtra
      ? {
          attributes: node.extendedAttributes,
          target: node.linkTargetRaw ?? (node.linkTarget === "" ? noBytes : Buffer.from(node.linkTarget)),
          device: node.device
        }
      : undefined
  }
}

const nanosecondsOf = (instant: Entries.Instant): bigint =>
  BigInt(instant.seconds) * 1_000_000_000n + BigInt(instant.nanoseconds)

/** Whether no other file of the repository can be read either. */
export const stopsAll = (error: E): boolean =>
  error._tag === "StorageError"
    ? error.stopsJob || error.isRetryable
    : error.reason._tag !== "Damaged" && error.reason._tag !== "Missing"

export const walk = Effect.fnUntraced(function* (
  reader: BlobReader,
  entries: Entries.RestoreEntries,
  options: RestoreWalkOptions
): Effect.fn.Return<RestoreWalk, E> {
  const { index } = reader
  const ownerOf = Owner.of(options.ownershipByName)
  const taken: Array<number> = []
  const surplus: Array<{ parent: number; name: Buffer }> = []
  const trees = new Map<number, string>()
  const reopened: Array<{ path: Buffer; mode: number }> = []
  const firstNames = new Map<number, number>()
  const inodes = new Map<string, number>()
  const leftOut = { devices: 0, privileges: 0 }
  let isComplete = true
  let inheritsAttributes = false

  const refuse = (location: Buffer, message: string, advice?: Remedy): void =>
    options.onFailure(location.toString(), message, advice)

  const take = (directory: Directory, entry: number, path: Buffer, modified: bigint): void => {
    const opened = Target.openDirectory(path, { ...options, modified })
    directory.entry = entry
    trees.set(entry, directory.tree)
    if (opened._tag === "Refused") {
      directory.isRefused = true
      if (entry >= 0) entries.hasFailed.set(entry, 1)
      isComplete = false
      refuse(directory.location, opened.because)
      return
    }
    if (opened._tag === "Made") return
    directory.names = opened.names
    inheritsAttributes ||= Posix.listAttributes(path).some((name) => name.equals(defaultAccess))
    if (entry < 0) {
      if (opened.formerMode !== undefined) reopened.push({ path, mode: opened.formerMode })
      return
    }
    const keeps = !directory.isSelected || Target.keepsAll(options.overwrite)
    entries.means.set(entry, keeps ? Entries.skip : Entries.keep)
    if (keeps && opened.formerMode !== undefined) reopened.push({ path, mode: opened.formerMode })
  }

  /** Makes the directory and those above it, when that has not been done. */
  const open = (directory: Directory): boolean => {
    if (directory.entry !== undefined || directory.isRefused) return !directory.isRefused
    if (directory.above === undefined || directory.node === undefined || !open(directory.above)) {
      directory.isRefused = true
      return false
    }
    const facts = factsOf(directory.node, ownerOf(directory.node), Entries.directory, directory.above.entry!)
    const entry = entries.add(facts)
    try {
      take(directory, entry, entries.directoryPath(entry), nanosecondsOf(facts.modified))
    } catch (error) {
      if (Target.stopping.has(SystemFailure.codeOf(error))) throw error
      directory.isRefused = true
      isComplete = false
      entries.hasFailed.set(entry, 1)
      refuse(directory.location, SystemFailure.textOf(error))
    }
    return !directory.isRefused
  }

  const addContent = (entry: number, node: Node): Unrestorable | undefined => {
    if (node.content === null) return { message: "the snapshot has no content for it" }
    for (const id of node.content) {
      const blob = index.findHex(0, id)
      if (blob < 0 || !index.isPlaced(blob))
        return { message: `its piece ${id.slice(0, 8)} is not in the repository`, remedy: remedy("check") }
      entries.addBlob(entry, blob, index.plainLengthOf(blob))
    }
    return undefined
  }

  const isSameContent = (entry: number, node: Node): boolean => {
    const first = entries.firstBlob.get(entry)
    return (
      node.content?.length === entries.blobs.get(entry) &&
      node.content.every((id, at) => index.findHex(0, id) === entries.blob.get(first + at))
    )
  }

  const firstNameOf = (node: Node, entry: number): number | undefined => {
    // A name that is kept beside another is a file of its own.
    if (node.links < 2 || node.inode === 0n || options.overwrite === "keep-both") return undefined
    const key = `${node.deviceId}:${node.inode}`
    const first = inodes.get(key)
    if (first === undefined) {
      inodes.set(key, entry)
      return undefined
    }
    return isSameContent(first, node) ? first : undefined
  }

  /** A disk that does not tell letter cases apart lists some names in another spelling. */
  const isTaken = ({ names }: Directory, node: Node, entry: number): boolean => {
    if (names === undefined || names.size === 0) return false
    return names.has(Target.nameKey(node.name)) || Target.look(entries.pathOf(entry)) !== undefined
  }

  const add = (node: Node, kind: Entries.EntryKind, directory: Directory, location: Buffer): void => {
    const entry = entries.add(factsOf(node, ownerOf(node), kind, directory.entry!))
    if (isTaken(directory, node, entry)) taken.push(entry)
    if (kind !== Entries.file) return
    const first = firstNameOf(node, entry)
    if (first !== undefined) {
      entries.kind.set(entry, Entries.hardLink)
      firstNames.set(entry, first)
      return
    }
    const problem = addContent(entry, node)
    if (problem === undefined) return
    entries.hasFailed.set(entry, 1)
    refuse(location, problem.message, problem.remedy)
  }

  const addSurplus = (directory: Directory, nodes: ReadonlyArray<Node>): void => {
    if (directory.names === undefined || directory.entry === undefined) return
    const { entry, names } = directory
    const wanted = new Set(nodes.map((node) => Target.nameKey(node.name)))
    const extra = [...names].filter(([key]) => !wanted.has(key))
    if (extra.length === 0) return
    const path = entries.directoryPath(entry)
    const inodeOf = (name: Buffer) => Target.look(Entries.join(path, name))?.ino
    const respelled = new Set(
      nodes.filter(({ name }) => !names.has(Target.nameKey(name))).map(({ name }) => inodeOf(name))
    )
    respelled.delete(undefined)
    for (const [, name] of extra) {
      if (respelled.size === 0 || !respelled.has(inodeOf(name))) surplus.push({ parent: entry, name })
    }
  }

  const addAll = (directory: Directory, nodes: ReadonlyArray<Node>): ReadonlyArray<Directory> => {
    const below: Array<Directory> = []
    const seen = new Set<string>()
    for (const node of nodes) {
      const location = Entries.join(directory.location, node.name)
      const kind = kinds[node.type]
      const key = Target.nameKey(node.name)
      const problem =
        nameRefusal(node) ??
        (seen.has(key) ? "the name is in its directory twice: the second one is left out" : undefined)
      seen.add(key)
      if (problem !== undefined) {
        isComplete = false
        refuse(location, problem)
        continue
      }
      if (kind === Entries.directory) {
        const { isSelected, mayContain } = options.selection(location, true)
        if (!isSelected && !mayContain) continue
        if (node.subtree === undefined) {
          isComplete = false
          refuse(location, "the snapshot has no tree for it")
          continue
        }
        const one: Directory = {
          node,
          tree: node.subtree,
          above: directory,
          location,
          isSelected,
          entry: undefined,
          names: undefined,
          isRefused: false
        }
        if (!isSelected || open(one)) below.push(one)
        continue
      }
      if (!options.selection(location, false).isSelected || node.type === "socket") continue
      if (kind === undefined) refuse(location, `it is of a kind that can not be made: "${node.type}"`)
      else if (isDevice(kind) && !options.special) leftOut.devices += 1
      else if (open(directory)) {
        const isTooMuch = kind === Entries.file && !options.special && isPrivileged(node)
        if (isTooMuch) leftOut.privileges += 1
        add(isTooMuch ? unprivileged(node) : node, kind, directory, location)
      }
    }
    return below
  }

  const root: Directory = {
    node: undefined,
    tree: options.tree,
    above: undefined,
    location: rootLocation,
    isSelected: true,
    entry: -1,
    names: undefined,
    isRefused: false
  }
  take(root, -1, entries.directoryPath(-1), 0n)

  const stack: Array<Directory> = [root]
  for (let directory = stack.pop(); directory !== undefined; directory = stack.pop()) {
    if (directory.isRefused) continue
    const { location } = directory
    const nodes: ReadonlyArray<Node> | undefined = yield* Effect.catch(reader.tree(directory.tree), (error) => {
      if (location === rootLocation || stopsAll(error)) return Effect.fail(error)
      isComplete = false
      refuse(location, error.message, error.remedy)
      return Effect.succeed(undefined)
    })
    if (nodes === undefined) continue
    const below = addAll(directory, nodes)
    for (let at = below.length - 1; at >= 0; at--) stack.push(below[at]!)
    addSurplus(directory, nodes)
  }
  return { taken, surplus, trees, reopened, firstNames, begun: new Set(), inheritsAttributes, leftOut, isComplete }
})
