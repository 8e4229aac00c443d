/** What is drawn with more than ASCII, for a locale that can not show it. */
import type { StreamsShape } from "./Streams.ts"

const instead: { readonly [character: string]: string } = { "└": "`", "├": "|", "│": "|", "─": "-", "·": "-", "…": "~" }

/** Changes what was drawn to what the locale can show, in as many columns. UTF-8 where no locale is said. */
export const forLocale = ({ environment }: StreamsShape): ((drawn: string) => string) => {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || "UTF-8"
  if (/utf-?8/i.test(locale)) return (drawn) => drawn
  return (drawn) => drawn.replace(/[└├│─·…]/g, (character) => instead[character] ?? "?")
}
