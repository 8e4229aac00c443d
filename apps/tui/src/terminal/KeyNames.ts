/** What Ink tells of a key, as the one name that tables of commands use. */
import type { Key } from "ink"

const named: ReadonlyArray<readonly [keyof Key, string]> = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageDown", "pagedown"],
  ["pageUp", "pageup"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "esc"],
  ["backspace", "backspace"],
  ["delete", "delete"]
]

/** Several keys that came at once are several names; nothing for what is no key of ours. */
export const keyNames = (input: string, key: Key): ReadonlyArray<string> => {
  const found = named.find(([property]) => key[property] === true)
  if (found !== undefined) return [found[1]]
  if (key.tab) return [key.shift ? "shift-tab" : "tab"]
  if (key.ctrl) return /^[a-z]$/.test(input) ? [`ctrl-${input}`] : []
  if (key.meta || input === "" || input.startsWith("\x1b")) return []
  return [...input].flatMap((character) => {
    if (character === " ") return ["space"]
    if (character === "\r" || character === "\n") return ["enter"]
    if (character === "\t") return ["tab"]
    const code = character.charCodeAt(0)
    if (code >= 1 && code <= 26) return [`ctrl-${String.fromCharCode(96 + code)}`]
    return /\p{Control}/u.test(character) ? [] : [character]
  })
}
