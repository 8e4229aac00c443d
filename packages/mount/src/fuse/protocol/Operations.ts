/**
 * What the kernel may ask, each with its number, the fields of its request and whether it waits for a reply.
 *
 * After `include/uapi/linux/fuse.h`, protocol 7.45. Numbers that stand in no row are answered "not known", after which
 * the kernel does without: locks (it keeps them itself), `ioctl`, `poll`, `bmap`, `statx`.
 */
import type { Fields } from "./Fields.ts"

export interface Operation<Body> {
  readonly code: number
  readonly isAnswered: boolean
  readonly read: (fields: Fields) => Body
}

const operation = <Body>(code: number, read: (fields: Fields) => Body): Operation<Body> => ({
  code,
  isAnswered: true,
  read
})
const unanswered = <Body>(code: number, read: (fields: Fields) => Body): Operation<Body> => ({
  code,
  isAnswered: false,
  read
})

const name = (fields: Fields) => ({ name: fields.name(0) })
const nothing = () => ({})
const handle = (fields: Fields) => ({ handle: fields.u64(0), flags: fields.u32(8) })
const transfer = (fields: Fields) => ({ handle: fields.u64(0), offset: fields.u64(8), size: fields.u32(16) })
const sync = (fields: Fields) => ({ handle: fields.u64(0), dataOnly: (fields.u32(8) & 1) !== 0 })
const copy = (fields: Fields) => ({
  handle: fields.u64(0),
  offset: fields.u64(8),
  toNode: fields.u64(16),
  toHandle: fields.u64(24),
  toOffset: fields.u64(32),
  size: fields.u64(40)
})

const renamed = (fields: Fields, flags: number, at: number) => {
  const [from, to] = fields.names(at, 2)
  return { from: from!, toParent: fields.u64(0), to: to!, flags }
}

const attribute = (fields: Fields) => {
  const size = fields.u32(0)
  const key = fields.name(8)
  return { key, flags: fields.u32(4), value: fields.bytes(8 + Buffer.byteLength(key) + 1, size) }
}

const forgotten = (fields: Fields) => {
  const nodes: Array<{ readonly node: number; readonly count: number }> = []
  for (let index = 0; index < fields.u32(0); index++)
    nodes.push({ node: fields.u64(8 + index * 16), count: fields.u64(16 + index * 16) })
  return { nodes }
}

export const operations = {
  LOOKUP: operation(1, name),
  FORGET: unanswered(2, (fields) => ({ count: fields.u64(0) })),
  GETATTR: operation(3, (fields) => ({ handle: (fields.u32(0) & 1) === 0 ? undefined : fields.u64(8) })),
  SETATTR: operation(4, (fields) => ({
    valid: fields.u32(0),
    handle: fields.u64(8),
    size: fields.u64(16),
    atime: { seconds: fields.i64(32), nanos: fields.u32(56) },
    mtime: { seconds: fields.i64(40), nanos: fields.u32(60) },
    mode: fields.u32(68),
    uid: fields.u32(76),
    gid: fields.u32(80)
  })),
  READLINK: operation(5, nothing),
  SYMLINK: operation(6, (fields) => {
    const [created, target] = fields.names(0, 2)
    return { name: created!, target: target! }
  }),
  MKNOD: operation(8, (fields) => ({ mode: fields.u32(0), name: fields.name(16) })),
  MKDIR: operation(9, (fields) => ({ mode: fields.u32(0), name: fields.name(8) })),
  UNLINK: operation(10, name),
  RMDIR: operation(11, name),
  RENAME: operation(12, (fields) => renamed(fields, 0, 8)),
  LINK: operation(13, (fields) => ({ node: fields.u64(0), name: fields.name(8) })),
  OPEN: operation(14, (fields) => ({ flags: fields.u32(0), openFlags: fields.u32(4) })),
  READ: operation(15, transfer),
  WRITE: operation(16, (fields) => ({
    handle: fields.u64(0),
    offset: fields.u64(8),
    writeFlags: fields.u32(20),
    data: fields.bytes(40, fields.u32(16))
  })),
  STATFS: operation(17, nothing),
  RELEASE: operation(18, handle),
  FSYNC: operation(20, sync),
  SETXATTR: operation(21, attribute),
  GETXATTR: operation(22, (fields) => ({ size: fields.u32(0), key: fields.name(8) })),
  LISTXATTR: operation(23, (fields) => ({ size: fields.u32(0) })),
  REMOVEXATTR: operation(24, (fields) => ({ key: fields.name(0) })),
  FLUSH: operation(25, (fields) => ({ handle: fields.u64(0) })),
  INIT: operation(26, (fields) => {
    const flags = fields.u32(12)
    return {
      major: fields.u32(0),
      minor: fields.u32(4),
      maxReadahead: fields.u32(8),
      flags,
      moreFlags: (flags & 0x4000_0000) === 0 ? 0 : fields.u32(16)
    }
  }),
  OPENDIR: operation(27, (fields) => ({ flags: fields.u32(0) })),
  READDIR: operation(28, transfer),
  RELEASEDIR: operation(29, handle),
  FSYNCDIR: operation(30, sync),
  CREATE: operation(35, (fields) => ({ flags: fields.u32(0), mode: fields.u32(4), name: fields.name(16) })),
  INTERRUPT: unanswered(36, (fields) => ({ unique: fields.u64(0) })),
  DESTROY: operation(38, nothing),
  NOTIFY_REPLY: unanswered(41, nothing),
  BATCH_FORGET: unanswered(42, forgotten),
  FALLOCATE: operation(43, (fields) => ({
    handle: fields.u64(0),
    offset: fields.u64(8),
    length: fields.u64(16),
    mode: fields.u32(24)
  })),
  READDIRPLUS: operation(44, transfer),
  RENAME2: operation(45, (fields) => renamed(fields, fields.u32(8), 16)),
  LSEEK: operation(46, (fields) => ({ handle: fields.u64(0), offset: fields.u64(8), whence: fields.u32(16) })),
  COPY_FILE_RANGE: operation(47, copy),
  SYNCFS: operation(50, nothing),
  COPY_FILE_RANGE_64: operation(53, copy)
} as const

export type OperationName = keyof typeof operations

/** The fields of a request of this name. */
export type Body<Name extends OperationName> =
  (typeof operations)[Name] extends Operation<infer Fields> ? Fields : never
