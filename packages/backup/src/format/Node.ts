/** One entry of a tree: a file, a directory or something else that has a name, with its metadata. */

/** As restic names them; `irregular` and the empty one are never written by us. */
export type NodeType = "file" | "dir" | "symlink" | "dev" | "chardev" | "fifo" | "socket" | "irregular" | ""

export interface ExtendedAttribute {
  /** Text that GoJson.textOf made from the bytes of the name. */
  readonly name: string
  /** `null` occurs in trees of other programs and means the same as no bytes. */
  readonly value: Uint8Array | null
}

export interface Node {
  /** The bytes of the file's name; not empty, without `/`, when `nameRefusal` says nothing. */
  readonly name: Buffer
  /** How the tree quotes the name, where it is not how GoQuote does: Go's table of printable characters grows. */
  readonly quotedName?: string | undefined
  readonly type: NodeType
  /** Go's bits, unsigned: see FileMode. */
  readonly mode: number
  /** RFC 3339 with up to nine digits of fraction and the offset of the machine that wrote it: see GoTime. */
  readonly mtime: string
  readonly atime: string
  readonly ctime: string
  readonly uid: number
  readonly gid: number
  /** Empty where the writing machine knew no name. */
  readonly user: string
  readonly group: string
  readonly inode: bigint
  readonly deviceId: bigint
  /** Bytes of content that were read; files only. */
  readonly size: number
  /** Names the inode had; 0 for directories and pipes. */
  readonly links: number
  /** Target of a symbolic link. Where `linkTargetRaw` is given, that is what counts. */
  readonly linkTarget: string
  /** The bytes of a target that is not UTF-8. */
  readonly linkTargetRaw?: Buffer | undefined
  /** In the order the file system listed them. */
  readonly extendedAttributes: ReadonlyArray<ExtendedAttribute>
  /** JSON text of an object: what Windows knows and nobody else. Only ever passed on. */
  readonly genericAttributes?: string | undefined
  /** Major and minor number of a device file, packed as the writing system packs them. */
  readonly device: bigint
  /** Ids of the data blobs in order; `null` for everything but files. */
  readonly content: ReadonlyArray<string> | null
  /** Id of the tree blob of a directory. */
  readonly subtree: string | undefined
  readonly error: string
}

const slash = 0x2f
const backslash = 0x5c
const colon = 0x3a
const dot = 0x2e

/**
 * Why the name of a node must not become the name of a file; `undefined` when it may.
 *
 * Whoever made the repository chose the name, so everything that writes below a folder asks here first. On Windows
 * names have fewer characters.
 */
export const nameRefusal = (
  { name }: { readonly name: Buffer },
  isWindows = process.platform === "win32"
): string | undefined => {
  if (name.length === 0) return "the name is empty"
  if (name.includes(slash)) return "the name has a slash in it"
  if (name.includes(0)) return "the name has a NUL byte in it"
  if (name[0] === dot && name.length === 1) return 'the name is "."'
  if (name[0] === dot && name[1] === dot && name.length === 2) return 'the name is ".."'
  if (isWindows && name.includes(backslash)) return "the name has a backslash in it, which divides folders here"
  if (isWindows && name.includes(colon)) return "the name has a colon in it, which means a drive or a stream here"
  return undefined
}
