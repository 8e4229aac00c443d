/** UTF-8 one code point at a time, as strict as Go's: no surrogates, no over-long forms, nothing above U+10FFFF. */

const isContinuation = (byte: number | undefined): byte is number => byte !== undefined && (byte & 0xc0) === 0x80

/** The code point whose encoding starts at `at`; -1 where no valid one does. */
export const codePointAt = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at]!
  if (first < 0x80) return first
  if (first < 0xc2 || first > 0xf4) return -1
  const second = bytes[at + 1]
  if (!isContinuation(second)) return -1
  if (first < 0xe0) return ((first & 0x1f) << 6) | (second & 0x3f)
  const third = bytes[at + 2]
  if (!isContinuation(third)) return -1
  if (first < 0xf0) {
    const codePoint = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f)
    return codePoint < 0x800 || (codePoint >= 0xd800 && codePoint <= 0xdfff) ? -1 : codePoint
  }
  const fourth = bytes[at + 3]
  if (!isContinuation(fourth)) return -1
  const codePoint = ((first & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f)
  return codePoint < 0x10000 || codePoint > 0x10ffff ? -1 : codePoint
}

/** How many bytes encode a code point. */
export const sizeOf = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
