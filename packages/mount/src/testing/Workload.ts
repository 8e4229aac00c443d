/**
 * Programs of random operations, made of a seed. Operands are numbers taken modulo what is there, so that every program
 * makes sense, and makes sense when it is cut short.
 */
import type { Answer, FileSystem, ListedNode } from "../contract/FileSystem.ts"
import { rootIno } from "../contract/FileSystem.ts"
import { isRefused } from "../contract/Refusal.ts"
import { type Random, random } from "./Random.ts"

export type Operation =
  | { readonly do: "create" | "mkdir" | "link"; readonly parent: number; readonly name: number }
  | {
      readonly do: "write"
      readonly file: number
      readonly offset: number
      readonly length: number
      readonly seed: number
    }
  | { readonly do: "append"; readonly file: number; readonly length: number; readonly seed: number }
  | { readonly do: "truncate"; readonly file: number; readonly size: number }
  | { readonly do: "zero"; readonly file: number; readonly offset: number; readonly length: number }
  | { readonly do: "copy"; readonly file: number; readonly parent: number; readonly name: number }
  | { readonly do: "chmod"; readonly file: number; readonly mode: number }
  | { readonly do: "touch"; readonly file: number; readonly seconds: number }
  | { readonly do: "unlink" | "rmdir"; readonly node: number }
  | {
      readonly do: "rename"
      readonly node: number
      readonly parent: number
      readonly name: number
      readonly how: number
    }
  /** Opened, its name taken, written and read through the handle. */
  | { readonly do: "useUnlinked"; readonly file: number; readonly seed: number }

const names = 6

export const program = (seed: number, steps: number, largest: number): ReadonlyArray<Operation> => {
  const from = random(seed)
  const any = () => from.whole(1_000)
  const some: ReadonlyArray<() => Operation> = [
    () => ({ do: "create", parent: any(), name: any() }),
    () => ({ do: "create", parent: any(), name: any() }),
    () => ({ do: "mkdir", parent: any(), name: any() }),
    () => ({ do: "link", parent: any(), name: any() }),
    () => ({ do: "write", file: any(), offset: from.whole(largest), length: 1 + from.whole(largest / 4), seed: any() }),
    () => ({ do: "write", file: any(), offset: from.whole(largest), length: 1 + from.whole(100), seed: any() }),
    () => ({ do: "append", file: any(), length: 1 + from.whole(largest / 8), seed: any() }),
    () => ({ do: "truncate", file: any(), size: from.whole(3) === 0 ? 0 : from.whole(largest) }),
    () => ({ do: "zero", file: any(), offset: from.whole(largest), length: 1 + from.whole(largest / 4) }),
    () => ({ do: "copy", file: any(), parent: any(), name: any() }),
    () => ({ do: "chmod", file: any(), mode: 0o400 | from.whole(0o400) }),
    () => ({ do: "touch", file: any(), seconds: 1_000_000_000 + from.whole(500_000_000) }),
    () => ({ do: "unlink", node: any() }),
    () => ({ do: "rmdir", node: any() }),
    () => ({ do: "rename", node: any(), parent: any(), name: any(), how: from.whole(6) }),
    () => ({ do: "rename", node: any(), parent: any(), name: any(), how: 0 }),
    () => ({ do: "rename", node: any(), parent: any(), name: any(), how: 0 }),
    () => ({ do: "useUnlinked", file: any(), seed: any() })
  ]
  return Array.from({ length: steps }, () => some[from.whole(some.length)]!())
}

export interface Seen {
  readonly path: string
  readonly parent: number
  readonly name: string
  readonly node: ListedNode["attributes"]
}

const value = <A>(answer: Answer<A>): A => {
  if (isRefused(answer)) throw new Error(`refused: ${answer.refusal} ${answer.message ?? ""}`)
  return answer as A
}

/** Everything below a directory, in the order of paths. */
export const walk = async (system: FileSystem, ino = rootIno, path = ""): Promise<ReadonlyArray<Seen>> => {
  const found: Array<Seen> = []
  for (let after = 0; ; ) {
    const page = value(await system.readDirectory(ino, after, 50))
    for (const { attributes, name } of page.nodes) {
      const at = path === "" ? name : `${path}/${name}`
      found.push({ path: at, parent: ino, name, node: attributes })
      if (attributes.kind === "directory") found.push(...(await walk(system, attributes.ino, at)))
    }
    if (page.isLast) break
    after = page.nodes.at(-1)!.attributes.ino
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

export const contentOf = async (system: FileSystem, ino: number): Promise<Buffer> => {
  const { attributes, handle } = value(await system.open(ino, { reads: true, writes: false }))
  const bytes = Buffer.alloc(attributes.size)
  for (let at = 0; at < bytes.length; ) {
    const read = value(await system.read(handle, at, bytes.subarray(at, Math.min(bytes.length, at + 100_000))))
    if (read === 0) throw new Error(`the file ended at ${at} of ${bytes.length} bytes`)
    at += read
  }
  system.release(handle)
  return bytes
}

export interface ShownNode {
  readonly kind: string
  readonly size: number
  readonly mode: number
  /** Bytes in hex digits of a digest, or the target of a link. */
  readonly content: string
}

/** What a person would compare: names, kinds, modes of files, bytes. */
export const show = async (
  system: FileSystem,
  digest: (bytes: Buffer) => string
): Promise<Record<string, ShownNode>> => {
  const shown: Record<string, ShownNode> = {}
  for (const { node, path } of await walk(system)) {
    const { ino, kind, mode, size } = node
    const content =
      kind === "file"
        ? digest(await contentOf(system, ino))
        : kind === "symlink"
          ? value(await system.readLink(ino))
          : ""
    shown[path] = { kind, size, mode: kind === "file" ? mode : 0, content }
  }
  return shown
}

const owner = { uid: 1000, gid: 1000 }
const both = { reads: true, writes: true }

/** Does one operation; what became of it, in words that are the same for file systems that do the same. */
export const perform = async (system: FileSystem, operation: Operation): Promise<string> => {
  const all = await walk(system)
  const pick = <A>(list: ReadonlyArray<A>, number: number): A | undefined => list[number % Math.max(1, list.length)]
  const files = all.filter(({ node }) => node.kind === "file")
  const directories = [rootIno, ...all.flatMap(({ node }) => (node.kind === "directory" ? [node.ino] : []))]
  const nameOf = (number: number) => `n${number % names}`
  const said = (answer: Answer<unknown>): string => (isRefused(answer) ? answer.refusal : "done")
  const through = async (ino: number, use: (handle: number) => Promise<string>): Promise<string> => {
    const opened = await system.open(ino, both)
    if (isRefused(opened)) return opened.refusal
    const result = await use(opened.handle)
    await system.flush(opened.handle)
    system.release(opened.handle)
    return result
  }

  switch (operation.do) {
    case "create": {
      const made = await system.create(pick(directories, operation.parent)!, nameOf(operation.name), 0o644, owner, both)
      if (isRefused(made)) return made.refusal
      await system.flush(made.handle)
      system.release(made.handle)
      return "done"
    }
    case "mkdir":
      return said(
        await system.makeDirectory(pick(directories, operation.parent)!, nameOf(operation.name), 0o755, owner)
      )
    case "link":
      return said(
        await system.makeLink(pick(directories, operation.parent)!, nameOf(operation.name), "to/there", owner)
      )
    case "unlink":
    case "rmdir": {
      const seen = pick(all, operation.node)
      if (seen === undefined) return "nothing"
      return said(await (operation.do === "unlink" ? system.unlink : system.removeDirectory)(seen.parent, seen.name))
    }
    case "rename": {
      const seen = pick(all, operation.node)
      if (seen === undefined) return "nothing"
      const how = operation.how === 5 ? "exchange" : operation.how === 4 ? "keep" : "replace"
      const to = pick(directories, operation.parent)!
      return said(await system.rename(seen.parent, seen.name, to, nameOf(operation.name), how))
    }
    default: {
      const seen = pick(files, operation.file)
      return seen === undefined ? "nothing" : edit(system, seen, operation, { directories, said, through, nameOf })
    }
  }
}

interface Tools {
  readonly directories: ReadonlyArray<number>
  readonly said: (answer: Answer<unknown>) => string
  readonly nameOf: (number: number) => string
  readonly through: (ino: number, use: (handle: number) => Promise<string>) => Promise<string>
}

const bytesOf = (seed: number, length: number): Buffer => random(seed).bytes(length)

const edit = async (
  system: FileSystem,
  { name, node, parent }: Seen,
  operation: Extract<Operation, { readonly file: number }>,
  { directories, nameOf, said, through }: Tools
): Promise<string> => {
  switch (operation.do) {
    case "write":
      return through(node.ino, async (handle) =>
        said(await system.write(handle, operation.offset, bytesOf(operation.seed, operation.length)))
      )
    case "append": {
      const opened = await system.open(node.ino, { ...both, appends: true })
      if (isRefused(opened)) return opened.refusal
      const result = said(await system.write(opened.handle, 0, bytesOf(operation.seed, operation.length)))
      system.release(opened.handle)
      return result
    }
    case "truncate":
      return said(await system.setAttributes(node.ino, { size: operation.size }))
    case "zero":
      return through(node.ino, async (handle) =>
        said(await system.allocate(handle, "zero", operation.offset, operation.length))
      )
    case "chmod":
      return said(await system.setAttributes(node.ino, { mode: operation.mode }))
    case "touch":
      return said(await system.setAttributes(node.ino, { modified: { seconds: operation.seconds, nanoseconds: 0 } }))
    case "copy": {
      const to = directories[operation.parent % directories.length]!
      const made = await system.create(to, nameOf(operation.name), 0o644, owner, both)
      if (isRefused(made)) return made.refusal
      const result = await through(node.ino, async (handle) =>
        String(await system.copyRange(handle, 0, made.handle, 0, 2 ** 40))
      )
      await system.flush(made.handle)
      system.release(made.handle)
      return result
    }
    case "useUnlinked":
      return through(node.ino, async (handle) => {
        await system.unlink(parent, name)
        await system.write(handle, 10, bytesOf(operation.seed, 50))
        const into = Buffer.alloc(60)
        const read = await system.read(handle, 0, into)
        return `${String(read)} ${into.toString("hex")}`
      })
  }
}

export type { Random }
