/** The order in which files are transferred, where a user asks for another than that of the plan. */
import * as Result from "effect/Result"
import { compare } from "../contract/RemotePath.ts"
import type { Action, Put } from "./Plan.ts"

export interface ActionOrder {
  readonly compare: (left: Put, right: Put) => number
  /** In percent: which of those that transfer at once take what comes first; the others take what comes last. */
  readonly fromFirst: number
}

const by: { readonly [key: string]: ActionOrder["compare"] } = {
  size: (left, right) => left.file.size - right.file.size,
  modtime: (left, right) => (left.file.modifiedAt ?? 0) - (right.file.modifiedAt ?? 0),
  name: (left, right) => compare(left.file.path, right.file.path)
}

const pattern = /^([a-z]+)(?:,(?:(asc|desc|ascending|descending)|mixed(?:,(\d{1,2}|100))?))?$/

/** `size`, `size,desc`, `modtime`, `name`, `size,mixed,25` …; `descending` and `ascending` in full, too. */
export const parse = (text: string): Result.Result<ActionOrder, string> => {
  const [typed = "", key = "", direction = "asc", share = "50"] = pattern.exec(text.toLowerCase()) ?? []
  const order = Object.hasOwn(by, key) ? by[key] : undefined
  if (order === undefined) {
    return Result.fail(
      `"${text}" is no order; write size, modtime or name, and ,asc or ,desc or ,mixed after it, with a percentage as in size,mixed,25`
    )
  }
  return Result.succeed({
    compare: direction.startsWith("desc") ? (left, right) => order(right, left) : order,
    fromFirst: typed.includes(",mixed") ? Number(share) : 100
  })
}

/** `actions` with the files to be transferred in that order; everything else comes first. */
export const sorted = (actions: ReadonlyArray<Action>, order: ActionOrder): ReadonlyArray<Action> => {
  const puts: Array<Put> = []
  const others: Array<Action> = []
  for (const action of actions) {
    if (action._tag === "Put") puts.push(action)
    else others.push(action)
  }
  return [...others, ...puts.sort(order.compare)]
}

/** What was sorted, taken from both ends: by each of `transfers` workers from its own. */
export interface Sorted {
  readonly actions: ReadonlyArray<Action>
  /** To be called once for each action. */
  readonly take: (worker: number) => Action
}

export const fromBothEnds = (all: ReadonlyArray<Action>, order: ActionOrder, transfers: number): Sorted => {
  const actions = sorted(all, order)
  let first = 0
  let last = actions.length
  return {
    actions,
    take: (worker) => actions[Math.floor((100 * worker) / transfers) < order.fromFirst ? first++ : --last]!
  }
}
