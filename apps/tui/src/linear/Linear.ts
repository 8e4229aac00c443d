/**
 * Screens as lines that stay: numbered choices, answers by line. The same screens and the same tables of commands as on
 * the window, with another view of them.
 */
import { printable } from "@ourclone/core/events/PrintableText"
import { keyText } from "../command/Keys.ts"
import type { BoundCommand } from "../command/Screen.ts"
import type { App, View } from "../program/App.ts"

export const pageSize = 20

const topOf = ({ stack }: View) => stack.at(-1)!

/** What may be said here, without what only moves about. */
const offered = (view: View): ReadonlyArray<BoundCommand> => {
  const { everywhere, world } = view
  const own = topOf(view).commands.filter(({ isQuiet, whyNot }) => isQuiet !== true && whyNot(world) === undefined)
  return topOf(view).isOverlay
    ? own
    : [...own, ...everywhere.filter(({ id }) => id === "help" || id === "quit" || id.startsWith("go."))]
}

/** The prompt of a field that takes text; undefined where choices are offered. */
export const prompt = (view: View): { readonly text: string; readonly isSecret: boolean } | undefined => {
  const typing = topOf(view).typing(view.world)
  if (typing === undefined || typing.label === "Filter") return undefined
  const { about, isSecret, label, options, value } = typing
  const choices =
    options === undefined
      ? ""
      : ` [${options.map((option, index) => `${index + 1} ${option === "" ? "as it is" : option}`).join(", ")}]`
  const now = value === "" ? "" : isSecret ? " (typed)" : ` (${printable(value)})`
  const saying = about === undefined || about === label ? "" : `, ${printable(about)}`
  return { text: `${printable(label)}${saying}${choices}${now}: `, isSecret }
}

/** What is said of a screen when it is come to; `page` is counted from 0. */
export const screen = (view: View, page = 0): ReadonlyArray<string> => {
  const { world } = view
  const top = topOf(view)
  const status = top.status(world)
  const head = `${printable(top.title(world))}${status === "" ? "" : `. ${printable(status)}`}`
  const words = top
    .words(world)
    .filter((text) => text.trim() !== "")
    .map(printable)
  if (prompt(view) !== undefined)
    return ["", head, ...words, "A line fills the field in, an empty one keeps it; .done ends, . goes back."]
  const choices = top.choices(world)
  const from = page * pageSize
  const shown =
    choices === undefined
      ? []
      : Array.from({ length: Math.max(0, Math.min(choices.count - from, pageSize)) }, (_, index) => {
          const row = from + index
          return `${row + 1}. ${printable(choices.say(row))}`
        })
  const rest = choices === undefined ? 0 : choices.count - from - shown.length
  const more = rest > 0 ? [`${rest} more: say more`] : []
  const commands = offered(view).map(({ id, keys, label }) =>
    id.startsWith("go.") ? label : `${keyText(keys[0]!)} ${label}`
  )
  return ["", head, ...words, ...shown, ...more, `Say a number, or: ${commands.join(", ")}`]
}

const find = (view: View, word: string): BoundCommand | undefined => {
  const all = [...topOf(view).commands, ...view.everywhere]
  const lower = word.toLowerCase()
  return (
    all.find(({ keys }) => keys.includes(word)) ??
    all.find(({ label }) => label.toLowerCase() === lower) ??
    all.find(({ id, label }) => label.toLowerCase().startsWith(lower) || id === word)
  )
}

export type Heard = "done" | "more" | "unknown"

const choose = (app: App, index: number): void => {
  app.choose(index)
  // A field of a form is filled in next; anything else is opened.
  if (prompt(app.view()) === undefined) app.press("enter")
}

const fill = (app: App, line: string): Heard => {
  const options = app.top().typing(app.view().world)?.options
  const number = /^\d+$/.test(line) ? Number(line) : undefined
  const option = options === undefined || number === undefined ? undefined : options[number - 1]
  if (line !== "") app.put(option ?? line)
  app.press("enter")
  return "done"
}

const command = (app: App, word: string): Heard => {
  const found = find(app.view(), word)
  if (found === undefined) return "unknown"
  app.run(found)
  return "done"
}

/** Does what a line says. */
export const answer = (app: App, line: string): Heard => {
  if (prompt(app.view()) !== undefined) {
    if (line === ".") app.press("esc")
    else if (/^\.[a-z]/i.test(line)) return command(app, line.slice(1))
    else return fill(app, line)
    return "done"
  }
  const said = line.trim().replace(/^\.(?=.)/, "")
  if (said === "") {
    app.press("enter")
    return "done"
  }
  if (said === ".") {
    app.press("esc")
    return "done"
  }
  if (said === "more") return "more"
  if (said.startsWith("/")) {
    app.press("/")
    app.put(said.slice(1).trim())
    app.press("enter")
    return "done"
  }
  const numbered = /^(\d+)(?:\s+(.+))?$/.exec(said)
  if (numbered === null) return command(app, said)
  const [, number, word] = numbered
  const index = Number(number) - 1
  const count = app.top().choices(app.view().world)?.count ?? 0
  if (index < 0 || index >= count) return "unknown"
  if (word === undefined) choose(app, index)
  else {
    app.choose(index)
    return command(app, word)
  }
  return "done"
}
