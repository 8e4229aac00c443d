/**
 * The patterns that most filters consist of: names, `*`, lists of names such as `{jpg,png}`, and `**` at the end. They
 * need no regular expression, and are read and matched several times faster without one.
 */

/** What a path may hold besides. */
export interface Place {
  /** The pattern begins where the path begins, or else where any name in it does. */
  readonly isAnchored: boolean
  /** Follows the pattern. */
  readonly end: "" | "/"
  /** Anything may follow. */
  readonly isPrefix: boolean
}

const plain = /^(?:\\[!-/:-@[-`{-~]|\*(?!\*)|[^*?[\]{}\\])*$/u
const mostAlternatives = 32

/** The patterns without lists that a pattern stands for. Where that is not so simple, the pattern as it is. */
const alternatives = (glob: string): ReadonlyArray<string> => {
  const [list, start = "", inside = "", end = ""] = /^((?:\\.|[^{}\\])*)\{((?:\\.|[^{}\\])*)\}(.*)$/su.exec(glob) ?? []
  if (list === undefined) return [glob]
  const names = [...`,${inside}`.matchAll(/,((?:\\.|[^,\\])*)/gsu)].map(([, name = ""]) => name)
  const ends = alternatives(end)
  const joinsStars = start.endsWith("*") && names.includes("") && ends.some((one) => one.startsWith("*"))
  if (inside.includes("*") || joinsStars || names.length * ends.length > mostAlternatives) return [glob]
  return names.flatMap((name) => ends.map((one) => `${start}${name}${one}`))
}

/** The texts between the stars. */
const piecesOf = (glob: string): ReadonlyArray<string> =>
  [...`*${glob}`.matchAll(/\*((?:\\.|[^*\\])*)/gsu)].map(([, piece = ""]) => piece.replace(/\\(.)/gsu, "$1"))

/** Each piece where it first comes: a later place would leave less for those behind it. */
const matchesAt = (path: string, start: number, pieces: ReadonlyArray<string>, isPrefix: boolean): boolean => {
  const [first = ""] = pieces
  if (!path.startsWith(first, start)) return false
  let from = start + first.length
  const isLast = (index: number) => index === pieces.length - 1 && !isPrefix
  for (let index = 1; index < pieces.length; index++) {
    const piece = pieces[index]!
    const found = isLast(index) ? path.length - piece.length : path.indexOf(piece, from)
    if (found < from || (isLast(index) && !path.endsWith(piece))) return false
    const slash = path.indexOf("/", from)
    if (slash >= 0 && slash < found) return false
    from = found + piece.length
  }
  return isPrefix || from === path.length
}

/** Where the last `count` names of a path begin; -1 when it has fewer. */
const startOfLast = (path: string, count: number): number => {
  let slash = path.length
  for (let left = count; left > 0; left--) {
    if (slash <= 0) return left === 1 && slash === 0 ? 0 : -1
    slash = path.lastIndexOf("/", slash - 1)
  }
  return slash + 1
}

const matcherOf = (glob: string, { end, isAnchored, isPrefix }: Place): ((path: string) => boolean) => {
  const pieces = piecesOf(`${glob}${end}`)
  if (isAnchored) return (path) => matchesAt(path, 0, pieces, isPrefix)
  if (isPrefix) {
    return (path) => {
      for (let start = 0; ; start++) {
        if (matchesAt(path, start, pieces, true)) return true
        start = path.indexOf("/", start)
        if (start < 0) return false
      }
    }
  }
  const [first, last, ...others] = pieces
  if (first === "" && last !== undefined && others.length === 0) return (path) => path.endsWith(last)
  const names = pieces.join("").split("/").length
  return (path) => {
    const start = startOfLast(path, names)
    return start >= 0 && matchesAt(path, start, pieces, false)
  }
}

/** Whether a path matches; `undefined` for a pattern that is not plain. */
export const make = (glob: string, place: Place): ((path: string) => boolean) | undefined => {
  const matchers: Array<(path: string) => boolean> = []
  for (const one of alternatives(glob)) {
    const hasStars = one.endsWith("**") && place.end === ""
    const rest = hasStars ? one.slice(0, -2) : one
    if (!plain.test(rest) || (hasStars && /[*\\]$/.test(rest))) return undefined
    matchers.push(matcherOf(rest, hasStars ? { ...place, isPrefix: true } : place))
  }
  const [only, ...others] = matchers
  return others.length === 0 ? only : (path) => matchers.some((matches) => matches(path))
}
