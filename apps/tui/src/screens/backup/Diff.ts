/** What is different between two snapshots. */
import type { Step } from "../../command/Screen.ts"
import * as RowsScreen from "../RowsScreen.ts"
import { type Change, changeOf } from "./Rows.ts"

interface About {
  readonly repository: string
  readonly from: string
  readonly to: string
  /** For people. */
  readonly says: string
}

const words: { readonly [modifier: string]: string } = {
  "+": "added",
  "-": "removed",
  M: "changed",
  T: "other type",
  U: "metadata"
}

const options: RowsScreen.RowsOptions<Change, About> = {
  name: "Diff",
  title: ({ repository, says }) => `${repository} › ${says}`,
  table: {
    columns: [
      {
        head: "What",
        width: 10,
        text: ({ modifier }) => words[modifier] ?? modifier,
        tone: ({ modifier }) => (modifier === "-" ? "warn" : "plain")
      },
      { head: "Path", text: ({ path }) => path }
    ],
    empty: ["Nothing is different"]
  },
  list: { keyOf: ({ path }) => path, textOf: ({ modifier, path }) => `${path} ${words[modifier] ?? ""}` },
  query: ({ from, repository, to }) => ({ type: "diff", request: { repository, from, to } }),
  parse: changeOf,
  one: "change",
  commands: []
}

export const kind = RowsScreen.kindOf(options)

export const diff = <S>(about: About): Step<S> => RowsScreen.open(kind, options, about)
