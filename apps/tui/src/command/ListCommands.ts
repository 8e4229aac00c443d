/** Moving about in a list, marking and filtering: the same keys on all screens that have one. */
import * as List from "../lists/List.ts"
import type { Choices, Command, Step, Typing } from "./Screen.ts"

/** Where in a state its list is. */
export interface Lens<State, Item> {
  readonly get: (state: State) => List.List<Item>
  readonly set: (state: State, list: List.List<Item>) => State
}

const half = 10
const page = 20

const moves = <State, Item>(lens: Lens<State, Item>): ReadonlyArray<Command<State>> => {
  const moving = (
    id: string,
    keys: ReadonlyArray<string>,
    label: string,
    to: (list: List.List<Item>) => number
  ): Command<State> => ({
    id: `list.${id}`,
    keys,
    label,
    isQuiet: true,
    run: (state) => ({ state: lens.set(state, List.select(lens.get(state), to(lens.get(state)))) })
  })
  return [
    moving("down", ["j", "down"], "Down", ({ at }) => at + 1),
    moving("up", ["k", "up"], "Up", ({ at }) => at - 1),
    moving("halfDown", ["ctrl-d"], "Half a page down", ({ at }) => at + half),
    moving("halfUp", ["ctrl-u"], "Half a page up", ({ at }) => at - half),
    moving("pageDown", ["pagedown"], "A page down", ({ at }) => at + page),
    moving("pageUp", ["pageup"], "A page up", ({ at }) => at - page),
    moving("first", ["g", "home"], "First", () => 0),
    moving("last", ["G", "end"], "Last", ({ shown }) => shown.length - 1)
  ]
}

const filters = <State, Item>({ get, set }: Lens<State, Item>): ReadonlyArray<Command<State>> => {
  const change = (state: State, by: (list: List.List<Item>) => List.List<Item>): Step<State> => ({
    state: set(state, by(get(state)))
  })
  const isTyping = (state: State): boolean => get(state).isFiltering
  return [
    {
      id: "list.filter",
      keys: ["/"],
      label: "Filter",
      about: "Leave what holds all the words; Enter keeps it, Esc drops it",
      isQuiet: true,
      run: (state) => change(state, (list) => ({ ...list, isFiltering: true }))
    },
    {
      id: "list.filterErase",
      keys: ["backspace"],
      label: "Erase",
      isQuiet: true,
      whyNot: (state) => (isTyping(state) ? undefined : ""),
      run: (state) => change(state, (list) => List.withFilter(list, list.filter.slice(0, -1)))
    }
  ]
}

const marking = <State, Item>({ get, set }: Lens<State, Item>): ReadonlyArray<Command<State>> => [
  {
    id: "list.mark",
    keys: ["space"],
    label: "Mark",
    isQuiet: true,
    run: (state) => {
      const list = get(state)
      const item = List.chosen(list)
      return item === undefined ? {} : { state: set(state, List.move(List.mark(list, item), 1)) }
    }
  },
  {
    id: "list.markAll",
    keys: ["a"],
    label: "Mark all",
    isQuiet: true,
    run: (state) => ({ state: set(state, List.markAll(get(state))) })
  },
  {
    id: "list.markNone",
    keys: ["A"],
    label: "Mark none",
    isQuiet: true,
    run: (state) => ({ state: set(state, List.unmarkAll(get(state))) })
  }
]

export const commands = <State, Item>(
  lens: Lens<State, Item>,
  { marks = false }: { readonly marks?: boolean } = {}
): ReadonlyArray<Command<State>> => [...moves(lens), ...filters(lens), ...(marks ? marking(lens) : [])]

/** Letters go to the filter while it is typed. */
export const typing = <State, Item>({ get, set }: Lens<State, Item>, state: State): Typing<State> | undefined => {
  const list = get(state)
  if (!list.isFiltering) return undefined
  return {
    label: "Filter",
    value: list.filter,
    isSecret: false,
    type: (now, text) => ({ state: set(now, List.withFilter(get(now), get(now).filter + text)) }),
    put: (now, text) => ({ state: set(now, List.withFilter(get(now), text)) })
  }
}

/** Enter keeps the filter that is typed; does something else where none is. */
export const enter =
  <State, Item>({ get, set }: Lens<State, Item>, otherwise: (state: State) => Step<State>) =>
  (state: State): Step<State> =>
    get(state).isFiltering ? { state: set(state, { ...get(state), isFiltering: false }) } : otherwise(state)

/** Esc drops a filter; does something else where there is none. */
export const orDropFilter =
  <State, Item>({ get, set }: Lens<State, Item>, otherwise: (state: State) => Step<State>) =>
  (state: State): Step<State> => {
    const list = get(state)
    if (!list.isFiltering && list.filter === "") return otherwise(state)
    return { state: set(state, List.withFilter({ ...list, isFiltering: false }, "")) }
  }

export const choices = <State, Item>(
  { get, set }: Lens<State, Item>,
  state: State,
  say: (item: Item) => string
): Choices<State> => {
  const list = get(state)
  return {
    count: list.shown.length,
    at: list.at,
    say: (index) => {
      const item = list.shown[index]
      return item === undefined ? "" : `${List.isMarked(list, item) ? "marked, " : ""}${say(item)}`
    },
    select: (now, index) => set(now, List.select(get(now), index))
  }
}
