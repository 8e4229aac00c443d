/** Snapshots as a file system that nobody can change. What was read once is said for a day: it never becomes another. */
import type { Repository } from "@ourclone/backup/repository/Repository"
import type { FileSystem, ListedPage, Opened, Soon } from "@ourclone/mount/contract/FileSystem"
import { isRefused, Refused } from "@ourclone/mount/contract/Refusal"
import { type OpenFile, SnapshotContent } from "./SnapshotContent.ts"
import { SnapshotTree, type TreeOptions } from "./SnapshotTree.ts"

const day = 86_400
const readOnly = () => new Refused("ReadOnly", "snapshots do not change")

export interface SnapshotOptions extends TreeOptions {
  readonly repository: Repository
  readonly name: string
}

export const make = (
  options: SnapshotOptions
): FileSystem & { readonly hidden: () => number; readonly opens: () => number } => {
  const { owner } = options
  const tree = new SnapshotTree(options)
  const content = new SnapshotContent(options)
  const handles = new Map<number, OpenFile>()
  let nextHandle = 1

  const named = <A>(ino: number, use: (names: ReadonlyMap<string, number>) => A | Refused): Soon<A> => {
    const names = tree.names(ino)
    if (names instanceof Promise) return names.then((known) => (isRefused(known) ? known : use(known)))
    return isRefused(names) ? names : use(names)
  }
  const noHandle = () => new Refused("BadHandle")

  return {
    name: options.name,
    isReadOnly: true,
    lifetimes: { entry: day, attributes: day, missing: day },
    owner,
    hidden: () => tree.hidden,
    opens: () => handles.size,
    lookup: (parent, name) =>
      named(parent, (names) => {
        const ino = names.get(name)
        return ino === undefined ? new Refused("NotFound") : tree.get(ino)!.attributes
      }),
    getAttributes: (ino) => tree.get(ino)?.attributes ?? new Refused("NotFound"),
    setAttributes: readOnly,
    readDirectory: (ino, after, most) =>
      named(ino, (names): ListedPage => {
        const above = [...names].filter(([, number]) => number > after)
        const nodes = above.slice(0, most).map(([name, number]) => ({ name, attributes: tree.get(number)!.attributes }))
        return { nodes, isLast: above.length <= most }
      }),
    create: readOnly,
    makeDirectory: readOnly,
    makeLink: readOnly,
    readLink: (ino) => tree.get(ino)?.target ?? new Refused("WrongKind"),
    unlink: readOnly,
    removeDirectory: readOnly,
    rename: readOnly,
    open: (ino, mode): Opened | Refused => {
      const entry = tree.get(ino)
      if (entry === undefined) return new Refused("NotFound")
      if (entry.attributes.kind === "directory") return new Refused("IsDirectory")
      if (mode.writes) return readOnly()
      const file = content.open(entry.content)
      if (isRefused(file)) return file
      handles.set(nextHandle, file)
      return { attributes: entry.attributes, handle: nextHandle++, isSame: true }
    },
    read: (handle, offset, into) => {
      const file = handles.get(handle)
      return file === undefined ? noHandle() : content.read(file, offset, into)
    },
    write: readOnly,
    seek: (handle, offset, what) => {
      const size = handles.get(handle)?.starts.at(-1)
      if (size === undefined) return noHandle()
      return offset >= size ? new Refused("BadRange") : what === "data" ? offset : size
    },
    allocate: readOnly,
    copyRange: readOnly,
    flush: () => undefined,
    sync: () => undefined,
    syncDirectory: () => undefined,
    release: (handle) => void handles.delete(handle),
    space: () => ({ total: 2 ** 50, free: 0, longestName: 255 }),
    getProperty: () => new Refused("NoProperty"),
    listProperties: () => [],
    setProperty: readOnly,
    removeProperty: readOnly,
    watch: () => () => {}
  }
}
