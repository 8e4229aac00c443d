/**
 * Where in a snapshot the targets of a backup lie.
 *
 * An absolute target lies at its path. A relative one lies at the path that is
 * left when `..` at its front is dropped; `.` and `..` stand for everything in
 * them. Two targets with the same first name but from different places are kept
 * apart by `-1`, `-2` behind that name. All this is as restic does it. Paths are
 * byte text.
 */
import * as path from "node:path"
import type { Target } from "./ArchiveMessages.ts"

export interface TargetDirectory {
  /** Of the directory on this machine. */
  readonly path: string
  readonly children: Map<string, TargetNode>
}

/** What is to be archived. */
type Leaf = Pick<Target, "path" | "deviceId"> & { readonly origin: "given" | "found" }

export interface TargetNode {
  /** Absent for a directory that only leads to others. */
  target?: Leaf | undefined
  /** The directory that leads to others. */
  readonly directory: TargetDirectory
  /** Where the first name lies: `/`, `.` or `../..`. */
  readonly root: string
}

/** What is in a directory that was given. */
export interface Listing {
  readonly names: ReadonlyArray<string>
  /** The file system it is on, where a backup is to stay on one. */
  readonly deviceId: bigint | undefined
}

/** Called with an absolute path. */
export type List = (directory: string) => Listing

const { isAbsolute, join, normalize, resolve } = path.posix

const clean = (text: string): string => {
  const normal = normalize(text)
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal
}

/** The names of a path, `..` at its front left out. */
const namesOf = (target: string): ReadonlyArray<string> =>
  clean(`/${target}`)
    .split("/")
    .filter((name) => name !== "")

const rootOf = (target: string): string => {
  if (isAbsolute(target)) return "/"
  const ups = clean(target)
    .split("/")
    .filter((name) => name === "..")
  return ups.length === 0 ? "." : ups.join("/")
}

const makeNode = (directory: string, root: string): TargetNode => ({
  directory: { path: directory, children: new Map() },
  root
})

/** The node of the first name, which is another one for another root. */
const first = (top: TargetDirectory, name: string, root: string, workingDirectory: string): TargetNode => {
  for (let suffix = 0; ; suffix++) {
    const key = suffix === 0 ? name : `${name}-${suffix}`
    const found = top.children.get(key)
    if (found?.root === root) return found
    if (found !== undefined) continue
    const made = makeNode(resolve(workingDirectory, join(root, name)), root)
    top.children.set(key, made)
    return made
  }
}

const add = (top: TargetDirectory, target: string, leaf: Leaf, workingDirectory: string): void => {
  const [name, ...rest] = namesOf(target)
  let node = first(top, name!, rootOf(target), workingDirectory)
  for (const next of rest) {
    const { children, path: directory } = node.directory
    const child = children.get(next) ?? makeNode(join(directory, next), node.root)
    children.set(next, child)
    node = child
  }
  if (node.target?.origin !== "given") node.target = leaf
}

/** A target with other targets in it becomes a directory on the way to everything in it. */
const unroll = ({ children }: TargetDirectory, list: List): void => {
  for (const node of children.values()) {
    const { target } = node
    if (target !== undefined && node.directory.children.size > 0) {
      const { deviceId, names } = list(target.path)
      const staysOn = target.origin === "given" ? deviceId : target.deviceId
      for (const name of deviceId === staysOn ? names : []) {
        const path = join(target.path, name)
        const child = node.directory.children.get(name) ?? makeNode(path, node.root)
        child.target ??= { path, origin: "found", deviceId: staysOn }
        node.directory.children.set(name, child)
      }
      node.target = undefined
    }
    unroll(node.directory, list)
  }
}

/** The top of the snapshot. */
export const make = (targets: ReadonlyArray<string>, workingDirectory: string, list: List): TargetDirectory => {
  const top: TargetDirectory = { path: "/", children: new Map() }
  for (const target of targets.map(clean)) {
    const path = resolve(workingDirectory, target)
    if (namesOf(target).length > 0) add(top, target, { path, origin: "given" }, workingDirectory)
    else {
      const { deviceId, names } = list(path)
      for (const name of [...names].sort()) {
        add(top, join(target, name), { path: join(path, name), origin: "found", deviceId }, workingDirectory)
      }
    }
  }
  unroll(top, list)
  return top
}

/** What a thread has to look at, in order. */
export const targetsIn = ({ children }: TargetDirectory): ReadonlyArray<Target> =>
  [...children]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, { directory, target }]) => ({ name, path: directory.path, origin: "onTheWay", ...target }))

/** Everything that is to be archived, wherever it lies. */
export const leavesIn = ({ children }: TargetDirectory): ReadonlyArray<Target> =>
  [...children].flatMap(([name, { directory, target }]) =>
    target === undefined ? leavesIn(directory) : [{ name, ...target }]
  )
