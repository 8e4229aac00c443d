/** Two places side by side: marked files go from the one to the other, with the plan first. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Answer } from "../../command/Ask.ts"
import * as ListCommands from "../../command/ListCommands.ts"
import { type ScreenKind, type Step, show } from "../../command/Screen.ts"
import { endedMark, type World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { told } from "../../words/Remedies.ts"
import { countText, goTag, removalTag } from "./Acts.ts"
import { commands } from "./BrowserCommands.ts"
import { byName } from "./Entry.ts"
import * as Measured from "./Measured.ts"
import * as Pane from "./Pane.ts"
import * as PaneLines from "./PaneLines.ts"
import * as Preview from "./Preview.ts"
import { chosen, goTo, lens, otherOf, otherSide, paneOf, type Side, type State, withPane, withRows } from "./State.ts"

const twoFrom = 76
const previewFrom = 120
const previewColumns = 44
/** From here on there is room for all three at any time. */
const wideFrom = 160

const look = (state: State, side: Side, { home, marks, now }: World): PaneLines.Look => ({
  now,
  home,
  marks,
  isActive: side === state.side,
  other: state.compares ? state.panes[side === 0 ? 1 : 0] : undefined
})

const marksText = (state: State): string => {
  const entries = List.meant(paneOf(state).list)
  const isKnown = entries.every(({ size }) => size !== undefined)
  const bytes = entries.reduce((sum, { size = 0 }) => sum + size, 0)
  return ` ${countText(entries)} marked, ${isKnown ? "" : "at least "}${Amount.bytes(bytes)}`
}

/** Of all that is in the folder, where that was measured. */
const measuredText = ({ measured, place }: Pane.Pane): string => {
  const sum = Measured.of(measured, place)
  return sum === undefined ? "" : ` ${Amount.bytes(sum.bytes)} in ${Amount.files(sum.files)}`
}

const beside = { lacking: "not at the other side", differing: "another at the other side" } as const

const below = (state: State, { marks }: World): string => {
  const pane = paneOf(state)
  if (pane.list.marks.size > 0) return marksText(state)
  const entry = chosen(state)
  if (!state.compares || entry === undefined) return measuredText(pane)
  const found = PaneLines.difference(entry, byName(otherOf(state).list.items))
  const name = printable(entry.name)
  return found === undefined ? ` the same at the other side: ${name}` : ` ${marks[found]} ${beside[found]}: ${name}`
}

type Part = Side | "preview"

/** What stands side by side, and how wide each is. */
const partsOf = ({ previews, side }: State, columns: number): ReadonlyArray<readonly [part: Part, columns: number]> => {
  if (columns < twoFrom) return [[previews ? "preview" : side, columns]]
  const half = Math.floor((columns - 1) / 2)
  const rest = columns - half - 1
  if (!previews && columns < wideFrom)
    return [
      [0, half],
      [1, rest]
    ]
  if (columns < previewFrom)
    return side === 0
      ? [
          [0, half],
          ["preview", rest]
        ]
      : [
          ["preview", half],
          [1, rest]
        ]
  const left = columns - previewColumns - 2
  const first = Math.floor(left / 2)
  return [
    [0, first],
    [1, left - first],
    ["preview", previewColumns]
  ]
}

const sideAt = (state: State, columns: number, column: number): Side | undefined => {
  let from = 0
  for (const [part, width] of partsOf(state, columns)) {
    if (column >= from && column < from + width) return part === "preview" ? undefined : part
    from += width + 1
  }
  return undefined
}

const body = (state: State, world: World, columns: number, rows: number): ReadonlyArray<Lines.Line> => {
  const wall = Lines.span(world.marks.wall, "faint")
  const drawn = partsOf(state, columns).map(([part, width]) => ({
    width,
    lines: Lines.height(
      part === "preview"
        ? Preview.lines(state, world, width)
        : PaneLines.lines(state.panes[part], look(state, part, world), width, rows),
      rows
    )
  }))
  return drawn.reduce((left, right) => ({
    width: left.width + 1 + right.width,
    lines: Lines.beside(left.lines, left.width, right.lines, right.width, wall)
  })).lines
}

const hearMeasured = (state: State, side: Side, answer: Answer): Step<State> => {
  const pane = state.panes[side]
  const { measured } = pane
  if (measured === undefined) return {}
  if (answer._tag === "Rows") {
    return { state: withPane(state, side, { ...pane, measured: Measured.add(measured, answer.rows) }) }
  }
  if (answer._tag === "Failed") {
    return { state: withPane(state, side, Pane.withMeasured(pane, undefined)), notice: told(answer.failure) }
  }
  if (answer._tag !== "End") return {}
  const known = { ...measured, isWhole: !answer.isCut }
  const sum = Measured.of(known, known.place)
  return {
    state: withPane(state, side, Pane.withMeasured(pane, known)),
    notice: sum === undefined ? "" : `${Amount.bytes(sum.bytes)} in ${Amount.files(sum.files)}`
  }
}

const hearListed = (state: State, side: Side, answer: Answer): Step<State> => {
  const pane = state.panes[side]
  switch (answer._tag) {
    case "Rows":
      return {
        state: withRows(withPane(state, side, Pane.withRows(pane, answer.rows, !state.hasRows[side])), side, true)
      }
    case "End":
      return { state: withPane(state, side, Pane.ended(pane, answer.isCut, state.hasRows[side])) }
    case "Failed":
      return { state: withPane(state, side, Pane.failed(pane, answer.failure)) }
    default:
      return {}
  }
}

/** What was marked is no more, once it is being deleted. */
const hearRemoval = (state: State, side: Side, answer: Answer): Step<State> => {
  if (answer._tag !== "Started") return {}
  const pane = state.panes[side]
  const unmarked = withPane(state, side, { ...pane, list: List.unmarkAll(pane.list) })
  return { state: { ...unmarked, removal: answer.task.id } }
}

const hear = (state: State, answer: Answer): Step<State> => {
  switch (answer.tag) {
    case "0":
      return hearListed(state, 0, answer)
    case "1":
      return hearListed(state, 1, answer)
    case "size0":
      return hearMeasured(state, 0, answer)
    case "size1":
      return hearMeasured(state, 1, answer)
    case removalTag(0):
      return hearRemoval(state, 0, answer)
    case removalTag(1):
      return hearRemoval(state, 1, answer)
    case goTag:
      return answer._tag === "Said" ? goTo(state, answer.says) : {}
    default:
      return {}
  }
}

/** Both panes once more when a task has ended: it may have changed them. */
const changed = (state: State, world: World): Step<State> => {
  const ended = endedMark(world)
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
  lines: (state, world, columns, rows) => [
    ...Lines.height(body(state, world, columns, rows - 1), rows - 1),
    Lines.cut(Lines.line(below(state, world), "faint"), columns)
  ],
  words: (state, world) => {
    const { problem } = paneOf(state)
    return [
      ...(problem === "" ? [] : [problem]),
      `Other pane: ${Places.short(otherOf(state).place, world.home)}`,
      ...(state.previews ? Preview.lines(state, world, 76).map((line) => Lines.textOf(line).trim()) : []),
      below(state, world).trim()
    ]
  },
  choices: (state, world) => {
    const row = PaneLines.rowOf(paneOf(state), look(state, state.side, world))
    const own = ListCommands.choices(lens, state, (entry) => {
      const found = PaneLines.difference(entry, row.other)
      return `${Table.spoken(PaneLines.table, entry, row)}${found === undefined ? "" : `, ${beside[found]}`}`
    })
    // Behind those of this pane come those of the other one, for the mouse.
    const select = (now: State, index: number): State =>
      index < own.count ? own.select(now, index) : own.select(otherSide(now), index - own.count)
    return { ...own, select }
  },
  choiceAt: (state, _, columns, rows, line, column) => {
    const side = sideAt(state, columns, column)
    if (side === undefined) return undefined
    const { list } = state.panes[side]
    const row = Table.rowAt(list, rows - 2, line - 1)
    return row === undefined || side === state.side ? row : paneOf(state).list.shown.length + row
  },
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
    previews: false,
    removal: undefined,
    ended: endedMark(world)
  }
  return { open: show(kind, state), asks: [Pane.ask(panes[0], "0"), Pane.ask(panes[1], "1")] }
}
