/**
 * A path inside a provider: `photos/2024/a.jpg`.
 *
 * Segments are joined with `/`. A path never starts or ends with `/` and never
 * holds an empty, `.` or `..` segment, a control character or half a surrogate
 * pair: `Spelling.ts` says how names with these are spelled. The root is `""`. All
 * others are kept as they are: `é` in two code points stays two, because neither
 * Linux nor B2 folds them and folding would make one file of two.
 */
import * as Schema from "effect/Schema"

const badSegment = /(?:^|\/)\.{0,2}(?:\/|$)/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no path holds
const control = /[\u0000-\u001f\u007f]/

/** Why `path` can not be a `RemotePath`, in words for people; `undefined` when it can. */
export const refusal = (path: string): string | undefined => {
  if (path === "") return undefined
  if (badSegment.test(path)) return 'it has an empty, "." or ".." segment'
  if (control.test(path)) return "it holds a control character"
  if (!path.isWellFormed()) return "it is not valid Unicode"
  return undefined
}

export const RemotePath = Schema.String.pipe(
  Schema.check(Schema.makeFilter((path: string) => refusal(path) === undefined)),
  Schema.brand("RemotePath")
)
export type RemotePath = typeof RemotePath.Type

/** For a string that `refusal` has passed, or that was put together from paths; nothing is checked. */
export const makeUnsafe = (path: string): RemotePath => path as RemotePath

export const root = makeUnsafe("")

export const join = (directory: RemotePath, path: RemotePath): RemotePath =>
  directory === "" ? path : path === "" ? directory : makeUnsafe(`${directory}/${path}`)

/** `path`, which lies in `directory`, as it is called there. */
export const within = (path: string, directory: string): RemotePath =>
  makeUnsafe(directory === "" ? path : path.slice(directory.length + 1))

/** The directory that holds `path`; the root for the root. */
export const parent = (path: RemotePath): RemotePath => makeUnsafe(path.slice(0, Math.max(0, path.lastIndexOf("/"))))

/** The last segment. */
export const basename = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** Whether `path` is `directory` or lies below it. */
export const isWithin = (path: string, directory: string): boolean =>
  directory === "" || path === directory || path.startsWith(`${directory}/`)

/** Surrogates, and what comes after them: the only units that UTF-8 has in another order. */
const late = /[\ud800-\uffff]/

const compareUnits = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a === b) continue
    const isSurrogateA = (a & 0xf800) === 0xd800
    const isSurrogateB = (b & 0xf800) === 0xd800
    return isSurrogateA === isSurrogateB ? a - b : isSurrogateA ? 1 : -1
  }
  return left.length - right.length
}

/**
 * Order by UTF-8 bytes, which is B2's. JavaScript's `<` compares UTF-16 units
 * and puts `😀` before `～`; the bytes say the opposite. Where one of both has no
 * such units, as most names, `<` is right and takes half the time.
 */
export const compare = (left: string, right: string): number => {
  if (late.test(left) && late.test(right)) return compareUnits(left, right)
  return left < right ? -1 : left === right ? 0 : 1
}
