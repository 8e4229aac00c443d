/** What is known of the chosen entry, in a column of its own. Asks the storage for nothing: each call may cost. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable, shorten } from "@ourclone/core/events/PrintableText"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import { byName } from "./Entry.ts"
import * as Measured from "./Measured.ts"
import { difference } from "./PaneLines.ts"
import { chosen, otherOf, paneOf, type State } from "./State.ts"

const labelColumns = 10

const fact = (label: string, text: string, columns: number): ReadonlyArray<Lines.Line> => {
  const [first = "", ...rest] = Lines.wrap(printable(text), Math.max(8, columns - labelColumns - 2))
  const lead = (words: string): Lines.Span => Lines.span(` ${words.padEnd(labelColumns)} `, "faint")
  return [[lead(label), Lines.span(first)], ...rest.map((more): Lines.Line => [lead(""), Lines.span(more)])]
}

export const lines = (state: State, { now }: World, columns: number): ReadonlyArray<Lines.Line> => {
  const entry = chosen(state)
  if (entry === undefined) return [Lines.line(" Nothing is chosen", "faint")]
  const { measured, place } = paneOf(state)
  const other = otherOf(state)
  const others = byName(other.list.items)
  const there = others.get(entry.name)
  const sum = entry.isFolder ? Measured.of(measured, place, entry.name) : undefined
  const size = entry.isFolder
    ? sum === undefined
      ? "i tells"
      : `${Amount.bytes(sum.bytes)} in ${Amount.files(sum.files)}`
    : entry.size === undefined
      ? "–"
      : Amount.exactBytes(entry.size)
  const beside =
    difference(entry, others) !== undefined
      ? there === undefined
        ? "not there"
        : `another size: ${there.size === undefined ? "–" : Amount.bytes(there.size)}`
      : "the same size"
  return [
    Lines.line(` ${shorten(printable(entry.name), columns - 2)}`, "strong"),
    Lines.blank,
    ...fact("Kind", entry.isFolder ? "folder" : "file", columns),
    ...fact("Size", size, columns),
    ...(entry.modifiedAt === undefined ? [] : fact("Modified", Amount.time(entry.modifiedAt), columns)),
    ...Object.entries(entry.checksums).flatMap(([name, digest]) => fact(name, digest, columns)),
    ...fact("Other", entry.isFolder && there !== undefined ? "a folder too" : beside, columns),
    ...(entry.because === undefined ? [] : fact("Not taken", entry.because, columns)),
    ...(measured === undefined
      ? []
      : [
          Lines.blank,
          ...fact(
            "Measured",
            measured.isWhole ? `${Amount.duration(Math.max(0, now - measured.at) / 1000)} ago` : "not all of it yet",
            columns
          )
        ])
  ]
}
