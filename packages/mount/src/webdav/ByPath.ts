/** Work on a file system in terms of paths. What it refuses is thrown as `Problem`. */
import type { Attributes, FileSystem, ListedNode, Soon } from "../contract/FileSystem.ts"
import { rootIno } from "../contract/FileSystem.ts"
import { isRefused } from "../contract/Refusal.ts"
import { unfinishedPrefix } from "../contract/UnfinishedName.ts"
import { Problem, problemOf } from "./Problem.ts"

/** Names of uploads under way: nobody sees them. */
export const isHidden = (name: string): boolean => name.startsWith(unfinishedPrefix)

const pageSize = 500
const copyPiece = 64 * 1024 * 1024

export const need = async <A>(answer: Soon<A>): Promise<A> => {
  const value = await answer
  if (isRefused(value)) throw problemOf(value)
  return value
}

/** `undefined` for what is not there. */
export const orNothing = async <A>(answer: Soon<A>): Promise<A | undefined> => {
  const value = await answer
  if (!isRefused(value)) return value
  if (value.refusal === "NotFound" || value.refusal === "NotDirectory" || value.refusal === "NoProperty")
    return undefined
  throw problemOf(value)
}

/** macOS spells letters with marks apart; a name that is not there as it was asked for may be there in one piece. */
const lookup = async (fileSystem: FileSystem, parent: number, name: string): Promise<Attributes | undefined> => {
  if (isHidden(name)) return undefined
  const found = await orNothing(fileSystem.lookup(parent, name))
  const composed = name.normalize("NFC")
  return found ?? (composed === name ? undefined : await orNothing(fileSystem.lookup(parent, composed)))
}

export const find = async (fileSystem: FileSystem, names: ReadonlyArray<string>): Promise<Attributes | undefined> => {
  let node = await orNothing(fileSystem.getAttributes(rootIno))
  for (const name of names) {
    if (node?.kind !== "directory") return undefined
    node = await lookup(fileSystem, node.ino, name)
  }
  return node
}

export interface Place {
  readonly parent: Attributes
  /** As it is called there, or would be. */
  readonly name: string
  readonly node: Attributes | undefined
}

/** Where a name stands or could be made. 409 where its directory is missing, 403 for the root. */
export const place = async (fileSystem: FileSystem, names: ReadonlyArray<string>): Promise<Place> => {
  const name = names.at(-1)
  if (name === undefined) throw new Problem(403, "the root can be neither made nor replaced")
  if (isHidden(name)) throw new Problem(403, `names that begin with ${unfinishedPrefix} are not for use`)
  const parent = await find(fileSystem, names.slice(0, -1))
  if (parent?.kind !== "directory") throw new Problem(409, "the directory above is missing")
  const exact = await orNothing(fileSystem.lookup(parent.ino, name))
  if (exact !== undefined) return { parent, name, node: exact }
  const composed = name.normalize("NFC")
  return { parent, name: composed, node: await lookup(fileSystem, parent.ino, composed) }
}

/** All of a directory, page by page. */
export async function* pagesOf(fileSystem: FileSystem, ino: number): AsyncGenerator<ReadonlyArray<ListedNode>> {
  let after = 0
  for (;;) {
    const { nodes, isLast } = await need(fileSystem.readDirectory(ino, after, pageSize))
    const shown = nodes.filter(({ name }) => !isHidden(name))
    if (shown.length > 0) yield shown
    const last = nodes.at(-1)
    if (isLast || last === undefined) return
    after = last.attributes.ino
  }
}

export type Failures = Array<{ readonly names: ReadonlyArray<string>; readonly problem: Problem }>

/** Takes a node and all below it away. What could not be is added to `failures`, and nothing above it is tried. */
export const remove = async (
  fileSystem: FileSystem,
  { parent, name, node }: { readonly parent: number; readonly name: string; readonly node: Attributes },
  names: ReadonlyArray<string>,
  failures: Failures,
  mayRemove: (names: ReadonlyArray<string>) => Problem | undefined
): Promise<void> => {
  const problem = mayRemove(names)
  if (problem !== undefined) {
    failures.push({ names, problem })
    return
  }
  const before = failures.length
  if (node.kind === "directory") {
    // What is hidden goes too: an upload that nobody can finish any more.
    for (let isLast = false, after = 0; !isLast; ) {
      const page = await need(fileSystem.readDirectory(node.ino, after, pageSize))
      for (const each of page.nodes) {
        const below = { parent: node.ino, name: each.name, node: each.attributes }
        await remove(fileSystem, below, [...names, each.name], failures, mayRemove)
        after = each.attributes.ino
      }
      isLast = page.isLast || page.nodes.length === 0
    }
  }
  if (failures.length > before) return
  const done = await (node.kind === "directory"
    ? fileSystem.removeDirectory(parent, name)
    : fileSystem.unlink(parent, name))
  if (isRefused(done) && done.refusal !== "NotFound") failures.push({ names, problem: problemOf(done) })
}

const copyContent = async (fileSystem: FileSystem, from: Attributes, to: number): Promise<void> => {
  const source = await need(fileSystem.open(from.ino, { reads: true, writes: false }))
  try {
    for (let at = 0; ; ) {
      const copied = await need(fileSystem.copyRange(source.handle, at, to, at, copyPiece))
      if (copied === 0) break
      at += copied
    }
  } finally {
    fileSystem.release(source.handle)
  }
}

export const copyProperties = async (fileSystem: FileSystem, from: number, to: number): Promise<void> => {
  for (const key of await need(fileSystem.listProperties(from)))
    await need(fileSystem.setProperty(to, key, await need(fileSystem.getProperty(from, key)), "replace"))
}

/** Copies a node to a name that is free, with what is below it unless `isShallow`. */
export const copy = async (
  fileSystem: FileSystem,
  from: Attributes,
  to: { readonly parent: number; readonly name: string },
  isShallow: boolean
): Promise<void> => {
  const { owner } = fileSystem
  let made: number
  switch (from.kind) {
    case "symlink": {
      made = (await need(fileSystem.makeLink(to.parent, to.name, await need(fileSystem.readLink(from.ino)), owner))).ino
      break
    }
    case "file": {
      const open = { reads: false, writes: true }
      const created = await need(fileSystem.create(to.parent, to.name, from.mode, owner, open))
      made = created.attributes.ino
      try {
        await copyContent(fileSystem, from, created.handle)
        await need(fileSystem.flush(created.handle))
      } finally {
        fileSystem.release(created.handle)
      }
      break
    }
    case "directory": {
      made = (await need(fileSystem.makeDirectory(to.parent, to.name, from.mode, owner))).ino
      if (isShallow) break
      for await (const page of pagesOf(fileSystem, from.ino))
        for (const { name, attributes } of page) await copy(fileSystem, attributes, { parent: made, name }, false)
    }
  }
  await copyProperties(fileSystem, from.ino, made)
}
