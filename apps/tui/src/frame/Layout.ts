/** The whole window as lines: tabs, title, the screen, what is going on, and the keys that mean something now. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable, widthOf } from "@ourclone/core/events/PrintableText"
import { keyText } from "../command/Keys.ts"
import type { BoundCommand, Screen } from "../command/Screen.ts"
import { brand, shownTabs, hasTabs as showsTabs, smallest } from "../command/Tabs.ts"
import type { World } from "../command/World.ts"
import * as Lines from "../lines/Line.ts"
import type { View } from "../program/App.ts"
import * as StateWords from "../words/StateWords.ts"
import * as TaskTitle from "../words/TaskTitle.ts"

/** What a click at a place means. */
export type Hit =
  | { readonly _tag: "Choice"; readonly index: number }
  | { readonly _tag: "Key"; readonly key: string }
  | undefined

const counts = ({ marks, tasks }: World): string => {
  const running = tasks.filter(({ state }) => state._tag === "Running" || state._tag === "Waiting").length
  const failed = tasks.filter(
    ({ state }) => state._tag === "Failed" || (state._tag === "Done" && state.failed > 0)
  ).length
  return `${running > 0 ? ` ${marks.running}${running}` : ""}${failed > 0 ? ` ${marks.partly}${failed}` : ""}`
}

interface Piece {
  readonly spans: ReadonlyArray<Lines.Span>
  readonly key: string
}

const tabPieces = ({ tab, world }: View): ReadonlyArray<Piece> =>
  shownTabs.map(({ key, label, tab: other }) => {
    const tone = other === tab ? "chosen" : "plain"
    const extra = other === "tasks" ? counts(world) : ""
    return { key, spans: [Lines.span(` ${key} ${label}${extra} `, tone)] }
  })

const keyPieces = ({ everywhere, stack, world }: View): ReadonlyArray<Piece> => {
  const top = stack.at(-1)!
  const isTyping = top.typing(world) !== undefined
  const own = top.commands.filter(
    ({ isQuiet, keys, whyNot }) =>
      isQuiet !== true && whyNot(world) === undefined && !(isTyping && keys.every((key) => [...key].length === 1))
  )
  const all: ReadonlyArray<BoundCommand> =
    isTyping || top.isOverlay ? own : [...own, ...everywhere.filter(({ isQuiet }) => isQuiet !== true)]
  return all.map(({ keys, label }) => ({
    key: keys[0]!,
    spans: [Lines.span(keyText(keys[0]!), "strong"), Lines.span(` ${label}`)]
  }))
}

/** As many as fit; the last ones, which are the same everywhere, stay longest. */
const fitting = (pieces: ReadonlyArray<Piece>, columns: number, kept: number): ReadonlyArray<Piece> => {
  const widthOfAll = (some: ReadonlyArray<Piece>) => some.reduce((sum, { spans }) => sum + Lines.width(spans) + 2, 0)
  const first = pieces.slice(0, pieces.length - kept)
  const last = pieces.slice(pieces.length - kept)
  while (first.length > 0 && widthOfAll(first) + widthOfAll(last) > columns) first.pop()
  return [...first, ...last]
}

const footer = (view: View, columns: number): ReadonlyArray<Piece> => {
  const pieces = keyPieces(view)
  return fitting(pieces, columns - 1, Math.min(2, pieces.filter(({ key }) => key === "?" || key === ":").length))
}

const joined = (pieces: ReadonlyArray<Piece>, between: string): Lines.Line =>
  pieces.flatMap(({ spans }) => [...spans, Lines.span(between)])

/** Which piece is at a column, as `joined` lays them out after `left`. */
const pieceAt = (pieces: ReadonlyArray<Piece>, between: string, left: number, column: number): Piece | undefined => {
  let from = left
  for (const piece of pieces) {
    const to = from + Lines.width(piece.spans)
    if (column >= from && column < to) return piece
    from = to + widthOf(between)
  }
  return undefined
}

/** Left out where the tabs need its place. */
const brandOf = (view: View, columns: number): string =>
  widthOf(brand) + tabPieces(view).reduce((sum, { spans }) => sum + Lines.width(spans), 0) <= columns ? brand : ""

const ofTask = ({ marks, now, tasks, views }: World, home: string): Lines.Line => {
  const going = tasks.filter(StateWords.isWorking)
  const [first] = going
  if (first === undefined) return Lines.blank
  const { sign, tone } = StateWords.standing(first.state)
  const rate = StateWords.perSecond(views.get(first.id), now)
  const speed = rate === undefined ? "" : ` · ${Amount.bytes(rate)}/s`
  const more = going.length > 1 ? `   and ${going.length - 1} more` : ""
  return [
    Lines.span(` ${marks[sign]} `, tone),
    Lines.span(`${printable(TaskTitle.of(first, home))}  ${StateWords.inShort(first, now)}${speed}${more}`)
  ]
}

const said = (view: View): Lines.Line => {
  const { notice, stack, tab, world } = view
  const typing = stack.at(-1)!.typing(world)
  if (typing?.label === "Filter") {
    return [Lines.span(" / ", "strong"), Lines.span(printable(typing.value)), Lines.span("▏", "busy")]
  }
  if (world.lost !== undefined && notice === undefined) {
    const age = Amount.duration(Math.max(0, (world.now - world.lost.since) / 1000))
    return Lines.line(` No answer since ${age}: ${printable(world.lost.failure.message)}`, "warn")
  }
  if (notice !== undefined) return Lines.line(` ${printable(notice.text)}`, notice.isBad ? "bad" : "good")
  return tab === "tasks" ? Lines.blank : ofTask(world, world.home)
}

interface Sizes {
  readonly hasTabs: boolean
  readonly top: number
  readonly body: number
}

const sizesOf = (columns: number, rows: number): Sizes => {
  const hasTabs = showsTabs(columns, rows)
  const top = hasTabs ? 3 : 1
  return { hasTabs, top, body: rows - top - 2 }
}

interface Box {
  readonly left: number
  readonly top: number
  readonly columns: number
  readonly rows: number
}

const boxOf = (overlay: Screen, world: World, columns: number, body: number): Box => {
  const inner = Math.min(columns - 6, 76)
  const needed = overlay.lines(world, inner, Math.max(1, body - 2)).length
  const rows = Math.min(Math.max(needed, 1), body - 2)
  return {
    left: Math.floor((columns - inner - 4) / 2),
    top: Math.max(0, Math.floor((body - rows - 2) / 3)),
    columns: inner,
    rows
  }
}

const withBox = (
  body: ReadonlyArray<Lines.Line>,
  overlay: Screen,
  world: World,
  columns: number
): ReadonlyArray<Lines.Line> => {
  const box = boxOf(overlay, world, columns, body.length)
  const { corners, rule, wall } = world.marks
  const title = Lines.start(printable(overlay.title(world)), box.columns - 2)
  const inside = Lines.height(overlay.lines(world, box.columns, box.rows), box.rows)
  const edge = (left: string, text: string, right: string): Lines.Line => [
    Lines.span(" ".repeat(box.left)),
    Lines.span(left, "faint"),
    Lines.span(text, "strong"),
    Lines.span(rule.repeat(box.columns + 2 - widthOf(text)), "faint"),
    Lines.span(right, "faint")
  ]
  const boxed: ReadonlyArray<Lines.Line> = [
    edge(corners[0], ` ${title} `, corners[1]),
    ...inside.map(
      (line): Lines.Line => [
        Lines.span(" ".repeat(box.left)),
        Lines.span(`${wall} `, "faint"),
        ...Lines.fill(line, box.columns),
        Lines.span(` ${wall}`, "faint")
      ]
    ),
    edge(corners[2], "", corners[3])
  ]
  return [...body.slice(0, box.top), ...boxed, ...body.slice(box.top + boxed.length)]
}

const base = ({ stack }: View): Screen => stack.findLast(({ isOverlay }) => !isOverlay) ?? stack[0]!

/** Whatever a screen forgot: no line holds what a terminal obeys, and none is longer than the window. */
const safe = (line: Lines.Line, columns: number): Lines.Line =>
  Lines.cut(
    line.map(({ text, tone }) => Lines.span(printable(text), tone)),
    columns
  )

/** The longest that fits. */
const tooSmall = (columns: number): string => {
  const size = `${smallest.columns}×${smallest.rows}`
  const texts = [
    `Make the window larger (${size} at least); tasks go on`,
    `Needs ${size}; tasks go on`,
    `Needs ${size}`
  ]
  return texts.find((text) => widthOf(text) <= columns) ?? size
}

export const lines = (view: View, columns: number, rows: number): ReadonlyArray<Lines.Line> => {
  if (columns < smallest.columns || rows < smallest.rows) {
    return Lines.height([Lines.cut(Lines.line(tooSmall(columns)), columns)], rows)
  }
  const { stack, world } = view
  const { body: bodyRows, hasTabs } = sizesOf(columns, rows)
  const screen = base(view)
  const overlay = stack.at(-1)!
  const title = Lines.line(` ${printable(screen.title(world))}`, "strong")
  const stands = [screen.status(world), world.service]
    .filter((text) => text !== "")
    .map(printable)
    .join(" · ")
  const status = Lines.line(`${stands}${hasTabs ? "" : counts(world)} `)
  const head: ReadonlyArray<Lines.Line> = hasTabs
    ? [
        [Lines.span(brandOf(view, columns), "strong"), ...joined(tabPieces(view), "")],
        Lines.line(world.marks.rule.repeat(columns), "faint"),
        Lines.ends(title, status, columns)
      ]
    : [Lines.ends(title, status, columns)]
  const shown = Lines.height(screen.lines(world, columns, bodyRows), bodyRows)
  const aged = world.lost === undefined ? shown : shown.map((line) => line.map(({ text }) => Lines.span(text, "faint")))
  const body = overlay.isOverlay ? withBox(aged, overlay, world, columns) : aged
  return [
    ...head,
    ...body,
    Lines.cut(said(view), columns),
    Lines.cut([Lines.span(" "), ...joined(footer(view, columns), "  ")], columns)
  ].map((line) => safe(line, columns))
}

/** What is at a place of the window, counted from 0. */
export const hit = (view: View, columns: number, rows: number, column: number, row: number): Hit => {
  const { body, hasTabs, top } = sizesOf(columns, rows)
  if (hasTabs && row === 0) {
    const piece = pieceAt(tabPieces(view), "", widthOf(brandOf(view, columns)), column)
    return piece === undefined ? undefined : { _tag: "Key", key: piece.key }
  }
  if (row === rows - 1) {
    const piece = pieceAt(footer(view, columns), "  ", 1, column)
    return piece === undefined ? undefined : { _tag: "Key", key: piece.key }
  }
  const { stack, world } = view
  const screen = stack.at(-1)!
  if (screen.isOverlay) {
    const box = boxOf(screen, world, columns, body)
    const index = screen.choiceAt(world, box.columns, box.rows, row - top - box.top - 1, column - box.left - 2)
    return index === undefined ? undefined : { _tag: "Choice", index }
  }
  const index = row < top || row >= top + body ? undefined : screen.choiceAt(world, columns, body, row - top, column)
  return index === undefined ? undefined : { _tag: "Choice", index }
}
