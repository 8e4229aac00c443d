/** B2's percent-coding of file names and file info values in headers and URL paths, where `+` is a space. */
import { badRequest } from "./Errors.ts"

const verbatim = /^[A-Za-z0-9._\-/~!$'()*;=:@]*$/
const overEncoded = /%(2F|24|3B|3D|3A|40)/g
const notAscii = /[\u0080-\u00ff]/g

/** A copy that does not keep alive the longer text it was cut from. */
export const ownText = (text: string): string => Buffer.from(text).toString()

/** Encodes for a reply header: a space becomes `%20`, a plus `%2B`. */
export const encodePercent = (text: string): string =>
  verbatim.test(text)
    ? text
    : encodeURIComponent(text).replace(overEncoded, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** Decodes text that arrived as Latin-1. Fails with 400 `bad_request` when it is not UTF-8 afterwards. */
export const decodePercent = (text: string): string => {
  let coded = text.includes("+") ? text.replaceAll("+", " ") : text
  if (notAscii.test(coded)) {
    coded = coded.replace(notAscii, (character) => `%${character.charCodeAt(0).toString(16)}`)
  }
  if (!coded.includes("%")) return coded
  try {
    return decodeURIComponent(coded)
  } catch {
    throw badRequest(`Bad percent-encoding: ${text}`)
  }
}
