/** A digest and a name on one line, as `sha1sum` and its kin write it and their `--check` reads it. */
import * as Spelling from "@ourclone/core/contract/Spelling"
import { printable } from "@ourclone/core/events/PrintableText"

/** A terminal would obey them, or they are bytes that are no text: their names stay as paths spell them. */
const unwritable = /(?![\n\r])\p{Control}|[\udc80-\udcff]/u

const escapes: { readonly [character: string]: string } = { "\\": "\\\\", "\n": "\\n", "\r": "\\r" }

/** With the name that the file has on a disk. The line begins with a backslash where something in it had to be escaped. */
export const sumLine = (digest: string, path: string): string => {
  const name = Spelling.characters.toName(path)
  const written = unwritable.test(name) ? path : name
  const escaped = written.replace(/[\\\n\r]/g, (character) => escapes[character] ?? character)
  return `${escaped === written ? "" : "\\"}${digest}  ${printable(escaped)}`
}
