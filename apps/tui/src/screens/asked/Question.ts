/** A question before something that destroys or ends: what it does is said in the answer, and Back is chosen first. */
import { printable } from "@ourclone/core/events/PrintableText"
import type { Answer, Ask } from "../../command/Ask.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import * as Lines from "../../lines/Line.ts"

export interface Choice {
  /** Verb and object: `Delete 37 files`. */
  readonly label: string
  readonly asks?: ReadonlyArray<Ask>
  readonly notice?: string
  /** What the screen below hears. */
  readonly hand?: Answer
}

interface State {
  readonly title: string
  readonly says: ReadonlyArray<string>
  readonly choices: ReadonlyArray<Choice>
  readonly at: number
}

const take = ({ at, choices }: State): Step<State> => {
  const { asks = [], hand, notice } = choices[at]!
  return { close: true, asks, ...(notice === undefined ? {} : { notice }), ...(hand === undefined ? {} : { hand }) }
}

const move =
  (by: number) =>
  (state: State): Step<State> => ({
    state: { ...state, at: (state.at + by + state.choices.length) % state.choices.length }
  })

const commands: ReadonlyArray<Command<State>> = [
  { id: "question.take", keys: ["enter"], label: "Choose", run: take },
  { id: "question.next", keys: ["j", "l", "down", "right", "tab"], label: "Next", isQuiet: true, run: move(1) },
  { id: "question.before", keys: ["k", "h", "up", "left"], label: "Before", isQuiet: true, run: move(-1) },
  { id: "question.back", keys: ["esc", "q"], label: "Back", run: () => ({ close: true }) }
]

const kind: ScreenKind<State> = {
  name: "Question",
  isOverlay: true,
  title: ({ title }) => title,
  commands,
  words: ({ says }) => says,
  lines: ({ at, choices, says }, _, columns) => [
    ...says.flatMap((text) => Lines.wrap(printable(text), columns)).map((text) => Lines.line(text)),
    Lines.blank,
    ...choices.map(({ label }, index) =>
      Lines.cut(
        Lines.line(`${index === at ? ">" : " "} ${printable(label)}`, index === at ? "chosen" : "plain"),
        columns
      )
    )
  ],
  choices: ({ at, choices }) => ({
    count: choices.length,
    at,
    say: (index) => choices[index]?.label ?? "",
    select: (state, index) => ({ ...state, at: Math.max(0, Math.min(index, choices.length - 1)) })
  }),
  choiceAt: (state, _, columns, __, line) => {
    const above = state.says.flatMap((text) => Lines.wrap(printable(text), columns)).length + 1
    return line >= above && line < above + state.choices.length ? line - above : undefined
  }
}

export const question = (title: string, says: ReadonlyArray<string>, choices: ReadonlyArray<Choice>) => {
  const all = [...choices, { label: "Back" }]
  return show(kind, { title, says, choices: all, at: all.length - 1 })
}

export const questionKind = kind
