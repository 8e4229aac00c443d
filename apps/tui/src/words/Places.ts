/** Places as people type them: `photos:my-bucket/2024`, `~/Pictures`. Text alone; nothing is looked at. */
import * as path from "node:path"
import { split } from "@ourclone/jobs/place/PlaceText"

/** What was typed, as a request may hold it: a path of this machine absolute. */
export const absolute = (typed: string, home: string, directory: string): string => {
  const text = typed.trim()
  if (text === "" || split(text).prefix !== "") return text
  const expanded = text === "~" ? home : text.startsWith("~/") ? `${home}${text.slice(1)}` : text
  const resolved = path.resolve(directory, expanded)
  return expanded.endsWith("/") && resolved !== "/" ? `${resolved}/` : resolved
}

const hasEnd = (place: string): boolean => place.endsWith(":") || place.endsWith("/")

/** `name` in the folder `place`. */
export const inside = (place: string, name: string): string => (hasEnd(place) ? place + name : `${place}/${name}`)

/** The same place, said to be a folder. */
export const asFolder = (place: string): string => (hasEnd(place) ? place : `${place}/`)

/** The folder that holds `place`; undefined at a root. */
export const above = (place: string): string | undefined => {
  const { path: inPlace, prefix } = split(place)
  const trimmed = inPlace.replace(/\/+$/, "")
  if (trimmed === "") return undefined
  const slash = trimmed.lastIndexOf("/")
  if (prefix === "") return slash <= 0 ? "/" : trimmed.slice(0, slash)
  return `${prefix}${slash < 0 ? "" : trimmed.slice(0, slash)}`
}

/** Paths below the home folder as people write them. */
export { short } from "./TaskTitle.ts"

export const lastName = (place: string): string => place.replace(/\/+$/, "").split(/[/:]/).at(-1) ?? place

/** A name as a pattern that matches it alone. */
const literally = (name: string): string => name.replace(/[\\*?[\]{}]/g, "\\$&")

/** Filters that leave these names of a folder, with all that is below them. */
export const only = (
  names: ReadonlyArray<{ readonly name: string; readonly isFolder: boolean }>
): ReadonlyArray<string> => names.map(({ isFolder, name }) => `/${literally(name)}${isFolder ? "/**" : ""}`)
