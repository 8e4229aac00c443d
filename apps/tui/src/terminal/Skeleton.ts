/** What stands on the screen before anything is known or loaded: the fixed parts of the first frame. */
import type { Tab } from "../command/Screen.ts"
import { brand, hasTabs, shownTabs, smallest, tabs } from "../command/Tabs.ts"

/** To the screen beside the one of the shell, without its cursor. */
export const enter = "\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l"
export const leave = "\x1b[?1049l\x1b[?25h\x1b[?2004l"

export const skeleton = (columns: number, rows: number, tab: Tab): string => {
  if (columns < smallest.columns || rows < smallest.rows) return ""
  const label = tabs.find((one) => one.tab === tab)?.label ?? ""
  if (!hasTabs(columns, rows)) return ` ${label}`
  const names = shownTabs.map((one) => `${one.tab === tab ? "\x1b[7m" : ""} ${one.key} ${one.label} \x1b[0m`)
  return `\x1b[1m${brand}\x1b[0m${names.join("")}\r\n${"─".repeat(columns)}\r\n \x1b[1m${label}\x1b[0m\r\n`
}
