/** The signs that screens use: shapes that differ in a grey print, and letters where the terminal knows no others. */

export interface Marks {
  readonly queued: string
  readonly running: string
  readonly waiting: string
  readonly paused: string
  readonly done: string
  readonly partly: string
  readonly failed: string
  readonly cancelled: string
  readonly marked: string
  /** The other side has nothing of that name. */
  readonly lacking: string
  /** The other side has another thing of that name. */
  readonly differing: string
  readonly full: string
  readonly empty: string
  readonly rule: string
  readonly wall: string
  readonly corners: readonly [string, string, string, string]
}

export const signs: Marks = {
  queued: "◔",
  running: "▶",
  waiting: "◌",
  paused: "‖",
  done: "✓",
  partly: "⚠",
  failed: "✕",
  cancelled: "⊘",
  marked: "●",
  lacking: "+",
  differing: "≠",
  full: "█",
  empty: "░",
  rule: "─",
  wall: "│",
  corners: ["┌", "┐", "└", "┘"]
}

export const letters: Marks = {
  queued: ".",
  running: ">",
  waiting: "~",
  paused: "=",
  done: "+",
  partly: "!",
  failed: "x",
  cancelled: "-",
  marked: "*",
  lacking: "+",
  differing: "!",
  full: "#",
  empty: ".",
  rule: "-",
  wall: "|",
  corners: ["+", "+", "+", "+"]
}

/** By the locale of the environment. */
export const of = (environment: { readonly [variable: string]: string | undefined }): Marks => {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || ""
  return /utf-?8/i.test(locale) ? signs : letters
}
