/** A command line as bash has it in `COMP_LINE`, up to the cursor. */

export interface TypedLine {
  /** Without quotes; the last one is the word to complete, "" after a space. */
  readonly words: ReadonlyArray<string>
  /** How many characters of the last word bash takes for a word of its own that is complete: up to a `:` or `=` that is not quoted. */
  readonly kept: number
}

const breaksWord = (character: string): boolean => character === ":" || character === "="

/** What is not closed is taken as if it were. */
export const parse = (line: string): TypedLine => {
  const words: Array<string> = []
  let word = ""
  let hasBegun = false
  let kept = 0
  let quote: "'" | '"' | undefined
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!
    if (quote !== undefined) {
      if (character === quote) quote = undefined
      else if (character === "\\" && quote === '"' && '"\\$`'.includes(line[at + 1] ?? " ")) word += line[++at]
      else word += character
      continue
    }
    if (character === " " || character === "\t") {
      if (hasBegun) words.push(word)
      ;[word, hasBegun, kept] = ["", false, 0]
      continue
    }
    hasBegun = true
    if (character === "'" || character === '"') quote = character
    else if (character === "\\") word += line[++at] ?? ""
    else {
      word += character
      if (breaksWord(character)) kept = word.length
    }
  }
  return { words: [...words, word], kept }
}
