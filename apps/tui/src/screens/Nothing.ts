/** A screen of what there is nothing of yet. */
import { type ScreenKind, show } from "../command/Screen.ts"
import * as Lines from "../lines/Line.ts"

const kind: ScreenKind<{ readonly name: string }> = {
  name: "Nothing",
  title: ({ name }) => name,
  commands: [],
  lines: () => [Lines.blank, Lines.line("   Nothing here yet")]
}

export const nothing = (name: string) => show(kind, { name })
