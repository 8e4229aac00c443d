/** Names and what they lead to. */
import { constants } from "node:os"
import type { Answer, FileSystem, Opened, OpenMode, Owner, Soon } from "../../contract/FileSystem.ts"
import { isRefused } from "../../contract/Refusal.ts"
import * as Reply from "../protocol/Reply.ts"
import { type Handlers, reply } from "./Handler.ts"
import { isExclusive, openMode, replyFlags } from "./OpenFlags.ts"

const { errno } = constants
const typeMask = 0o170000
const permissions = 0o7777

const renameFlags = { keep: 1, exchange: 2 } as const

const then = <A, B>(answer: Soon<A>, next: (answer: Answer<A>) => Soon<B>): Soon<B> =>
  answer instanceof Promise ? answer.then(next) : next(answer)

/** What the kernel asks for when it believes that the name is free: somebody else may have taken it meanwhile. */
const createOrOpen = (
  fileSystem: FileSystem,
  parent: number,
  created: { readonly name: string; readonly mode: number; readonly flags: number },
  owner: Owner,
  mode: OpenMode
): Soon<Opened> =>
  then(fileSystem.create(parent, created.name, created.mode & permissions, owner, mode), (answer) => {
    if (!isRefused(answer) || answer.refusal !== "AlreadyExists" || isExclusive(created.flags)) return answer
    return then(fileSystem.lookup(parent, created.name), (found) =>
      isRefused(found) ? found : fileSystem.open(found.ino, mode)
    )
  })

export const nameRequests: Handlers<
  "LOOKUP" | "READLINK" | "SYMLINK" | "MKNOD" | "MKDIR" | "UNLINK" | "RMDIR" | "RENAME" | "RENAME2" | "LINK" | "CREATE"
> = {
  LOOKUP: ({ node, body }, { fileSystem }) => {
    const { lifetimes } = fileSystem
    const found = reply(fileSystem.lookup(node, body.name), (attributes) => Reply.entry(attributes, lifetimes))
    const orMissing = (answer: Buffer | number) =>
      answer === errno.ENOENT && lifetimes.missing > 0 ? Reply.missing(lifetimes) : answer
    return found instanceof Promise ? found.then(orMissing) : orMissing(found)
  },
  READLINK: ({ node }, { fileSystem }) => reply(fileSystem.readLink(node), (target) => Reply.data(Buffer.from(target))),
  SYMLINK: ({ node, body, uid, gid }, { fileSystem }) =>
    reply(fileSystem.makeLink(node, body.name, body.target, { uid, gid }), (attributes) =>
      Reply.entry(attributes, fileSystem.lifetimes)
    ),
  MKNOD: ({ node, body, uid, gid }, { fileSystem }) => {
    const type = body.mode & typeMask
    if (type !== 0 && type !== Reply.typeBits.file) return errno.EPERM
    const mode: OpenMode = { reads: false, writes: true }
    return reply(fileSystem.create(node, body.name, body.mode & permissions, { uid, gid }, mode), (opened) => {
      fileSystem.release(opened.handle)
      return Reply.entry(opened.attributes, fileSystem.lifetimes)
    })
  },
  MKDIR: ({ node, body, uid, gid }, { fileSystem }) =>
    reply(fileSystem.makeDirectory(node, body.name, body.mode & permissions, { uid, gid }), (attributes) =>
      Reply.entry(attributes, fileSystem.lifetimes)
    ),
  UNLINK: ({ node, body }, { fileSystem }) => reply(fileSystem.unlink(node, body.name), Reply.empty),
  RMDIR: ({ node, body }, { fileSystem }) => reply(fileSystem.removeDirectory(node, body.name), Reply.empty),
  RENAME: ({ node, body }, { fileSystem }) =>
    reply(fileSystem.rename(node, body.from, body.toParent, body.to, "replace"), Reply.empty),
  RENAME2: ({ node, body }, { fileSystem }) => {
    if (body.flags > renameFlags.exchange) return errno.EINVAL
    const how = body.flags === renameFlags.keep ? "keep" : body.flags === renameFlags.exchange ? "exchange" : "replace"
    return reply(fileSystem.rename(node, body.from, body.toParent, body.to, how), Reply.empty)
  },
  // Programs take this as "not on this file system" and copy instead.
  LINK: () => errno.EPERM,
  CREATE: ({ node, body, uid, gid }, { fileSystem, handles }) => {
    const mode = openMode(body.flags)
    return reply(createOrOpen(fileSystem, node, body, { uid, gid }, mode), ({ attributes, handle, isSame }) => {
      handles.add(handle)
      return Reply.created(attributes, fileSystem.lifetimes, handle, replyFlags(mode, isSame))
    })
  }
}
