/** Add Storage: which kind, then a form made of what that kind can be told; what does not work is not kept. */
import type { Failure } from "@ourclone/core/events/Failure"
import { printable } from "@ourclone/core/events/PrintableText"
import type { OptionTexts, StorageType } from "../../command/Ask.ts"
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import { told } from "../../words/Remedies.ts"
import { blameName } from "../form/Blame.ts"
import * as Field from "../form/Field.ts"
import { form } from "../form/Form.ts"

interface State {
  readonly list: List.List<StorageType>
  /** Said where there is nothing to choose. */
  readonly without: string
}

const lens: ListCommands.Lens<State, StorageType> = {
  get: ({ list }) => list,
  set: (state, list) => ({ ...state, list })
}

const names: { readonly [type: string]: string } = {
  b2: "Backblaze B2",
  s3: "Amazon S3 and what speaks like it",
  sftp: "SFTP",
  webdav: "WebDAV",
  local: "This computer"
}

export const nameOf = (type: string): string => names[type] ?? type

const table: Table.Table<StorageType, World> = {
  columns: [
    { head: "Storage", width: 34, text: ({ type }) => nameOf(type) },
    { head: "", isSentence: true, text: ({ description }) => description }
  ],
  empty: []
}

/** Required ones first; what keys are is asked before what few ever change. */
const fieldsOf = ({ options }: StorageType) => {
  const sorted = [...options.filter(({ isRequired }) => isRequired), ...options.filter(({ isRequired }) => !isRequired)]
  return sorted.map((option) => Field.ofSchema(option))
}

/** Options that say where the service is. */
const addresses = ["endpoint", "url", "host"]

/** What was refused is the key; where nobody answers, it is the address, if one was typed. */
const blame =
  ({ options }: StorageType) =>
  (failure: Failure, values: Field.Values): string | undefined => {
    const written = options.filter(({ name }) => (values[name] ?? "") !== "")
    if (failure.code === "Unauthenticated") {
      return (written.find(({ kind }) => kind === "secret") ?? options.find(({ kind }) => kind === "secret"))?.name
    }
    if (failure.code === "Unavailable") return written.find(({ name }) => addresses.includes(name))?.name
    return blameName(failure)
  }

const formOf = (type: StorageType) => {
  const kinds = new Map(type.options.map(({ kind, name }) => [name, kind]))
  return form({
    title: `Storage › Add ${nameOf(type.type)}`,
    says: [type.description],
    fields: [
      Field.text("name", "Name", "What it is called here: photos, then photos:my-bucket is a place", {
        isRequired: true
      }),
      ...fieldsOf(type)
    ],
    submitLabel: "Add Storage",
    blame: blame(type),
    submit: ({ name = "", ...values }) => {
      const options: Record<string, string | number | boolean> = {}
      for (const [option, written] of Object.entries(values)) {
        const value = Field.readAs(kinds.get(option) ?? "text", written)
        if (value !== undefined && !Array.isArray(value)) options[option] = value as string | number | boolean
      }
      const given: OptionTexts = options
      return { asks: [{ _tag: "AddStorage", tag: "add", name, type: type.type, options: given }] }
    },
    done: (answer, { name }) =>
      answer._tag === "Said" ? { close: true, notice: `Added ${name}. ${answer.says}` } : undefined
  })
}

const choose = ({ list }: State): Step<State> => {
  const type = List.chosen(list)
  return type === undefined ? {} : { close: true, open: formOf(type) }
}

const commands: ReadonlyArray<Command<State>> = [
  ...ListCommands.commands(lens),
  { id: "addStorage.choose", keys: ["enter", "l", "right"], label: "Choose", run: ListCommands.enter(lens, choose) },
  {
    id: "addStorage.back",
    keys: ["esc", "q", "h", "left"],
    label: "Back",
    run: ListCommands.orDropFilter(lens, () => ({ close: true }))
  }
]

export const kind: ScreenKind<State> = {
  name: "Add Storage",
  title: () => "Storage › Add Storage",
  commands,
  lines: ({ list, without }, world, columns, rows) =>
    Table.lines({ ...table, empty: Lines.wrap(printable(without), columns - 4) }, list, world, {
      columns,
      rows,
      marks: world.marks
    }),
  words: ({ list, without }) => (list.items.length === 0 ? [without] : []),
  choices: (state, world) => ListCommands.choices(lens, state, (type) => Table.spoken(table, type, world)),
  choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows, line),
  typing: (state) => ListCommands.typing(lens, state),
  hear: (state, answer) => {
    if (answer._tag === "Failed") return { state: { ...state, without: told(answer.failure) } }
    if (answer._tag !== "Types") return {}
    const types = answer.types.filter(({ type }) => type !== "local")
    return { state: { list: List.withItems(state.list, types), without: "No kind of storage is known here." } }
  }
}

export const addStorage = <S>(): Step<S> => ({
  open: show(kind, {
    list: List.make<StorageType>({ keyOf: ({ type }) => type, textOf: ({ type }) => nameOf(type) }),
    without: "Looking"
  }),
  asks: [{ _tag: "Types", tag: "types" }]
})
