/** The versions of a file, the newest first: one of them can be brought back. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { told } from "../../words/Remedies.ts"
import { question } from "../asked/Question.ts"

/** Of a row of the query `versions`. */
interface Version {
  readonly versionId: string
  readonly kind: "Stored" | "Hidden"
  readonly size: number
  readonly storedAt: number
}

interface State {
  readonly place: string
  readonly list: List.List<Version>
  readonly problem: string
  readonly isLoading: boolean
}

const lens: ListCommands.Lens<State, Version> = { get: ({ list }) => list, set: (state, list) => ({ ...state, list }) }

const isVersion = (row: unknown): row is Version =>
  typeof row === "object" && row !== null && "versionId" in row && typeof row.versionId === "string"

const table: Table.Table<Version, World> = {
  columns: [
    { head: "Stored", width: 20, text: ({ storedAt }) => Amount.time(storedAt) },
    {
      head: "Size",
      width: 10,
      isRight: true,
      text: ({ kind, size }) => (kind === "Hidden" ? "deleted" : Amount.bytes(size)),
      tone: ({ kind }) => (kind === "Hidden" ? "warn" : "plain")
    },
    { head: "Version", text: ({ versionId }) => versionId }
  ],
  empty: ["No versions are kept of it"]
}

const commands: ReadonlyArray<Command<State>> = [
  ...ListCommands.commands(lens),
  {
    id: "versions.restore",
    keys: ["R", "enter"],
    label: "Restore this one",
    about: "Makes it the newest version again; the others stay",
    whyNot: ({ list }) => {
      const version = List.chosen(list)
      return version === undefined
        ? "There is no version here"
        : version.kind === "Hidden"
          ? "It says that the file was deleted; choose a stored one"
          : undefined
    },
    run: ({ list, place }) => {
      const version = List.chosen(list)
      if (version === undefined) return {}
      const name = Places.lastName(place)
      return {
        open: question(
          "Restore?",
          [`${name} becomes what it was at ${Amount.time(version.storedAt)}. The versions that are there stay.`],
          [
            {
              label: `Restore ${name} of ${Amount.time(version.storedAt)}`,
              asks: [
                {
                  _tag: "Start",
                  tag: "restore",
                  kind: "undelete",
                  request: { path: place, versionId: version.versionId },
                  isShown: false
                }
              ]
            }
          ]
        )
      }
    }
  },
  {
    id: "versions.download",
    keys: ["c"],
    label: "Copy here",
    about: "Copies this version into the folder where the program was begun",
    whyNot: ({ list }) => (List.chosen(list)?.kind === "Stored" ? undefined : "Choose a stored version"),
    run: ({ list, place }, { directory }) => ({
      asks: [
        {
          _tag: "Start",
          tag: "copy",
          kind: "copy",
          request: {
            source: place,
            destination: Places.asFolder(directory),
            versionId: List.chosen(list)?.versionId ?? ""
          },
          isShown: false
        }
      ]
    })
  },
  {
    id: "versions.back",
    keys: ["esc", "q", "h", "left"],
    label: "Back",
    run: ListCommands.orDropFilter(lens, () => ({ close: true }))
  }
]

export const kind: ScreenKind<State> = {
  name: "Versions",
  title: ({ place }, { home }) => `Versions › ${Places.short(place, home)}`,
  status: ({ isLoading, list }) => (isLoading ? "looking" : Amount.counted(list.items.length, "version")),
  commands,
  lines: ({ isLoading, list, problem }, world, columns, rows) => {
    if (problem !== "")
      return Lines.wrap(printable(problem), columns - 4).map((text) => Lines.line(`   ${text}`, "bad"))
    if (isLoading && list.items.length === 0) return [Lines.blank, Lines.line("   Looking", "faint")]
    return Table.lines(table, list, world, { columns, rows, marks: world.marks })
  },
  words: ({ problem }) => (problem === "" ? [] : [problem]),
  choices: (state, world) => ListCommands.choices(lens, state, (version) => Table.spoken(table, version, world)),
  choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows, line),
  typing: (state) => ListCommands.typing(lens, state),
  hear: (state, answer): Step<State> => {
    if (!("tag" in answer) || answer.tag !== "versions") return {}
    if (answer._tag === "Rows") {
      const found = [...state.list.items, ...answer.rows.filter(isVersion)]
      return { state: { ...state, list: List.withItems(state.list, found) } }
    }
    if (answer._tag === "Failed") return { state: { ...state, isLoading: false, problem: told(answer.failure) } }
    return answer._tag === "End" ? { state: { ...state, isLoading: false } } : {}
  }
}

export const versions = <S>(place: string): Step<S> => {
  const list = List.make<Version>({ keyOf: ({ versionId }) => versionId, textOf: ({ versionId }) => versionId })
  return {
    open: show(kind, { place, list, problem: "", isLoading: true }),
    asks: [{ _tag: "Rows", tag: "versions", type: "versions", request: { path: place } }]
  }
}
