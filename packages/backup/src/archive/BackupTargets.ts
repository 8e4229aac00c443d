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

export interface TargetNode {
  /** What is asked for; absent for a directory that only leads to others. */
  target?: string | undefined
  /** The directory that leads to others. */
  readonly directory: TargetDirectory
  /** Where the first name lies: `/`, `.` or `../..`. */
  readonly root: string
}

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

const add = (top: TargetDirectory, target: string, workingDirectory: string): void => {
  const [name, ...rest] = namesOf(target)
  let node = first(top, name!, rootOf(target), workingDirectory)
  for (const next of rest) {
    const { children, path: directory } = node.directory
    const child = children.get(next) ?? makeNode(join(directory, next), node.root)
    children.set(next, child)
    node = child
  }
  node.target = resolve(workingDirectory, target)
}

/** A target with other targets in it becomes a directory on the way to everything in it. */
const unroll = ({ children }: TargetDirectory, list: (directory: string) => ReadonlyArray<string>): void => {
  for (const node of children.values()) {
    if (node.target !== undefined && node.directory.children.size > 0) {
      for (const name of list(node.target)) {
        const inner = join(node.target, name)
        const child = node.directory.children.get(name) ?? makeNode(inner, node.root)
        child.target ??= inner
        node.directory.children.set(name, child)
      }
      node.target = undefined
    }
    unroll(node.directory, list)
  }
}

/** Targets that stand for everything in them, and those that do not. `list` gives the names in a directory. */
export const expand = (
  targets: ReadonlyArray<string>,
  list: (directory: string) => ReadonlyArray<string>
): ReadonlyArray<string> =>
  targets
    .map(clean)
    .flatMap((target) =>
      namesOf(target).length > 0 ? [target] : [...list(target)].sort().map((name) => join(target, name))
    )

/** The top of the snapshot. `list` gives the names in a directory, for targets that have others in them. */
export const make = (
  targets: ReadonlyArray<string>,
  workingDirectory: string,
  list: (directory: string) => ReadonlyArray<string>
): TargetDirectory => {
  const top: TargetDirectory = { path: "/", children: new Map() }
  for (const target of expand(targets, (directory) => list(resolve(workingDirectory, directory)))) {
    add(top, target, workingDirectory)
  }
  unroll(top, list)
  return top
}

/** What a thread has to look at, in order. */
export const targetsIn = ({ children }: TargetDirectory): ReadonlyArray<Target> =>
  [...children]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, { directory, target }]) => ({
      name,
      path: target ?? directory.path,
      isOnTheWay: target === undefined
    }))
