/** Asks for a secret that something wants, and has that asked again. */
import type { Ask } from "../../command/Ask.ts"
import { type Command, type ScreenKind, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"

interface State {
  /** `repository:home`. */
  readonly secret: string
  /** What wanted it. */
  readonly ask: Ask
  readonly because: string
  /** What becomes of it. */
  readonly fate: string
  readonly value: string
}

const about = ({ secret }: State): string => secret.replace(/^\w+:/, "")

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "password.give",
    keys: ["enter"],
    label: "Go on",
    whyNot: ({ value }) => (value === "" ? "Type the password first" : undefined),
    run: ({ ask, secret, value }) => ({ close: true, asks: [{ _tag: "Secret", name: secret, value }, ask] })
  },
  {
    id: "password.erase",
    keys: ["backspace"],
    label: "Erase",
    isQuiet: true,
    run: (state) => ({ state: { ...state, value: [...state.value].slice(0, -1).join("") } })
  },
  { id: "password.back", keys: ["esc"], label: "Back", run: () => ({ close: true }) }
]

export const kind: ScreenKind<State> = {
  name: "Password",
  isOverlay: true,
  title: (state) => `Password of ${about(state)}`,
  commands,
  words: ({ because }) => [because],
  lines: ({ because, fate, value }, _, columns) => [
    ...Lines.wrap(because, columns).map((text) => Lines.line(text)),
    Lines.blank,
    [Lines.span("Password  "), Lines.span("•".repeat([...value].length)), Lines.span("▏", "busy")],
    Lines.blank,
    ...Lines.wrap(fate, columns).map((text) => Lines.line(text, "faint"))
  ],
  typing: (state) => ({
    label: `Password of ${about(state)}`,
    value: state.value,
    isSecret: true,
    type: (now, text) => ({ state: { ...now, value: now.value + text } }),
    put: (now, text) => ({ state: { ...now, value: text } })
  })
}

const here = "It is kept until the program ends, and written nowhere."
const far = "The service keeps it, for this and for what it does later."

export const password = (secret: string, ask: Ask, because: string, { service }: World) =>
  show(kind, { secret, ask, because, fate: service === "" ? here : far, value: "" })
