/** What B2 takes as a file name: 1 to 1024 bytes of UTF-8, no control characters. */
import { badRequest } from "./Errors.ts"

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const refused = /[\u0000-\u001f\u007f]/

/** Returns the name. Fails with 400 `bad_request`. */
export const checkFileName = (name: string): string => {
  if (name === "") throw badRequest("File names must not be empty")
  if (!name.isWellFormed()) throw badRequest("File names must be valid UTF-8")
  if (refused.test(name)) throw badRequest("File names must not contain control characters")
  if (name.length > 341 && Buffer.byteLength(name) > 1024) throw badRequest("File names must be at most 1024 bytes")
  return name
}
