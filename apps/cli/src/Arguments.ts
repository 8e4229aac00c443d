/** What the shell handed over, made ready for a parser that takes everything with a dash in front for a flag. */

/** Flags whose value may begin with a dash, as in `--filter "- *.bak"`. */
const takesDash = new Set([
  "--filter",
  "--include",
  "--exclude",
  "--iinclude",
  "--iexclude",
  "--files-from",
  "--max-age",
  "--min-age",
  "--suffix"
])

/** rclone's for a listing in as few requests as the storage allows, which every listing is here. */
export const fastList = "--fast-list"

const verbose = "--verbose"

/** Others say more at `-vv`; here there is one level of it. */
const isVerbose = (word: string): boolean => /^-v+$/.test(word) || word === verbose

export const normalize = (typed: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (typed[0] === "help") return [...typed.slice(1).filter((word) => !word.startsWith("-")), "--help"]
  const normal: Array<string> = []
  for (let index = 0; index < typed.length; index++) {
    const word = typed[index]!
    if (word === "--") return [...normal, ...typed.slice(index)]
    if (word === fastList) continue
    if (isVerbose(word)) {
      if (!normal.includes(verbose)) normal.push(verbose)
      continue
    }
    const value = typed[index + 1]
    if (takesDash.has(word) && value?.startsWith("-") && value !== "-") {
      normal.push(`${word}=${value}`)
      index++
    } else normal.push(word)
  }
  return normal
}
