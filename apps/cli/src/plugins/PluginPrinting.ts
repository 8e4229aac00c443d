/** Standard output is for results, and for what processes of this program tell each other: what a plugin prints goes to the other one. */
import { Console } from "node:console"

const methods = [
  ...(["log", "info", "debug", "dir", "dirxml", "table", "group", "groupCollapsed", "groupEnd"] as const),
  ...(["count", "countReset", "time", "timeLog", "timeEnd"] as const)
]

/** From now on. */
export const toErrors = (): void => {
  const errors = new Console(process.stderr, process.stderr)
  for (const method of methods) {
    console[method] = errors[method].bind(errors) as (...words: ReadonlyArray<unknown>) => void
  }
}
