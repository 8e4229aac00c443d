/** Names of files that are not whole yet, which listings pass over: those of the local provider, so that both sides of a folder know them. */
import { randomBytes } from "node:crypto"
import * as RemotePath from "@ourclone/core/contract/RemotePath"

const pattern = /^\..+\.[0-9a-f]{16}\.ourclone-part$/s

export const isTemporary = (name: string): boolean => name.startsWith(".") && pattern.test(name)

/** Some file systems take only 143 bytes in a name. */
const maximumBytes = 100

const shorten = (name: string): string => {
  let short = name
  while (Buffer.byteLength(short) > maximumBytes) short = short.slice(0, -1)
  return short.isWellFormed() ? short : short.slice(0, -1)
}

/** For the file at `path`, in the same folder. */
export const temporaryPath = (path: RemotePath.RemotePath): RemotePath.RemotePath => {
  const name = `.${shorten(RemotePath.basename(path))}.${randomBytes(8).toString("hex")}.ourclone-part`
  return RemotePath.join(RemotePath.parent(path), RemotePath.makeUnsafe(name))
}
