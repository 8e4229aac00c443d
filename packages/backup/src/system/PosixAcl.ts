/** Access control lists as Linux keeps them in `system.posix_acl_…`, and as archives have them: text. */

const version = 2
const headSize = 4
const entrySize = 8

const kinds = new Map([
  [0x01, "user:"],
  [0x02, "user:"],
  [0x04, "group:"],
  [0x08, "group:"],
  [0x10, "mask:"],
  [0x20, "other:"]
])
const namesSomebody = new Set([0x02, 0x08])

/** Lines like `user:1000:rw-`; `undefined` for bytes that are no list. */
export const textOf = (bytes: Uint8Array): string | undefined => {
  const list = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (list.length < headSize || (list.length - headSize) % entrySize !== 0) return undefined
  if (list.readUInt32LE(0) !== version) return undefined
  let text = ""
  for (let at = headSize; at < list.length; at += entrySize) {
    const tag = list.readUInt16LE(at)
    const permissions = list.readUInt16LE(at + 2)
    const kind = kinds.get(tag)
    if (kind === undefined) return undefined
    const who = namesSomebody.has(tag) ? String(list.readUInt32LE(at + 4)) : ""
    text += `${kind}${who}:${permissions & 4 ? "r" : "-"}${permissions & 2 ? "w" : "-"}${permissions & 1 ? "x" : "-"}\n`
  }
  return text
}
