/**
 * Keeps what file managers write for themselves beside people's files (`._photo.jpg`, `.DS_Store`, `Thumbs.db`) in memory:
 * they find it again while this process lives, no storage and no other machine ever sees it, and asking for it costs
 * nothing. It is in no listing.
 */
import type { Attributes, FileSystem, Opened, Soon, Time } from "../contract/FileSystem.ts"
import { Refused } from "../contract/Refusal.ts"

const noise =
  /^(\._.*|\.DS_Store|\.Spotlight-V100|\.Trashes|\.fseventsd|\.TemporaryItems|\.apdisk|\.hidden|\.metadata_never_index.*|\.ql_disable.*|Backups\.backupdb|Thumbs\.db|ehthumbs.*\.db|desktop\.ini|folder\.(jpg|gif)|AlbumArt.*\.jpg|autorun\.inf)$/i

export const isNoise = (name: string): boolean => noise.test(name)

/** All of it together, in bytes; what was not touched for longest goes first. */
const most = 16 * 1024 * 1024
const mostOfOne = 1024 * 1024
const mostNodes = 10_000
/** No tree has so many nodes that its numbers come here. */
const firstIno = 2 ** 52

interface NoiseNode {
  readonly key: string
  attributes: Attributes
  bytes: Buffer
  readonly properties: Map<string, Uint8Array>
  /** Bytes of all properties. */
  besides: number
}

const keyOf = (parent: number, name: string): string => `${parent}/${name.toLowerCase()}`

const timeAt = (millis: number): Time => {
  const seconds = Math.floor(millis / 1000)
  return { seconds, nanoseconds: (millis - seconds * 1000) * 1_000_000 }
}

/** `now` in milliseconds. */
export const make = (under: FileSystem, now: () => number): FileSystem => {
  const named = new Map<string, NoiseNode>()
  const numbered = new Map<number, NoiseNode>()
  const handles = new Map<number, NoiseNode>()
  let nextNumber = firstIno
  let used = 0

  const drop = (node: NoiseNode): void => {
    if (named.get(node.key) !== node) return
    named.delete(node.key)
    numbered.delete(node.attributes.ino)
    used -= node.bytes.length + node.besides
  }
  const touched = (node: NoiseNode): NoiseNode => {
    named.delete(node.key)
    named.set(node.key, node)
    return node
  }
  /** So many bytes more are kept of it; of one whose name went, until it is closed. */
  const count = (node: NoiseNode, bytes: number): void => {
    if (named.get(node.key) !== node) return
    used += bytes
    touched(node)
    for (const oldest of named.values()) {
      if (used <= most) break
      if (oldest !== node) drop(oldest)
    }
  }
  const resize = (node: NoiseNode, bytes: Buffer): void => {
    const grown = bytes.length - node.bytes.length
    node.bytes = bytes
    const time = timeAt(now())
    const generation = node.attributes.generation + 1
    node.attributes = { ...node.attributes, size: bytes.length, generation, modified: time, changed: time }
    count(node, grown)
  }
  const add = (parent: number, name: string, mode: number): NoiseNode => {
    const [oldest] = named.values()
    if (oldest !== undefined && named.size >= mostNodes) drop(oldest)
    const time = timeAt(now())
    const attributes: Attributes = {
      ino: nextNumber++,
      kind: "file",
      size: 0,
      mode,
      ...under.owner,
      links: 1,
      modified: time,
      changed: time,
      generation: 1
    }
    const node = { key: keyOf(parent, name), attributes, bytes: Buffer.alloc(0), properties: new Map(), besides: 0 }
    named.set(node.key, node)
    numbered.set(attributes.ino, node)
    return node
  }
  const opened = (node: NoiseNode): Opened => {
    const handle = nextNumber++
    handles.set(handle, node)
    return { attributes: node.attributes, handle, isSame: false }
  }
  const notFound = new Refused("NotFound")
  const at = (parent: number, name: string): NoiseNode | undefined =>
    isNoise(name) ? named.get(keyOf(parent, name)) : undefined
  /** The node of that number, of those kept here; for others the file system below is asked. */
  const mine = <A>(ino: number, here: (node: NoiseNode) => Soon<A>, below: () => Soon<A>): Soon<A> => {
    if (ino < firstIno) return below()
    const node = numbered.get(ino)
    return node === undefined ? notFound : here(node)
  }
  const held = <A>(handle: number, here: (node: NoiseNode) => Soon<A>, below: () => Soon<A>): Soon<A> => {
    if (handle < firstIno) return below()
    const node = handles.get(handle)
    return node === undefined ? new Refused("BadHandle") : here(node)
  }

  return {
    name: under.name,
    isReadOnly: under.isReadOnly,
    lifetimes: under.lifetimes,
    owner: under.owner,
    readDirectory: under.readDirectory,
    makeDirectory: under.makeDirectory,
    makeLink: under.makeLink,
    readLink: under.readLink,
    removeDirectory: under.removeDirectory,
    seek: under.seek,
    allocate: under.allocate,
    syncDirectory: under.syncDirectory,
    space: under.space,
    watch: under.watch,
    lookup: (parent, name) => {
      const node = at(parent, name)
      // One that the storage has, from before, is shown as it is.
      return node === undefined ? under.lookup(parent, name) : node.attributes
    },
    getAttributes: (ino) =>
      mine(
        ino,
        (node) => node.attributes,
        () => under.getAttributes(ino)
      ),
    setAttributes: (ino, changes) =>
      mine(
        ino,
        (node) => {
          if (changes.size !== undefined) resize(node, Buffer.concat([node.bytes], Math.min(changes.size, mostOfOne)))
          const modified = changes.modified === "now" ? timeAt(now()) : changes.modified
          node.attributes = { ...node.attributes, ...(modified !== undefined && { modified }) }
          return node.attributes
        },
        () => under.setAttributes(ino, changes)
      ),
    create: (parent, name, mode, owner, open) => {
      if (!isNoise(name)) return under.create(parent, name, mode, owner, open)
      return at(parent, name) === undefined ? opened(add(parent, name, mode)) : new Refused("AlreadyExists")
    },
    unlink: (parent, name) => {
      const node = at(parent, name)
      return node === undefined ? under.unlink(parent, name) : drop(node)
    },
    rename: (parent, name, toParent, toName, how) => {
      const node = at(parent, name)
      if (node === undefined) return under.rename(parent, name, toParent, toName, how)
      if (!isNoise(toName)) return new Refused("NotSupported", "a file manager's own file stays one")
      drop(node)
      resize(add(toParent, toName, node.attributes.mode), node.bytes)
    },
    open: (ino, open) =>
      mine(
        ino,
        (node) => {
          if (open.truncates === true) resize(node, Buffer.alloc(0))
          return opened(touched(node))
        },
        () => under.open(ino, open)
      ),
    read: (handle, offset, into) =>
      held(
        handle,
        (node) => {
          const bytes = node.bytes.subarray(offset, offset + into.length)
          into.set(bytes)
          return bytes.length
        },
        () => under.read(handle, offset, into)
      ),
    write: (handle, offset, bytes) =>
      held(
        handle,
        (node) => {
          const end = offset + bytes.length
          if (end > mostOfOne) return new Refused("NoSpace", "what file managers keep for themselves may have 1 MiB")
          const grown = Buffer.alloc(Math.max(end, node.bytes.length))
          node.bytes.copy(grown)
          grown.set(bytes, offset)
          resize(node, grown)
          return bytes.length
        },
        () => under.write(handle, offset, bytes)
      ),
    copyRange: (from, fromOffset, to, toOffset, length) =>
      from >= firstIno || to >= firstIno
        ? new Refused("NotSupported")
        : under.copyRange(from, fromOffset, to, toOffset, length),
    flush: (handle) => (handle < firstIno ? under.flush(handle) : undefined),
    sync: (handle) => (handle < firstIno ? under.sync(handle) : undefined),
    release: (handle) => {
      if (handle < firstIno) under.release(handle)
      else handles.delete(handle)
    },
    getProperty: (ino, key) =>
      mine(
        ino,
        (node) => node.properties.get(key) ?? new Refused("NoProperty"),
        () => under.getProperty(ino, key)
      ),
    listProperties: (ino) =>
      mine(
        ino,
        (node) => [...node.properties.keys()],
        () => under.listProperties(ino)
      ),
    setProperty: (ino, key, value, how) =>
      mine<void>(
        ino,
        (node) => {
          const grown = key.length + value.length - (node.properties.get(key)?.length ?? -key.length)
          if (node.besides + grown > mostOfOne) return new Refused("NoSpace")
          node.properties.set(key, value)
          node.besides += grown
          count(node, grown)
        },
        () => under.setProperty(ino, key, value, how)
      ),
    removeProperty: (ino, key) =>
      mine<void>(
        ino,
        (node) => {
          const value = node.properties.get(key)
          if (value === undefined) return new Refused("NoProperty")
          node.properties.delete(key)
          node.besides -= key.length + value.length
          count(node, -key.length - value.length)
        },
        () => under.removeProperty(ino, key)
      )
  }
}
