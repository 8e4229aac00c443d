/** Ids are 32 bytes: 64 lower-case hex digits in JSON and file names, bytes where there are many. */

/** Lower-case hex of bytes. */
export const fromBytes = (bytes: Uint8Array, start = 0, end = bytes.length): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("hex")

export const toBytes = (hex: string): Buffer => Buffer.from(hex, "hex")

const id = /^[0-9a-f]{64}$/

/** Whether a text is an id as files are named. */
export const isId = (text: string): boolean => id.test(text)
