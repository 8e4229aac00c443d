/** Text of files that people write: UTF-8, or UTF-16 with its mark, as Windows' editors and shells make it. */

const isMarked = (bytes: Uint8Array, ...mark: ReadonlyArray<number>): boolean =>
  mark.every((byte, at) => bytes[at] === byte)

/** The text of bytes that begin with the mark of UTF-16; `undefined` for others. */
export const utf16Of = (bytes: Uint8Array): string | undefined => {
  const even = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
  if (isMarked(bytes, 0xff, 0xfe)) return even.toString("utf16le")
  return isMarked(bytes, 0xfe, 0xff) ? even.swap16().toString("utf16le") : undefined
}

/** The text, without its mark. */
export const textOf = (bytes: Uint8Array): string =>
  utf16Of(bytes) ?? Buffer.from(isMarked(bytes, 0xef, 0xbb, 0xbf) ? bytes.subarray(3) : bytes).toString("utf8")
