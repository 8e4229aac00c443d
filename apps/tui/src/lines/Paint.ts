/** From tones to what a terminal obeys. Of the sixteen colours, so that the user's theme decides what they are. */
import type { Line, Tone } from "./Line.ts"

const colored: { readonly [Name in Tone]: string } = {
  plain: "",
  strong: "1",
  faint: "2",
  good: "32",
  bad: "31",
  warn: "33",
  busy: "36",
  chosen: "7"
}

const uncolored: { readonly [Name in Tone]: string } = {
  plain: "",
  strong: "1",
  faint: "",
  good: "",
  bad: "1",
  warn: "1",
  busy: "",
  chosen: "7"
}

export const paint = (line: Line, hasColors: boolean): string => {
  const codes = hasColors ? colored : uncolored
  return line
    .map(({ text, tone }) => (codes[tone] === "" || text === "" ? text : `\x1b[${codes[tone]}m${text}\x1b[0m`))
    .join("")
}
