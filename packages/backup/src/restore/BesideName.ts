/** What a file of a snapshot is called where another of its name is kept. */

/** Bytes that most file systems take. */
const longestName = 255
/** Longer ones are a part of the name rather than an ending. */
const longestEnding = 16
const dotByte = 0x2e

/** `notes (snapshot 5f2a1c3d).txt`; `number` from 2 on tells more of one snapshot apart. The same each time. */
export const besideName = (name: Buffer, snapshotId: string, number = 1): Buffer => {
  const dot = name.lastIndexOf(dotByte)
  const stem = dot > 0 && name.length - dot <= longestEnding ? dot : name.length
  const mark = Buffer.from(` (snapshot ${snapshotId.slice(0, 8)}${number === 1 ? "" : ` ${number}`})`)
  let end = Math.min(stem, longestName - mark.length - (name.length - stem))
  // Not in the middle of a character.
  while (end > 0 && end < stem && (name[end]! & 0xc0) === 0x80) end--
  return Buffer.concat([name.subarray(0, end), mark, name.subarray(stem)])
}
