/** Text for sample files: some hundred bytes that compress a little, another for each name. */
export const text = (name: string, words = 120): string => {
  let state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 17) || 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % 1009
  }
  return Array.from({ length: words }, () => `${name}${next()}`).join(" ")
}

/** A file with one piece for each name. */
export const files = (directory: string, names: ReadonlyArray<string>): Record<string, ReadonlyArray<string>> =>
  Object.fromEntries(names.map((name) => [`${directory}/${name}`, [text(name)]]))

export const names = (prefix: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)
