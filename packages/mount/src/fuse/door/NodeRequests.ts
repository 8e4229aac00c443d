/** What is known of a node: attributes, the small values beside it, the space around it. */
import { constants } from "node:os"
import { type AttributeChanges, rootIno, type Soon } from "../../contract/FileSystem.ts"
import type { Body } from "../protocol/Operations.ts"
import * as Reply from "../protocol/Reply.ts"
import { type DoorContext, type Handlers, type Reply as Replied, reply } from "./Handler.ts"

const { errno } = constants

/** Which fields of a SETATTR hold. */
const valid = { mode: 1, uid: 2, gid: 4, size: 8, modified: 32, modifiedNow: 256 } as const

const changesOf = (body: Body<"SETATTR">): AttributeChanges => {
  const has = (bit: number) => (body.valid & bit) !== 0
  const { seconds, nanos } = body.mtime
  return {
    ...(has(valid.mode) && { mode: body.mode & 0o7777 }),
    ...(has(valid.uid) && { uid: body.uid }),
    ...(has(valid.gid) && { gid: body.gid }),
    ...(has(valid.size) && { size: body.size }),
    ...(has(valid.modifiedNow)
      ? { modified: "now" as const }
      : has(valid.modified) && { modified: { seconds, nanoseconds: nanos } })
  }
}

/** Those of programs; what else the kernel asks for by such names (security, access lists) is not kept here. */
const ofPrograms = "user."

/** A program asks with size 0 how long a value is, then for the value. */
const sized = (bytes: Uint8Array, size: number): Replied => {
  if (size === 0) return Reply.size(bytes.length)
  return bytes.length > size ? errno.ERANGE : Reply.data(bytes)
}

/** ENOSYS is heard once for the whole session: nothing of this is asked any more, not even before writes. */
const attributesOr = (
  { keepsAttributes }: DoorContext,
  key: string,
  otherwise: number,
  then: () => Replied | Promise<Replied>
) => (!keepsAttributes ? errno.ENOSYS : key.startsWith(ofPrograms) ? then() : otherwise)

export const nodeRequests: Handlers<
  "GETATTR" | "SETATTR" | "STATFS" | "SYNCFS" | "GETXATTR" | "LISTXATTR" | "SETXATTR" | "REMOVEXATTR"
> = {
  GETATTR: ({ node }, { fileSystem }) =>
    reply(fileSystem.getAttributes(node), (attributes) => Reply.attributes(attributes, fileSystem.lifetimes)),
  SETATTR: ({ node, body }, { fileSystem }) => {
    const changes = changesOf(body)
    if (changes.size !== undefined && !Number.isSafeInteger(changes.size)) return errno.EFBIG
    // The time of the last reading alone is not kept: nothing to change then.
    const answer =
      Object.keys(changes).length === 0 ? fileSystem.getAttributes(node) : fileSystem.setAttributes(node, changes)
    return reply(answer, (attributes) => Reply.attributes(attributes, fileSystem.lifetimes))
  },
  STATFS: (_, { fileSystem }) => reply(fileSystem.space(), Reply.space),
  SYNCFS: (_, { fileSystem }) => reply(fileSystem.syncDirectory(rootIno), Reply.empty),
  GETXATTR: ({ node, body }, door) =>
    attributesOr(door, body.key, errno.ENODATA, () =>
      reply(door.fileSystem.getProperty(node, body.key), (value) => sized(value, body.size))
    ),
  LISTXATTR: ({ node, body }, { fileSystem, keepsAttributes }) => {
    if (!keepsAttributes) return errno.ENOSYS
    const keys: Soon<ReadonlyArray<string>> = fileSystem.listProperties(node)
    return reply(keys, (all) => {
      const shown = all.filter((key) => key.startsWith(ofPrograms))
      return sized(Buffer.from(shown.map((key) => `${key}\0`).join("")), body.size)
    })
  },
  SETXATTR: ({ node, body }, door) =>
    attributesOr(door, body.key, errno.EOPNOTSUPP, () => {
      const how = body.flags === 1 ? "add" : body.flags === 2 ? "change" : "replace"
      return reply(door.fileSystem.setProperty(node, body.key, Uint8Array.from(body.value), how), Reply.empty)
    }),
  REMOVEXATTR: ({ node, body }, door) =>
    attributesOr(door, body.key, errno.EOPNOTSUPP, () =>
      reply(door.fileSystem.removeProperty(node, body.key), Reply.empty)
    )
}
