/** Help that was written down when the program was built, so that it need not load the program. */
import { readFileSync } from "node:fs"
import { stripVTControlCharacters } from "node:util"

/** Texts with colors, by the words after the name of the program. */
export type HelpTexts = { readonly [command: string]: string }

export const fileName = "help.json"

const written = (): HelpTexts => {
  try {
    return JSON.parse(readFileSync(new URL(`./${fileName}`, import.meta.url), "utf8"))
  } catch {
    return {} // the sources have none
  }
}

const asksForHelp = (word: string | undefined): boolean => word === "--help" || word === "-h"

/** What `words` print, where they ask for nothing but help that is known. */
export const textFor = (words: ReadonlyArray<string>, hasColors: () => boolean): string | undefined => {
  const path = words[0] === "help" ? words.slice(1) : asksForHelp(words.at(-1)) ? words.slice(0, -1) : undefined
  if (path === undefined || path.some((word) => word.startsWith("-"))) return undefined
  const texts = written()
  const command = path.join(" ")
  const text = Object.hasOwn(texts, command) ? texts[command] : undefined
  return text === undefined || hasColors() ? text : stripVTControlCharacters(text)
}
