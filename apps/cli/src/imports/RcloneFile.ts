/** rclone's configuration: its dialect of INI, its hidden passwords, and the whole of it encrypted. */
import { createDecipheriv, createHash } from "node:crypto"
import { ImportError } from "./Imported.ts"

export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

const refused = (line: number) => new ImportError(`line ${line} is neither a section nor "key = value"`)

/** The key and where its value begins. */
const keyOf = (line: string, number: number): readonly [key: string, rest: string] => {
  const quote = /^("""|"|`)/.exec(line.length >= 6 ? line : line.replace(/^"""/, '"'))?.[0]
  const closing = quote === undefined ? 0 : line.indexOf(quote, quote.length)
  if (closing < 0) throw refused(number)
  const at = line.slice(closing).search(/[=:]/) + closing
  if (at < closing || at <= 0) throw refused(number)
  const key = quote === undefined ? line.slice(0, at).trim() : line.slice(quote.length, closing)
  return [key, line.slice(at + 1).trim()]
}

/** A plain quote stays; the other two go. */
const unquoted = (value: string, number: number): string => {
  const quote =
    value.startsWith('"""') && value.length >= 6 ? '"""' : value.startsWith("`") && value.length >= 2 ? "`" : ""
  if (quote === "") return value
  const end = value.lastIndexOf(quote)
  if (end < quote.length) throw refused(number)
  return value.slice(quote.length, end)
}

/** Throws an `ImportError` with the line that it does not understand. */
export const sectionsOf = (text: string): Sections => {
  const sections = new Map<string, Map<string, string>>()
  let current = new Map<string, string>()
  let unnamed = 1
  for (const [index, row] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const line = row.trim()
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue
    if (line.startsWith("[") && line.endsWith("]")) {
      const name = line.slice(1, -1).trim()
      current = sections.get(name) ?? new Map()
      sections.set(name, current)
      unnamed = 1
      continue
    }
    const [key, value] = keyOf(line, index + 1)
    current.set(key === "-" ? `#${unnamed++}` : key, unquoted(value, index + 1))
  }
  return sections
}

/** Of rclone's program, and no secret: it only keeps a password from being read over a shoulder. */
const obscuring = Buffer.from("9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638", "hex")

/** The password that an obscured value stands for. */
export const reveal = (value: string): string => {
  const bytes = Buffer.from(value, "base64url")
  if (!/^[A-Za-z0-9_-]*$/.test(value) || bytes.length < 16) {
    throw new ImportError("a password in it is not in the form that rclone gives them")
  }
  const decipher = createDecipheriv("aes-256-ctr", obscuring, bytes.subarray(0, 16))
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString("utf8")
}

const marker = "RCLONE_ENCRYPT_V"

const bodyOf = (text: string): string | undefined => {
  const lines = text.replace(/^\uFEFF/, "").split("\n")
  const first = lines.findIndex((line) => !/^\s*(?:[#;].*)?$/.test(line))
  if (lines[first]?.startsWith(marker) !== true) return undefined
  if (lines[first]?.trim() !== `${marker}0:`) {
    throw new ImportError("it is encrypted in a way that is newer than this program")
  }
  return lines.slice(first + 1).join("")
}

export const isEncrypted = (text: string): boolean => bodyOf(text) !== undefined

const nonceBytes = 24
const tagBytes = 16

interface Sodium {
  readonly crypto_secretbox_open_easy: (out: Buffer, box: Buffer, nonce: Buffer, key: Buffer) => boolean
}

/** Older versions took blanks off a password's ends. */
const keysOf = (password: string): ReadonlyArray<Buffer> =>
  [...new Set([password, password.trim()])].map((each) =>
    createHash("sha256")
      .update(`[${each.normalize("NFKC")}][rclone-config]`)
      .digest()
  )

/** The text of an encrypted file. Throws an `ImportError` when the password is wrong. */
export const decrypt = (text: string, password: string, sodium: Sodium): string => {
  const box = Buffer.from(bodyOf(text) ?? "", "base64")
  if (box.length < nonceBytes + tagBytes) throw new ImportError("it is encrypted, and cut off")
  const [nonce, sealed] = [box.subarray(0, nonceBytes), box.subarray(nonceBytes)]
  for (const key of keysOf(password)) {
    const plain = Buffer.alloc(sealed.length - tagBytes)
    if (sodium.crypto_secretbox_open_easy(plain, sealed, nonce, key)) return plain.toString("utf8")
  }
  throw new ImportError("the password of the file is wrong")
}
