/**
 * Screens as lines that stay: numbered choices, answers by line. The same screens and the same tables of commands as on
 * the window, with another view of them.
 */
import { printable } from "@ourclone/core/events/PrintableText"
import { type BoundCommand, fitting, type Screen } from "../command/Screen.ts"
import type { App, View } from "../program/App.ts"

export const pageSize = 20

const topOf = ({ stack }: View) => stack.at(-1)!

/** What may be said here, without what only moves about. */
const offered = (view: View): ReadonlyArray<BoundCommand> => {
  const { everywhere, world } = view
  const own = topOf(view).commands.filter(({ isQuiet, whyNot }) => isQuiet !== true && whyNot(world) === undefined)
  return topOf(view).isOverlay ? own : [...own, ...everywhere.filter(({ id }) => id === "help" || id === "quit")]
}

/** Where else one may go, by a word each, or two where the one means something else here. */
const elsewhere = (view: View): string => {
  const own = new Set(topOf(view).commands.map(({ label }) => label.toLowerCase()))
  const names = view.everywhere.flatMap(({ id, label }) => {
    if (!id.startsWith("go.")) return []
    const word = id.slice("go.".length)
    return [own.has(word) ? label.toLowerCase() : word]
  })
  return names.length === 0 ? "" : `. Screens: ${names.join(", ")}`
}

/** The prompt of a field that takes text; undefined where choices are offered. */
export const prompt = (view: View): { readonly text: string; readonly isSecret: boolean } | undefined => {
  const typing = topOf(view).typing(view.world)
  if (typing === undefined || typing.label === "Filter") return undefined
  const { about, isSecret, label, options, value } = typing
  const choices =
    options === undefined
      ? ""
      : ` [${options.map((option, index) => `${index + 1} ${option === "–" ? "as it is" : option}`).join(", ")}]`
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
  if (prompt(view) !== undefined) return ["", head, ...words, hint(view)]
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
  return ["", head, ...words, ...shown, ...more, hint(view)]
}

const isForm = ({ commands }: Screen): boolean => commands.some(({ id }) => id === "form.submit")

/** How a command is said in a line: by its letter, or by its name where its key is none that can be written. */
const saying = (screen: Screen, { keys, label }: BoundCommand): string => {
  if (keys.includes("esc")) return `${label} (.)`
  if (keys.includes("enter")) return isForm(screen) ? label : `${label} (an empty line)`
  const letter = keys.find((key) => key.length === 1)
  return letter === undefined ? label : `${letter} ${label}`
}

/** What lines mean on every screen, for who has not been here before. */
export const welcome =
  "Answer with a line: a number chooses, a letter or a name does what it stands for, `2 delete` does it with the second. " +
  "/word leaves what holds the word, more shows the rest, . goes back, ? tells of the screen, quit leaves; what runs goes on."

/** What may be said now. */
export const hint = (view: View): string => {
  if (prompt(view) === undefined) {
    const commands = offered(view).map((command) => saying(topOf(view), command))
    const number = topOf(view).choices(view.world) === undefined ? "Say" : "Say a number, or"
    return `${number}: ${commands.join(", ")}${elsewhere(view)}`
  }
  return "A line fills it in, an empty one leaves it as it is; .done ends, . goes back, .quit leaves; \\. begins a text with a dot."
}

const hasList = ({ commands }: Screen): boolean => commands.some(({ id }) => id === "list.filter")

/** What ends the asking: of a form from any field, of anything else what its line does. */
const finish = ({ commands }: Screen): BoundCommand | undefined =>
  commands.find(({ keys }) => keys.includes("ctrl-s")) ?? commands.find(({ keys }) => keys.includes("enter"))

const find = (view: View, word: string): BoundCommand | undefined => {
  const lower = word.toLowerCase()
  const of = (is: (command: BoundCommand) => boolean): BoundCommand | undefined =>
    fitting(topOf(view).commands.filter(is), view.world) ?? fitting(view.everywhere.filter(is), view.world)
  return (
    of(({ keys }) => keys.includes(word)) ??
    of(({ label }) => label.toLowerCase() === lower) ??
    (lower === "done" && prompt(view) !== undefined ? finish(topOf(view)) : undefined) ??
    of(({ id, label }) => label.toLowerCase().startsWith(lower) || id === lower)
  )
}

/** `first` where there is nothing to go back to. */
export type Heard = "done" | "more" | "unknown" | "first"

const choose = (app: App, index: number): void => {
  app.choose(index)
  // A field of a form is filled in next; anything else is opened.
  if (prompt(app.view()) === undefined) app.press("enter")
}

/** A choice by its number or its name; what is none of them is asked for once more. */
const fill = (app: App, line: string): Heard => {
  const options = app.top().typing(app.view().world)?.options
  const said = line.trim()
  const option = /^\d+$/.test(said) ? options?.[Number(said) - 1] : undefined
  if (line !== "") app.put(option ?? (options === undefined ? line : said))
  const isWrong = options !== undefined && said !== "" && app.view().notice !== undefined
  if (!isWrong) app.press("enter")
  return "done"
}

const command = (app: App, word: string): Heard => {
  const view = app.view()
  const found = find(view, word)
  // What does not say why not is not there now.
  if (found === undefined || found.whyNot(view.world) === "") return "unknown"
  app.run(found)
  return "done"
}

const back = (app: App): Heard => {
  const before = app.top()
  app.press("esc")
  return app.top() === before ? "first" : "done"
}

/** Does what a line says. */
export const answer = (app: App, line: string): Heard => {
  if (prompt(app.view()) !== undefined) {
    if (line.trim() === ".") return back(app)
    if (/^\.[a-z]/i.test(line)) return command(app, line.slice(1).trim())
    return fill(app, line.replace(/^\\(?=\.)/, ""))
  }
  const said = line.trim().replace(/^\.(?=.)/, "")
  // No line begins by chance what a form is for.
  if (said === "" && isForm(app.top())) return "unknown"
  if (said === "") {
    app.press("enter")
    return "done"
  }
  if (said === ".") return back(app)
  if (said === "more") return "more"
  if (said.startsWith("/")) {
    if (!hasList(app.top())) return "unknown"
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
