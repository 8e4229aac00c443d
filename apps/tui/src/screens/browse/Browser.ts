/** Two places side by side: marked files go from the one to the other, with the plan first. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import type * as Schema from "effect/Schema"
import type { Answer } from "../../command/Ask.ts"
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { told } from "../../words/Remedies.ts"
import { question } from "../asked/Question.ts"
import * as Field from "../form/Field.ts"
import { form } from "../form/Form.ts"
import { plan } from "../migrate/Plan.ts"
import { type Entry, type Order, orders } from "./Entry.ts"
import * as Pane from "./Pane.ts"
import * as PaneLines from "./PaneLines.ts"
import { versions } from "./Versions.ts"

type Side = 0 | 1

interface State {
  readonly panes: readonly [Pane.Pane, Pane.Pane]
  readonly side: Side
  /** Panes whose list has begun to come. */
  readonly hasRows: readonly [boolean, boolean]
  readonly compares: boolean
  /** What was deleted last, to be brought back. */
  readonly removed: Schema.Json | undefined
  /** How many tasks had ended when the panes were listed. */
  readonly ended: number
}

const twoFrom = 76

const paneOf = ({ panes, side }: State): Pane.Pane => panes[side]
const otherOf = ({ panes, side }: State): Pane.Pane => panes[side === 0 ? 1 : 0]

const withPane = (state: State, side: Side, pane: Pane.Pane): State => ({
  ...state,
  panes: side === 0 ? [pane, state.panes[1]] : [state.panes[0], pane]
})

const lens: ListCommands.Lens<State, Entry> = {
  get: (state) => paneOf(state).list,
  set: (state, list) => withPane(state, state.side, { ...paneOf(state), list })
}

const chosen = (state: State): Entry | undefined => List.chosen(paneOf(state).list)
const meant = (state: State): ReadonlyArray<Entry> => List.meant(paneOf(state).list)

const listAgain = (state: State, side: Side, pane: Pane.Pane): Step<State> => ({
  state: {
    ...withPane(state, side, pane),
    hasRows: side === 0 ? [false, state.hasRows[1]] : [state.hasRows[0], false]
  },
  asks: [Pane.ask(pane, String(side))]
})

const goTo = (state: State, place: string, wanted = ""): Step<State> =>
  listAgain(state, state.side, Pane.at(place, paneOf(state).order, wanted))

const enter = (state: State): Step<State> => {
  const entry = chosen(state)
  if (entry === undefined) return {}
  if (entry.isFolder) return goTo(state, Places.inside(paneOf(state).place, entry.name))
  return versions(Places.inside(paneOf(state).place, entry.name))
}

const goUp = (state: State): Step<State> => {
  const { place } = paneOf(state)
  const above = Places.above(place)
  return above === undefined ? { close: true } : goTo(state, above, Places.lastName(place))
}

/** The files meant as one job: a whole folder, one file, or a folder with a filter. */
const subject = (
  state: State
): {
  readonly place: string
  readonly name: string
  readonly isFolder: boolean
  readonly include?: ReadonlyArray<string>
} => {
  const entries = meant(state)
  const { place } = paneOf(state)
  const [one] = entries
  return entries.length === 1 && one !== undefined
    ? { place: Places.inside(place, one.name), name: one.name, isFolder: one.isFolder }
    : { place: Places.asFolder(place), name: "", isFolder: true, include: Places.only(entries) }
}

const transfer =
  (kind: "copy" | "move") =>
  (state: State): Step<State> => {
    const { include, isFolder, name, place } = subject(state)
    const to = otherOf(state).place
    const destination = isFolder && name !== "" ? Places.inside(to, name) : Places.asFolder(to)
    return plan(kind, {
      source: isFolder ? Places.asFolder(place) : place,
      destination,
      ...(include === undefined ? {} : { include: [...include] })
    })
  }

const sync = (state: State): Step<State> =>
  plan("sync", { source: Places.asFolder(paneOf(state).place), destination: Places.asFolder(otherOf(state).place) })

const countText = (entries: ReadonlyArray<Entry>): string => {
  const folders = entries.filter(({ isFolder }) => isFolder).length
  const files = entries.length - folders
  return [
    files > 0 ? Amount.files(files) : undefined,
    folders > 0
      ? `${Amount.counted(folders, "folder")} with all that is in ${folders === 1 ? "it" : "them"}`
      : undefined
  ]
    .filter((part) => part !== undefined)
    .join(" and ")
}

const askToDelete = (state: State, { home }: World): Step<State> => {
  const entries = meant(state)
  const { include, isFolder, name, place } = subject(state)
  const request = {
    path: isFolder ? Places.asFolder(place) : place,
    ...(isFolder ? { recursive: true } : {}),
    ...(include === undefined ? {} : { include: [...include] })
  }
  const what = entries.length === 1 ? name : countText(entries)
  const isLocal = !/^[^/]+:/.test(place)
  const says = [
    `${countText(entries)} in ${Places.short(paneOf(state).place, home)}${entries.length === 1 ? `: ${name}` : ""}`,
    isLocal
      ? "On this computer they are gone for good."
      : "Where the storage keeps versions, they stay, and U brings them back."
  ]
  return {
    state: { ...lens.set(state, List.unmarkAll(paneOf(state).list)), removed: isLocal ? undefined : request },
    open: question("Delete?", says, [
      { label: `Delete ${what}`, asks: [{ _tag: "Start", tag: "remove", kind: "remove", request, isShown: false }] }
    ])
  }
}

const isRoot = ({ place }: Pane.Pane): boolean => place.endsWith(":") && Places.above(place) === undefined

const nothingMeant = (state: State): string | undefined =>
  meant(state).length === 0 ? "Nothing is chosen here" : undefined

const notAtRoot = (state: State): string | undefined =>
  isRoot(paneOf(state)) ? "Open a bucket first" : nothingMeant(state)

const notToRoot = (state: State): string | undefined =>
  isRoot(otherOf(state)) ? "Open a bucket in the other pane first (Tab)" : notAtRoot(state)

const make = (state: State): Step<State> => {
  const { place } = paneOf(state)
  const what = isRoot(paneOf(state)) ? "bucket" : "folder"
  return {
    open: form({
      title: `Make a ${what}`,
      fields: [Field.text("name", "Name", `In ${place}`, { isRequired: true })],
      submitLabel: `Make ${what}`,
      submit: ({ name = "" }) => {
        const made = Places.inside(place, name)
        const job =
          what === "bucket"
            ? { kind: "createBucket", request: { bucket: made } }
            : { kind: "mkdir", request: { path: made } }
        return { close: true, asks: [{ _tag: "Start", tag: "make", ...job, isShown: false }] }
      }
    })
  }
}

const goForm = (_: State, world: World): Step<State> => ({
  open: form({
    title: "Go to",
    fields: [Field.text("place", "Place", "photos:my-bucket/2024, ~/Pictures", { isRequired: true })],
    submitLabel: "Go",
    submit: ({ place = "" }) => ({
      close: true,
      asks: [{ _tag: "Keep", name: "goTo", value: Places.absolute(place, world.home, world.directory) }]
    })
  })
})

const nextOrder = (order: Order): Order => {
  const all = Object.keys(orders) as ReadonlyArray<Order>
  return all[(all.indexOf(order) + 1) % all.length]!
}

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "browser.other",
    keys: ["tab", "shift-tab"],
    label: "Other pane",
    run: (state) => ({ state: { ...state, side: state.side === 0 ? 1 : 0 } })
  },
  {
    id: "browser.open",
    keys: ["enter", "l", "right"],
    label: "Open",
    about: "A folder; the versions of a file",
    whyNot: (state) => (chosen(state) === undefined && !paneOf(state).list.isFiltering ? "Nothing is here" : undefined),
    run: ListCommands.enter(lens, enter)
  },
  { id: "browser.up", keys: ["h", "left", "backspace"], label: "Up", isQuiet: true, run: goUp },
  {
    id: "browser.copy",
    keys: ["c"],
    label: "Copy",
    about: "What is marked, else what is chosen, to the other pane; the plan comes first",
    whyNot: notToRoot,
    run: transfer("copy")
  },
  {
    id: "browser.move",
    keys: ["m"],
    label: "Move",
    about: "To the other pane, removing it here once it is safe there; the plan comes first",
    whyNot: notToRoot,
    run: transfer("move")
  },
  {
    id: "browser.sync",
    keys: ["s"],
    label: "Sync",
    about: "Make the folder of the other pane the same as this one; the plan comes first",
    whyNot: (state) =>
      isRoot(paneOf(state)) || isRoot(otherOf(state)) ? "Open a bucket in both panes first (Tab)" : undefined,
    run: sync
  },
  {
    id: "browser.delete",
    keys: ["d"],
    label: "Delete",
    about: "What is marked, else what is chosen; asks with the count and the name",
    whyNot: notAtRoot,
    run: askToDelete
  },
  {
    id: "browser.undo",
    keys: ["U"],
    label: "Undo delete",
    whyNot: ({ removed }) => (removed === undefined ? "Nothing was deleted here that could come back" : undefined),
    run: (state) => ({
      state: { ...state, removed: undefined },
      asks: [{ _tag: "Start", tag: "undelete", kind: "undelete", request: state.removed ?? {}, isShown: false }]
    })
  },
  {
    id: "browser.versions",
    keys: ["v"],
    label: "Versions",
    whyNot: (state) => {
      const entry = chosen(state)
      return entry === undefined || entry.isFolder ? "Choose a file" : undefined
    },
    run: (state) => versions(Places.inside(paneOf(state).place, chosen(state)?.name ?? ""))
  },
  {
    id: "browser.compare",
    keys: ["="],
    label: "Compare",
    about: "Shows what the other pane lacks, or has in another size",
    run: (state) => ({ state: { ...state, compares: !state.compares } })
  },
  {
    id: "browser.make",
    keys: ["n"],
    label: "New folder",
    about: "Or a new bucket, where buckets are listed",
    run: make
  },
  { id: "browser.goTo", keys: ["e"], label: "Go to", about: "A place by its name", run: goForm },
  {
    id: "browser.order",
    keys: ["o"],
    label: "Order",
    about: "By name, by size, by time",
    isQuiet: true,
    run: (state) => {
      const order = nextOrder(paneOf(state).order)
      return { state: withPane(state, state.side, Pane.inOrder(paneOf(state), order)), notice: `By ${order}` }
    }
  },
  {
    id: "browser.size",
    keys: ["i"],
    label: "Size",
    about: "How much is in the folder",
    isQuiet: true,
    whyNot: (state) => (chosen(state) === undefined ? "Nothing is here" : undefined),
    run: (state) => ({
      asks: [
        {
          _tag: "Rows",
          tag: "size",
          type: "size",
          request: { path: Places.inside(paneOf(state).place, chosen(state)?.name ?? "") }
        }
      ]
    })
  },
  {
    id: "browser.refresh",
    keys: ["u"],
    label: "Refresh",
    isQuiet: true,
    run: (state) => listAgain(state, state.side, Pane.again(paneOf(state)))
  },
  {
    id: "browser.copyPath",
    keys: ["y"],
    label: "Copy path",
    isQuiet: true,
    run: (state) => {
      const text = Places.inside(paneOf(state).place, chosen(state)?.name ?? "")
      return { asks: [{ _tag: "Copy", text }], notice: `Copied ${text}` }
    }
  },
  ...ListCommands.commands(lens, { marks: true }),
  {
    id: "browser.back",
    keys: ["esc", "q"],
    label: "Back",
    run: ListCommands.orDropFilter(lens, () => ({ close: true }))
  }
]

const look = (state: State, side: Side, { home, marks, now }: World): PaneLines.Look => ({
  now,
  home,
  marks,
  isActive: side === state.side,
  other: state.compares ? state.panes[side === 0 ? 1 : 0] : undefined
})

const paneLines = (state: State, side: Side, world: World, columns: number, rows: number) =>
  PaneLines.lines(state.panes[side], look(state, side, world), columns, rows)

const sumText = (state: State): string => {
  const { list } = paneOf(state)
  if (list.marks.size === 0) {
    const entry = chosen(state)
    if (!state.compares || entry === undefined) return ""
    return PaneLines.differs(entry, PaneLines.rowOf({ now: 0, other: otherOf(state) }).other)
      ? ` not the same at the other side: ${printable(entry.name)}`
      : ` the same at the other side: ${printable(entry.name)}`
  }
  const entries = List.meant(list)
  const bytes = entries.reduce((sum, { size = 0 }) => sum + size, 0)
  return ` ${countText(entries)} marked, ${Amount.bytes(bytes)}`
}

const endedCount = ({ tasks }: World): number => tasks.filter(({ state }) => hasEnded(state)).length

const hear = (state: State, answer: Answer): Step<State> => {
  if (!("tag" in answer)) return {}
  if (answer.tag === "size") {
    if (answer._tag !== "Rows") return answer._tag === "Failed" ? { notice: told(answer.failure) } : {}
    const found = answer.rows.find((row) => (row as { readonly _tag?: string })._tag === "Size") as
      | { readonly files: number; readonly bytes: number }
      | undefined
    return found === undefined ? {} : { notice: `${Amount.files(found.files)}, ${Amount.bytes(found.bytes)}` }
  }
  if (answer.tag !== "0" && answer.tag !== "1") return {}
  const side: Side = answer.tag === "0" ? 0 : 1
  const pane = state.panes[side]
  if (answer._tag === "Rows") {
    const isFirst = !state.hasRows[side]
    const next = withPane(state, side, Pane.withRows(pane, answer.rows, isFirst))
    return { state: { ...next, hasRows: side === 0 ? [true, next.hasRows[1]] : [next.hasRows[0], true] } }
  }
  if (answer._tag === "End")
    return { state: withPane(state, side, Pane.ended(pane, answer.isCut, state.hasRows[side])) }
  if (answer._tag === "Failed") return { state: withPane(state, side, Pane.failed(pane, told(answer.failure))) }
  return {}
}

/** Both panes once more when a task has ended: it may have changed them. */
const changed = (state: State, world: World): Step<State> => {
  const ended = endedCount(world)
  const wanted = world.kept["goTo"]
  if (typeof wanted === "string" && wanted !== "") {
    const step = goTo({ ...state, ended }, wanted)
    return { ...step, asks: [...(step.asks ?? []), { _tag: "Keep", name: "goTo", value: "" }] }
  }
  if (ended === state.ended) return {}
  const panes: State["panes"] = [Pane.again(state.panes[0]), Pane.again(state.panes[1])]
  return {
    state: { ...state, ended, panes, hasRows: [false, false] },
    asks: [Pane.ask(panes[0], "0"), Pane.ask(panes[1], "1")]
  }
}

export const kind: ScreenKind<State> = {
  name: "Browser",
  title: (state, { home }) => `Storage › ${Places.short(paneOf(state).place, home)}`,
  status: (state) => {
    const count = paneOf(state).list.marks.size
    return count === 0 ? "" : `${count} marked`
  },
  commands,
  lines: (state, world, columns, rows) => {
    const body =
      columns < twoFrom
        ? paneLines(state, state.side, world, columns, rows - 1)
        : ((left: number): ReadonlyArray<Lines.Line> =>
            Lines.beside(
              Lines.height(paneLines(state, 0, world, left, rows - 1), rows - 1),
              left,
              Lines.height(paneLines(state, 1, world, columns - left - 1, rows - 1), rows - 1),
              columns - left - 1,
              Lines.span(world.marks.wall, "faint")
            ))(Math.floor((columns - 1) / 2))
    return [...Lines.height(body, rows - 1), Lines.cut(Lines.line(sumText(state), "faint"), columns)]
  },
  words: (state, { home }) => {
    const pane = paneOf(state)
    const other = Places.short(otherOf(state).place, home)
    return [
      ...(pane.problem === "" ? [] : [pane.problem]),
      `Other pane: ${other}`,
      ...(sumText(state) === "" ? [] : [sumText(state).trim()])
    ]
  },
  choices: (state, world) =>
    ListCommands.choices(lens, state, (entry) =>
      Table.spoken(PaneLines.table, entry, PaneLines.rowOf(look(state, state.side, world)))
    ),
  choiceAt: (state, _, __, rows, line) => Table.rowAt(paneOf(state).list, rows - 2, line - 1),
  typing: (state) => ListCommands.typing(lens, state),
  hear,
  changed
}

/** `place` in one pane, this computer in the other. */
export const browser = <S>(place: string, world: World): Step<S> => {
  const panes: State["panes"] = [Pane.at(world.directory), Pane.at(place)]
  const state: State = {
    panes,
    side: 1,
    hasRows: [false, false],
    compares: false,
    removed: undefined,
    ended: endedCount(world)
  }
  return { open: show(kind, state), asks: [Pane.ask(panes[0], "0"), Pane.ask(panes[1], "1")] }
}
