/** The order in which files are transferred, where a user asks for another than that of the plan. */
import * as Result from "effect/Result"
import { compare } from "../contract/RemotePath.ts"
import type { Action, Put } from "./Plan.ts"

export type ActionOrder = (left: Put, right: Put) => number

const by: { readonly [key: string]: ActionOrder } = {
  size: (left, right) => left.file.size - right.file.size,
  modtime: (left, right) => (left.file.modifiedAt ?? 0) - (right.file.modifiedAt ?? 0),
  name: (left, right) => compare(left.file.path, right.file.path)
}

/** `size`, `size,desc`, `modtime`, `name` …; `descending` and `ascending` in full, too. */
export const parse = (text: string): Result.Result<ActionOrder, string> => {
  const [, key = "", direction = "asc"] = /^([a-z]+)(?:,(asc|desc|ascending|descending))?$/.exec(text) ?? []
  const order = by[key]
  if (order === undefined) {
    return Result.fail(`"${text}" is no order; write size, modtime or name, and ,asc or ,desc after it`)
  }
  return Result.succeed(direction.startsWith("desc") ? (left, right) => order(right, left) : order)
}

/** `actions` with the files to be transferred in that order; everything else comes first. */
export const sorted = (actions: ReadonlyArray<Action>, order: ActionOrder): ReadonlyArray<Action> => {
  const puts: Array<Put> = []
  const others: Array<Action> = []
  for (const action of actions) {
    if (action._tag === "Put") puts.push(action)
    else others.push(action)
  }
  return [...others, ...puts.sort(order)]
}
