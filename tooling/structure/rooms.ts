/** The arrows between the rooms of a package point downwards. */
import * as path from "node:path"
import type { Import } from "./Imports.ts"
import type { Problem } from "./Problem.ts"
import { roomOrder } from "./roomOrder.ts"

/** The folder below `src`, or `.` for a file that stands in `src` itself. */
const roomOf = (file: string, folder: string): string => {
  const [first, ...rest] = path.posix.relative(`${folder}/src`, file).split("/")
  return first === undefined || rest.length === 0 ? "." : first
}

/** The target as a path in the checkout; undefined for what stands outside of the package's `src`. */
const targetOf = (one: Import): string | undefined => {
  const { folder, name } = one.workspace
  const target = one.specifier.startsWith(".")
    ? path.posix.join(path.posix.dirname(one.from.path), one.specifier)
    : one.specifier.startsWith(`${name}/`)
      ? `${folder}/src/${one.specifier.slice(name.length + 1)}`
      : ""
  return target.startsWith(`${folder}/src/`) ? target : undefined
}

const floorOf = (order: ReadonlyArray<ReadonlyArray<string>>, room: string): number =>
  order.findIndex((floor) => floor.includes(room))

export const checkRoom = (file: string, folder: string): ReadonlyArray<Problem> => {
  const order = roomOrder[folder]
  const room = roomOf(file, folder)
  if (order === undefined || room === "testing" || floorOf(order, room) >= 0) return []
  const what =
    room === "."
      ? `stands in no room: ${folder}/src has ${order.flat().join(", ")}`
      : `the room "${room}" has no place in tooling/structure/roomOrder.ts`
  return [{ path: file, rule: "rooms", what }]
}

export const checkArrow = (one: Import): ReadonlyArray<Problem> => {
  const { folder } = one.workspace
  const order = roomOrder[folder]
  const target = targetOf(one)
  if (order === undefined || target === undefined) return []
  const from = roomOf(one.from.path, folder)
  const to = roomOf(target, folder)
  if (from === to || from === "testing") return []
  const what = `imports "${one.specifier}": ${from} stands beside or below ${to}`
  const isDownwards = to !== "testing" && floorOf(order, from) < floorOf(order, to)
  return isDownwards ? [] : [{ path: one.from.path, rule: "rooms", what }]
}
