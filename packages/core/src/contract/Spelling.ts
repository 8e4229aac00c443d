/**
 * How a path spells what it can not hold, the same for every provider: a name of a service and the path that stands for
 * it are told from each other by both, whichever service it came from and goes to.
 *
 * | in the name | in the path |
 * | --- | --- |
 * | a control character, `\r` | its picture, `␍` |
 * | a byte that is not UTF-8, E9 | `‛E9` |
 * | a segment that is empty, `.` or `..` | `‛`, `‛.`, `‛..` |
 *
 * What looks like a spelling and is none gets one more quote (`‛`), as in rclone, whose spelling this is but for the
 * segments, for which it has none. Each half is one to one: `toName(toPath(name))` is `name`, and the reverse.
 */

const quote = "\u201b"

export interface Spelling {
  readonly toPath: (name: string) => string
  readonly toName: (path: string) => string
}

const forbidden = "\\u0001-\\u001f\\u007f"
const pictures = "\\u2401-\\u241f\\u2421"
const byte = "\\udc80-\\udcff"
const hex = "[89A-F][0-9A-F]"
const control = new RegExp(`[${forbidden}]`)
const special = new RegExp(`[${forbidden}${quote}${pictures}${byte}]`)
const inName = new RegExp(`(${quote}*)(?:([${forbidden}])|([${pictures}])|([${byte}]))|(${quote}+)(?=${hex})`, "gu")
const inPath = new RegExp(`(${quote}*)([${pictures}])|(${quote}+)(${hex})`, "g")

const pictureOf = (character: string): string =>
  character === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + character.charCodeAt(0))
const ofPicture = (picture: string): string =>
  picture === "\u2421" ? "\u007f" : String.fromCharCode(picture.charCodeAt(0) - 0x2400)

const spelled = (
  _: string,
  before: string | undefined,
  character: string | undefined,
  picture: string | undefined,
  byte: string | undefined,
  alone: string | undefined
): string => {
  if (alone !== undefined) return alone + alone
  const quotes = `${before}${before}`
  if (character !== undefined) return quotes + pictureOf(character)
  if (picture !== undefined) return quotes + quote + picture
  return quotes + quote + (byte!.charCodeAt(0) - 0xdc00).toString(16).toUpperCase()
}

const unspelled = (
  _: string,
  before: string | undefined,
  picture: string | undefined,
  quotes: string | undefined,
  hex: string | undefined
): string => {
  const all = quotes ?? before!
  const rest = quote.repeat(Math.floor(all.length / 2))
  const isQuoted = all.length % 2 === 1
  if (picture !== undefined) return rest + (isQuoted ? picture : ofPicture(picture))
  return rest + (isQuoted ? String.fromCharCode(0xdc00 + Number.parseInt(hex!, 16)) : hex)
}

/**
 * Characters of names on a disk, which may be any byte but `/` and NUL. A byte that is not UTF-8 is a half surrogate in
 * `name`: U+DC00 and the byte; see `ofBytes`.
 */
export const characters: Spelling = {
  toPath: (name) => (special.test(name) ? name.replace(inName, spelled) : name),
  toName: (path) => (special.test(path) ? path.replace(inPath, unspelled) : path)
}

const pictureInName = new RegExp(`(${quote}*)(?:([${forbidden}])|([${pictures}]))`, "gu")
const pictureInPath = new RegExp(`(${quote}*)([${pictures}])`, "g")

const spelledPicture = (all: string, before: string, character?: string, picture?: string): string =>
  spelled(all, before, character, picture, undefined, undefined)
const unspelledPicture = (all: string, before: string, picture: string): string =>
  unspelled(all, before, picture, undefined, undefined)

/**
 * Characters of names that are always UTF-8, as those that SFTP gives: a byte that is not is kept as a path spells it, and
 * what looks like one is no more than it looks like.
 */
export const unicode: Spelling = {
  toPath: (name) => (special.test(name) ? name.replace(pictureInName, spelledPicture) : name),
  toName: (path) => (special.test(path) ? path.replace(pictureInPath, unspelledPicture) : path)
}

const ofName = /^\u201b*\.{0,2}$/
const ofPath = /^\u201b+\.{0,2}$/
const [space, dot, slash, tilde] = [32, 46, 47, 126]
const segment = /(?:^|\/)\u201b*\.{0,2}(?=\/|$)/

/** Letters of ASCII, and no segment that begins with a dot: most names, of which one look says that nothing is spelled. */
const isOrdinary = (name: string): boolean => {
  let before = slash
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    if (code < space || code > tilde || (before === slash && (code === slash || code === dot))) return false
    before = code
  }
  return before !== slash
}

/** Of all that `segment` finds, and of little else: searches for strings take a fifth of the time. */
const mayHaveSegment = (name: string): boolean => {
  const first = name.charCodeAt(0)
  return (
    name === "" ||
    first === slash ||
    first === dot ||
    name.charCodeAt(name.length - 1) === slash ||
    name.includes("/.") ||
    name.includes("//") ||
    name.includes(quote)
  )
}

const hasSegment = (name: string): boolean => mayHaveSegment(name) && segment.test(name)

const eachSegment = (path: string, change: (segment: string) => string): string =>
  hasSegment(path) ? path.split("/").map(change).join("/") : path

/** Segments of names of a service that has names and no folders. */
export const segments: Spelling = {
  toPath: (name) => eachSegment(name, (segment) => (ofName.test(segment) ? quote + segment : segment)),
  toName: (path) => eachSegment(path, (segment) => (ofPath.test(segment) ? segment.slice(1) : segment))
}

/** Whether a name of a service is a path as it is: `segments` spells none of it, and `RemotePath` refuses none. */
export const isPlain = (name: string): boolean =>
  isOrdinary(name) || (!hasSegment(name) && !control.test(name) && name.isWellFormed())

/** Where the first segment of `name` ends that a path spells; -1 where it spells none. */
export const firstSegment = (name: string): number => {
  const found = mayHaveSegment(name) ? segment.exec(name) : null
  return found === null ? -1 : found.index + found[0].length
}

/** The path that a person means: a name as it is, which a shell has completed, or a path as a listing shows it. */
export const ofTyped = (text: string): string => (control.test(text) ? characters.toPath(text) : text)

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const decoded = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** How many bytes a character takes that begins with this one. */
const lengthOf = (first: number): number => (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4)

/** The bytes of a name as `characters` takes them. */
export const ofBytes = (bytes: Uint8Array): string => {
  const whole = decoded(bytes)
  if (whole !== undefined) return whole
  let name = ""
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!
    const character = decoded(bytes.subarray(at, at + lengthOf(first)))
    name += character ?? String.fromCharCode(0xdc00 + first)
    at += character === undefined ? 1 : lengthOf(first)
  }
  return name
}

/** The reverse. */
export const toBytes = (name: string): Buffer => {
  const pieces = name.split(/([\udc80-\udcff])/u)
  return Buffer.concat(
    pieces.map((piece, index) => (index % 2 === 0 ? Buffer.from(piece) : Buffer.from([piece.charCodeAt(0) - 0xdc00])))
  )
}

/** Whether `name` comes back from its bytes: half surrogates that together are a character do not. */
export const isFaithful = (name: string): boolean => name.isWellFormed() || ofBytes(toBytes(name)) === name
