/** The keys, made of the tables of commands: those of the screen first. */
import { keyText } from "../../command/Keys.ts"
import type { BoundCommand, Command, Screen, ScreenKind } from "../../command/Screen.ts"
import { show } from "../../command/Screen.ts"
import * as Lines from "../../lines/Line.ts"

interface State {
  readonly title: string
  readonly own: ReadonlyArray<BoundCommand>
  readonly everywhere: ReadonlyArray<BoundCommand>
  readonly from: number
}

const keysOf = ({ keys }: Pick<BoundCommand, "keys">): string => keys.map(keyText).join(" ")

const saying = ({ about, label }: BoundCommand): string => (about === undefined ? label : `${label}: ${about}`)

const linesOf = ({ everywhere, own }: State, columns: number): ReadonlyArray<Lines.Line> => {
  const acts = own.filter(({ isQuiet }) => isQuiet !== true)
  const moves = own.filter(({ isQuiet }) => isQuiet === true)
  const part = (head: string, commands: ReadonlyArray<BoundCommand>): ReadonlyArray<Lines.Line> =>
    commands.length === 0
      ? []
      : [
          Lines.line(head, "strong"),
          ...commands.flatMap((command) => {
            const [first = "", ...rest] = Lines.wrap(saying(command), Math.max(16, columns - 18))
            return [
              [Lines.span(` ${keysOf(command).padEnd(16)} `, "busy"), Lines.span(first)],
              ...rest.map((text) => Lines.line(`${" ".repeat(18)}${text}`))
            ]
          }),
          Lines.blank
        ]
  return [...part("On this screen", acts), ...part("Moving about", moves), ...part("Everywhere", everywhere)]
}

const scroll =
  (by: number) =>
  (state: State): { readonly state: State } => ({ state: { ...state, from: Math.max(0, state.from + by) } })

const commands: ReadonlyArray<Command<State>> = [
  { id: "help.down", keys: ["j", "down"], label: "Down", run: scroll(1) },
  { id: "help.up", keys: ["k", "up"], label: "Up", run: scroll(-1) },
  { id: "help.pageDown", keys: ["pagedown", "space", "ctrl-d"], label: "Page down", isQuiet: true, run: scroll(10) },
  { id: "help.pageUp", keys: ["pageup", "ctrl-u"], label: "Page up", isQuiet: true, run: scroll(-10) },
  {
    id: "help.first",
    keys: ["g", "home"],
    label: "First",
    isQuiet: true,
    run: (state) => ({ state: { ...state, from: 0 } })
  },
  { id: "help.last", keys: ["G", "end"], label: "Last", isQuiet: true, run: scroll(Number.POSITIVE_INFINITY) },
  { id: "help.back", keys: ["esc", "q", "?", "enter"], label: "Back", run: () => ({ close: true }) }
]

export const kind: ScreenKind<State> = {
  name: "Help",
  isOverlay: true,
  title: ({ title }) => `Keys of ${title}`,
  commands,
  words: (state) => linesOf(state, 76).map(Lines.textOf),
  lines: (state, _, columns, rows) => {
    const all = linesOf(state, columns)
    const from = Math.min(state.from, Math.max(0, all.length - rows))
    return all.slice(from, from + rows).map((line) => Lines.cut(line, columns))
  }
}

export const help = (screen: Screen, everywhere: ReadonlyArray<BoundCommand>) =>
  show(kind, { title: screen.name, own: screen.commands, everywhere, from: 0 })
