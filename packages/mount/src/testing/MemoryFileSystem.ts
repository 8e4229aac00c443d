/** A `FileSystem` without storage, for tests of doors. Everything is answered at once, or all a tick later with `isLate`. */
import type {
  Answer,
  Attributes,
  FileSystem,
  ListedNode,
  NodeKind,
  Owner,
  Soon,
  Time,
  Told
} from "../contract/FileSystem.ts"
import { rootIno } from "../contract/FileSystem.ts"
import { isRefused, type Refusal, Refused } from "../contract/Refusal.ts"

interface MemoryNode {
  readonly ino: number
  readonly kind: NodeKind
  parent: number
  name: string | undefined
  mode: number
  uid: number
  gid: number
  modified: Time
  changed: Time
  generation: number
  opens: number
  bytes: Buffer
  readonly target: string
  readonly children: Map<string, MemoryNode>
  readonly properties: Map<string, Uint8Array>
}

export interface MemoryOptions {
  readonly isReadOnly?: boolean | undefined
  readonly isLate?: boolean | undefined
  readonly owner?: Owner | undefined
  /** Bytes that all files may have together. */
  readonly capacity?: number | undefined
}

export interface MemoryFileSystem extends FileSystem {
  /** As if another client had done it: what watches is told. */
  readonly tell: (changes: ReadonlyArray<Told>) => void
  /** Handles that were not released. */
  readonly openHandles: () => number
  /** Refuses the next calls of this method, so often. */
  readonly refuseNext: (method: keyof FileSystem, refusal: Refusal, times?: number) => void
}

const refuse = (refusal: Refusal) => new Refused(refusal)
const now = (): Time => {
  const millis = Date.now()
  return { seconds: Math.floor(millis / 1000), nanoseconds: (millis % 1000) * 1_000_000 }
}

export const make = (options: MemoryOptions = {}): MemoryFileSystem => {
  const owner = options.owner ?? { uid: 1000, gid: 1000 }
  const capacity = options.capacity ?? 2 ** 30
  const nodes = new Map<number, MemoryNode>()
  const handles = new Map<
    number,
    { readonly node: MemoryNode; readonly reads: boolean; readonly writes: boolean; readonly appends: boolean }
  >()
  const watchers = new Set<(changes: ReadonlyArray<Told>) => void>()
  const refusals = new Map<string, { readonly refusal: Refusal; times: number }>()
  let nextIno = 16
  let nextHandle = 1

  const add = (ino: number, kind: NodeKind, parent: number, name: string, mode: number, by: Owner, target = "") => {
    const time = now()
    const node: MemoryNode = {
      ino,
      kind,
      parent,
      name,
      mode: mode & 0o7777,
      uid: by.uid,
      gid: by.gid,
      modified: time,
      changed: time,
      generation: 1,
      opens: 0,
      bytes: Buffer.alloc(0),
      target,
      children: new Map(),
      properties: new Map()
    }
    nodes.set(ino, node)
    return node
  }
  const root = add(rootIno, "directory", rootIno, "", 0o755, owner)

  const attributes = (node: MemoryNode): Attributes => ({
    ino: node.ino,
    kind: node.kind,
    size: node.kind === "symlink" ? Buffer.byteLength(node.target) : node.bytes.length,
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    links: node.name === undefined ? 0 : 1,
    modified: node.modified,
    changed: node.changed,
    generation: node.generation
  })
  const touch = (node: MemoryNode) => {
    node.modified = now()
    node.changed = node.modified
  }
  const nodeOf = (ino: number): Answer<MemoryNode> => nodes.get(ino) ?? refuse("NotFound")
  const directory = (ino: number): Answer<MemoryNode> => {
    const node = nodeOf(ino)
    return isRefused(node) || node.kind === "directory" ? node : refuse("NotDirectory")
  }
  const free = (parent: number, name: string): Answer<MemoryNode> => {
    const found = directory(parent)
    if (isRefused(found)) return found
    if (options.isReadOnly === true) return refuse("ReadOnly")
    if (name === "" || name === "." || name === ".." || name.includes("/")) return refuse("BadName")
    if (Buffer.byteLength(name) > 255) return refuse("NameTooLong")
    return found.children.has(name) ? refuse("AlreadyExists") : found
  }
  const child = (parent: number, name: string): Answer<MemoryNode> => {
    const found = directory(parent)
    return isRefused(found) ? found : (found.children.get(name) ?? refuse("NotFound"))
  }
  const place = (node: MemoryNode, parent: MemoryNode, name: string) => {
    node.parent = parent.ino
    node.name = name
    node.changed = now()
    parent.children.set(name, node)
    touch(parent)
  }
  const detach = (node: MemoryNode) => {
    const parent = nodes.get(node.parent)
    if (parent !== undefined && node.name !== undefined && parent.children.get(node.name) === node) {
      parent.children.delete(node.name)
      touch(parent)
    }
    node.name = undefined
    node.changed = now()
    if (node.opens === 0) nodes.delete(node.ino)
  }
  const isInside = (node: MemoryNode, above: MemoryNode): boolean =>
    node === above || (node !== root && isInside(nodes.get(node.parent) ?? root, above))
  const resize = (node: MemoryNode, size: number): Answer<void> => {
    let used = 0
    for (const each of nodes.values()) if (each !== node) used += each.bytes.length
    if (used + size > capacity) return refuse("NoSpace")
    const bytes = Buffer.alloc(size)
    node.bytes.copy(bytes)
    node.bytes = bytes
    node.generation++
    touch(node)
  }
  const handleOf = (handle: number, what: "reads" | "writes") => {
    const found = handles.get(handle)
    return found === undefined || !found[what] ? refuse("BadHandle") : found
  }
  const opened = (
    node: MemoryNode,
    open: { readonly reads: boolean; readonly writes: boolean; readonly appends?: boolean | undefined }
  ) => {
    const handle = nextHandle++
    handles.set(handle, { node, reads: open.reads, writes: open.writes, appends: open.appends === true })
    node.opens++
    return { attributes: attributes(node), handle, isSame: false }
  }
  const writeAt = (handle: number, offset: number, bytes: Uint8Array): Answer<number> => {
    const found = handleOf(handle, "writes")
    if (isRefused(found)) return found
    const { node } = found
    const at = found.appends ? node.bytes.length : offset
    if (at + bytes.length > node.bytes.length) {
      const grown = resize(node, at + bytes.length)
      if (isRefused(grown)) return grown
    }
    node.bytes.set(bytes, at)
    node.generation++
    touch(node)
    return bytes.length
  }

  const methods: FileSystem = {
    name: "memory:",
    isReadOnly: options.isReadOnly === true,
    lifetimes: { entry: 3600, attributes: 3600, missing: 1 },
    owner,
    lookup: (parent, name) => {
      const found = child(parent, name)
      return isRefused(found) ? found : attributes(found)
    },
    getAttributes: (ino) => {
      const node = nodeOf(ino)
      return isRefused(node) ? node : attributes(node)
    },
    setAttributes: (ino, changes) => {
      const node = nodeOf(ino)
      if (isRefused(node)) return node
      if (options.isReadOnly === true) return refuse("ReadOnly")
      if (changes.size !== undefined) {
        if (node.kind !== "file") return refuse("IsDirectory")
        const resized = resize(node, changes.size)
        if (isRefused(resized)) return resized
      }
      node.mode = changes.mode === undefined ? node.mode : changes.mode & 0o7777
      node.uid = changes.uid ?? node.uid
      node.gid = changes.gid ?? node.gid
      node.changed = now()
      if (changes.modified !== undefined) node.modified = changes.modified === "now" ? node.changed : changes.modified
      return attributes(node)
    },
    readDirectory: (ino, after, most) => {
      const found = directory(ino)
      if (isRefused(found)) return found
      const all = [...found.children.values()].filter((node) => node.ino > after).sort((a, b) => a.ino - b.ino)
      const listed: ReadonlyArray<ListedNode> = all
        .slice(0, most)
        .map((node) => ({ name: node.name ?? "", attributes: attributes(node) }))
      return { nodes: listed, isLast: all.length <= most }
    },
    create: (parent, name, mode, by, open) => {
      const found = free(parent, name)
      if (isRefused(found)) return found
      const node = add(nextIno++, "file", parent, name, mode, by)
      place(node, found, name)
      return opened(node, open)
    },
    makeDirectory: (parent, name, mode, by) => {
      const found = free(parent, name)
      if (isRefused(found)) return found
      const node = add(nextIno++, "directory", parent, name, mode, by)
      place(node, found, name)
      return attributes(node)
    },
    makeLink: (parent, name, target, by) => {
      const found = free(parent, name)
      if (isRefused(found)) return found
      const node = add(nextIno++, "symlink", parent, name, 0o777, by, target)
      place(node, found, name)
      return attributes(node)
    },
    readLink: (ino) => {
      const node = nodeOf(ino)
      if (isRefused(node)) return node
      return node.kind === "symlink" ? node.target : refuse("WrongKind")
    },
    unlink: (parent, name) => {
      const node = child(parent, name)
      if (isRefused(node)) return node
      if (options.isReadOnly === true) return refuse("ReadOnly")
      if (node.kind === "directory") return refuse("IsDirectory")
      return detach(node)
    },
    removeDirectory: (parent, name) => {
      const node = child(parent, name)
      if (isRefused(node)) return node
      if (options.isReadOnly === true) return refuse("ReadOnly")
      if (node.kind !== "directory") return refuse("NotDirectory")
      if (node.children.size > 0) return refuse("NotEmpty")
      return detach(node)
    },
    rename: (parent, name, toParent, toName, how) => {
      const node = child(parent, name)
      if (isRefused(node)) return node
      const to = free(toParent, toName)
      const target = isRefused(to) && to.refusal === "AlreadyExists" ? child(toParent, toName) : undefined
      const into = directory(toParent)
      if (isRefused(into)) return into
      if (target === undefined && isRefused(to)) return to
      if (target !== undefined && isRefused(target)) return target
      if (node.kind === "directory" && isInside(into, node)) return refuse("IntoItself")
      const from = directory(parent)
      if (isRefused(from)) return from
      if (target === node) return how === "keep" ? refuse("AlreadyExists") : undefined
      if (how === "exchange") {
        if (target === undefined) return refuse("NotFound")
        if (target.kind === "directory" && isInside(from, target)) return refuse("IntoItself")
        place(target, from, name)
        return place(node, into, toName)
      }
      if (target !== undefined) {
        if (how === "keep") return refuse("AlreadyExists")
        if (target.kind === "directory" && node.kind !== "directory") return refuse("IsDirectory")
        if (target.kind !== "directory" && node.kind === "directory") return refuse("NotDirectory")
        if (target.children.size > 0) return refuse("NotEmpty")
        detach(target)
      }
      from.children.delete(name)
      touch(from)
      place(node, into, toName)
    },
    open: (ino, open) => {
      const node = nodeOf(ino)
      if (isRefused(node)) return node
      if (node.kind !== "file") return refuse(node.kind === "directory" ? "IsDirectory" : "WrongKind")
      if (open.writes && options.isReadOnly === true) return refuse("ReadOnly")
      if (open.truncates === true) resize(node, 0)
      return opened(node, open)
    },
    read: (handle, offset, into) => {
      const found = handleOf(handle, "reads")
      if (isRefused(found)) return found
      const bytes = found.node.bytes.subarray(offset, offset + into.length)
      into.set(bytes)
      return bytes.length
    },
    write: writeAt,
    seek: (handle, offset, what) => {
      const found = handles.get(handle)
      if (found === undefined) return refuse("BadHandle")
      const { length } = found.node.bytes
      return offset >= length ? refuse("BadRange") : what === "data" ? offset : length
    },
    allocate: (handle, what, offset, length) => {
      const found = handleOf(handle, "writes")
      if (isRefused(found)) return found
      if (what === "zero") {
        found.node.bytes.subarray(offset, offset + length).fill(0)
        return
      }
      return offset + length > found.node.bytes.length ? resize(found.node, offset + length) : undefined
    },
    copyRange: (from, fromOffset, to, toOffset, length) => {
      const found = handleOf(from, "reads")
      if (isRefused(found)) return found
      return writeAt(to, toOffset, Buffer.from(found.node.bytes.subarray(fromOffset, fromOffset + length)))
    },
    flush: (handle) => (handles.has(handle) ? undefined : refuse("BadHandle")),
    sync: (handle) => (handles.has(handle) ? undefined : refuse("BadHandle")),
    syncDirectory: () => undefined,
    release: (handle) => {
      const found = handles.get(handle)
      if (found === undefined) return
      handles.delete(handle)
      found.node.opens--
      if (found.node.opens === 0 && found.node.name === undefined) nodes.delete(found.node.ino)
    },
    space: () => {
      let used = 0
      for (const node of nodes.values()) used += node.bytes.length
      return { total: capacity, free: capacity - used, longestName: 255 }
    },
    getProperty: (ino, key) => {
      const node = nodeOf(ino)
      return isRefused(node) ? node : (node.properties.get(key) ?? refuse("NoProperty"))
    },
    listProperties: (ino) => {
      const node = nodeOf(ino)
      return isRefused(node) ? node : [...node.properties.keys()]
    },
    setProperty: (ino, key, value, how) => {
      const node = nodeOf(ino)
      if (isRefused(node)) return node
      if (options.isReadOnly === true) return refuse("ReadOnly")
      if (how === "add" && node.properties.has(key)) return refuse("AlreadyExists")
      if (how === "change" && !node.properties.has(key)) return refuse("NoProperty")
      node.properties.set(key, Uint8Array.from(value))
    },
    removeProperty: (ino, key) => {
      const node = nodeOf(ino)
      if (isRefused(node)) return node
      return node.properties.delete(key) ? undefined : refuse("NoProperty")
    },
    watch: (told) => {
      watchers.add(told)
      return () => watchers.delete(told)
    }
  }

  const isSync = new Set(["release", "watch"])
  const wrapped = new Proxy(methods, {
    get: (target, key: keyof FileSystem) => {
      const method: unknown = Reflect.get(target, key)
      if (typeof method !== "function" || isSync.has(key)) return method
      return (...args: ReadonlyArray<unknown>): Soon<unknown> => {
        const planned = refusals.get(key)
        if (planned !== undefined && planned.times > 0) {
          planned.times--
          return refuse(planned.refusal)
        }
        if (options.isLate !== true) return method(...args)
        return new Promise((resolve) => setImmediate(() => resolve(method(...args))))
      }
    }
  })
  return Object.assign(Object.create(wrapped), {
    tell: (changes: ReadonlyArray<Told>) => {
      for (const told of watchers) told(changes)
    },
    openHandles: () => handles.size,
    refuseNext: (method: keyof FileSystem, refusal: Refusal, times = 1) => {
      refusals.set(method, { refusal, times })
    }
  })
}
