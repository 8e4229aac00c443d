/** Base 32 with the extended hex alphabet (RFC 4648, section 7), in small letters and without padding. */
const alphabet = "0123456789abcdefghijklmnopqrstuv"

export const encode = (bytes: Uint8Array): string => {
  let text = ""
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31]
}

/** Letters of either case. `undefined` for what is none. */
export const decode = (text: string): Buffer | undefined => {
  const bytes: Array<number> = []
  let bits = 0
  let held = 0
  for (const letter of text.toLowerCase()) {
    const value = alphabet.indexOf(letter)
    if (value < 0) return undefined
    held = (held << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
      held &= (1 << bits) - 1
    }
  }
  return held === 0 && bits < 5 ? Buffer.from(bytes) : undefined
}
