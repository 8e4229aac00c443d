/** What is in files. */
import { constants } from "node:os"
import type { Soon } from "../../contract/FileSystem.ts"
import { isRefused } from "../../contract/Refusal.ts"
import type { Body } from "../protocol/Operations.ts"
import * as Reply from "../protocol/Reply.ts"
import { type Asked, type DoorContext, type Handlers, reply } from "./Handler.ts"
import { openMode, replyFlags } from "./OpenFlags.ts"

const { errno } = constants

const seekData = 3
const seekHole = 4
const fallocate = { extend: 0, keepSize: 1, punchHole: 2, zeroRange: 16 } as const

/** The reply of COPY_FILE_RANGE has 32 bits for it. */
const mostCopied = 0x7fff_f000

const copy = ({ body }: Asked<Body<"COPY_FILE_RANGE">>, { fileSystem }: DoorContext) =>
  reply(
    fileSystem.copyRange(body.handle, body.offset, body.toHandle, body.toOffset, Math.min(body.size, mostCopied)),
    Reply.size
  )

export const contentRequests: Handlers<
  | "OPEN"
  | "READ"
  | "WRITE"
  | "FLUSH"
  | "RELEASE"
  | "FSYNC"
  | "FALLOCATE"
  | "LSEEK"
  | "COPY_FILE_RANGE"
  | "COPY_FILE_RANGE_64"
> = {
  OPEN: ({ node, body }, { fileSystem, handles }) => {
    const mode = openMode(body.flags)
    return reply(fileSystem.open(node, mode), ({ handle, isSame }) => {
      handles.add(handle)
      return Reply.opened(handle, replyFlags(mode, isSame))
    })
  },
  READ: ({ body }, { fileSystem, buffers }) => {
    const bytes = buffers.take(Reply.headSize + body.size)
    const answer: Soon<number> = fileSystem.read(body.handle, body.offset, bytes.subarray(Reply.headSize))
    if (!(answer instanceof Promise) && isRefused(answer)) buffers.give(bytes)
    return reply(answer, (length) => bytes.subarray(0, Reply.headSize + length))
  },
  WRITE: ({ body }, { fileSystem }) => reply(fileSystem.write(body.handle, body.offset, body.data), Reply.size),
  FLUSH: ({ body }, { fileSystem }) => reply(fileSystem.flush(body.handle), Reply.empty),
  RELEASE: ({ body }, { fileSystem, handles }) => {
    handles.delete(body.handle)
    fileSystem.release(body.handle)
    return Reply.empty()
  },
  FSYNC: ({ body }, { fileSystem }) => reply(fileSystem.sync(body.handle), Reply.empty),
  FALLOCATE: ({ body }, { fileSystem }) => {
    const { handle, offset, length } = body
    if (!Number.isSafeInteger(offset + length)) return errno.EFBIG
    const extend = () => reply(fileSystem.allocate(handle, "extend", offset, length), Reply.empty)
    const zero = (then: () => ReturnType<typeof extend>) =>
      reply(fileSystem.allocate(handle, "zero", offset, length), then)
    switch (body.mode) {
      case fallocate.extend:
        return extend()
      case fallocate.keepSize | fallocate.punchHole:
      case fallocate.keepSize | fallocate.zeroRange:
        return zero(Reply.empty)
      case fallocate.zeroRange:
        return zero(extend)
      default:
        return errno.EOPNOTSUPP
    }
  },
  LSEEK: ({ body }, { fileSystem }) => {
    if (body.whence !== seekData && body.whence !== seekHole) return errno.EINVAL
    const found = fileSystem.seek(body.handle, body.offset, body.whence === seekData ? "data" : "hole")
    const past = (answer: Buffer | number) => (answer === errno.EINVAL ? errno.ENXIO : answer)
    const made = reply(found, Reply.size)
    return made instanceof Promise ? made.then(past) : past(made)
  },
  COPY_FILE_RANGE: copy,
  COPY_FILE_RANGE_64: copy
}
