/** Listings. An entry's place in one is its node's number, so it stays right while others come and go. */
import { type Attributes, rootIno } from "../../contract/FileSystem.ts"
import type { Body } from "../protocol/Operations.ts"
import * as Reply from "../protocol/Reply.ts"
import { type Asked, type DoorContext, type Handlers, type Reply as Replied, reply } from "./Handler.ts"

/** The numbers from 2 to 15 are no node's. */
const afterSelf = 2
const afterParent = 3

/** What an entry takes: without its name, and with one of usual length. */
const listedSize = { plain: 24, plus: 24 + 128 } as const
const usualName = 16

/** What the kernel may do with a listing: keep it, and go on with the one that it has. */
const [cacheListing, keepListing] = [8, 2]

const noTime = { seconds: 0, nanoseconds: 0 }
const dot = (ino: number): Attributes => ({
  ino,
  kind: "directory",
  size: 0,
  mode: 0,
  uid: 0,
  gid: 0,
  links: 1,
  modified: noTime,
  changed: noTime,
  generation: 0
})

const list = (
  { node, body }: Asked<Body<"READDIR">>,
  { buffers, fileSystem }: DoorContext,
  isPlus: boolean
): Replied | Promise<Replied> => {
  const listing = new Reply.ListingReply(
    buffers.take(Reply.headSize + body.size),
    isPlus ? fileSystem.lifetimes : undefined
  )
  const { offset } = body
  if (offset < afterSelf) listing.add(".", dot(node), afterSelf, false)
  if (offset < afterParent) listing.add("..", dot(rootIno), afterParent, false)
  const most = Math.ceil(body.size / (usualName + (isPlus ? listedSize.plus : listedSize.plain)))
  return reply(fileSystem.readDirectory(node, offset <= afterParent ? 0 : offset, most), ({ nodes }) => {
    for (const { name, attributes } of nodes) if (!listing.add(name, attributes, attributes.ino, true)) break
    return listing.finish()
  })
}

export const listingRequests: Handlers<"OPENDIR" | "READDIR" | "READDIRPLUS" | "RELEASEDIR" | "FSYNCDIR"> = {
  OPENDIR: ({ node }, { fileSystem, listings }) =>
    Reply.opened(0, cacheListing | (listings.isYoung(node, fileSystem.lifetimes) ? keepListing : 0)),
  READDIR: (asked, door) => list(asked, door, false),
  READDIRPLUS: (asked, door) => list(asked, door, true),
  RELEASEDIR: () => Reply.empty(),
  FSYNCDIR: ({ node }, { fileSystem }) => reply(fileSystem.syncDirectory(node), Reply.empty)
}
