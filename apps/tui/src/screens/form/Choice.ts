/** The choices of a field on its one line: side by side while there is room for all of them, else the chosen one alone. */
import { printable, widthOf } from "@ourclone/core/events/PrintableText"
import * as Lines from "../../lines/Line.ts"
import type { Field } from "./Field.ts"

/** As people read them; what is there where nothing is chosen has a name too. */
export const namesOf = ({ options = [], otherwise }: Field): ReadonlyArray<string> =>
  options.map((option) => (option === "" ? (otherwise === "" ? "–" : otherwise) : printable(option)))

/** The option of that name; of those that only begin so, the first. */
export const meant = (field: Field, typed: string): string | undefined => {
  const names = namesOf(field).map((name) => name.toLowerCase())
  const lower = typed.toLowerCase()
  const exact = names.indexOf(lower)
  const index = exact >= 0 ? exact : names.findIndex((name) => lower !== "" && name.startsWith(lower))
  return field.options?.[index]
}

const spread = (names: ReadonlyArray<string>, at: number, around: string): Lines.Line =>
  names.map((name, index) =>
    index === at
      ? Lines.span(`${around}(${name})${around}`, "strong")
      : Lines.span(`${around} ${name} ${around}`, "faint")
  )

export const line = (names: ReadonlyArray<string>, at: number, room: number): Lines.Line => {
  for (const around of [" ", ""]) {
    const all = spread(names, at, around)
    if (Lines.width(all) <= room) return all
  }
  return [
    Lines.span("< ", "faint"),
    Lines.span(names[at] ?? "", "strong"),
    Lines.span(` >  ${at + 1} of ${names.length}`, "faint")
  ]
}

/** What a field is about, with its choices where its line has no room for them. */
export const about = (field: Field, room: number): string => {
  const names = namesOf(field)
  return names.length > 0 && widthOf(Lines.textOf(spread(names, 0, ""))) > room
    ? `${field.about}: ${names.join(", ")}`
    : field.about
}
