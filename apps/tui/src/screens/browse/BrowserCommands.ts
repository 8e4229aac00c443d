/** What the browser does by its keys. */
import * as ListCommands from "../../command/ListCommands.ts"
import type { Command, Step } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import * as Acts from "./Acts.ts"
import { type Order, orders } from "./Entry.ts"
import * as Measured from "./Measured.ts"
import * as Pane from "./Pane.ts"
import {
  chosen,
  chosenPlace,
  goTo,
  lens,
  listAgain,
  meant,
  otherOf,
  otherSide,
  paneOf,
  type State,
  withPane
} from "./State.ts"
import { versions } from "./Versions.ts"

const enter = (state: State): Step<State> => {
  const entry = chosen(state)
  if (entry === undefined) return {}
  return entry.isFolder ? goTo(state, chosenPlace(state)) : versions(chosenPlace(state))
}

const goUp = (state: State): Step<State> => {
  const { place } = paneOf(state)
  const above = Places.above(place)
  return above === undefined ? { close: true } : goTo(state, above, Places.lastName(place))
}

const measure = (state: State, { now }: World): Step<State> => {
  const pane = paneOf(state)
  const measured = Measured.begin(pane.place, now)
  return {
    state: withPane(state, state.side, { ...pane, measured }),
    asks: [{ _tag: "Rows", tag: `size${state.side}`, type: "du", request: { path: Places.asFolder(pane.place) } }],
    notice: "Measuring all that is below this folder"
  }
}

const nothingHere = (state: State): string | undefined => (chosen(state) === undefined ? "Nothing is here" : undefined)

const notAtRoot = (state: State): string | undefined =>
  Acts.isRoot(paneOf(state)) ? "Open a bucket first" : meant(state).length === 0 ? "Nothing is chosen here" : undefined

const notToRoot = (state: State): string | undefined =>
  Acts.isRoot(otherOf(state)) ? "Open a bucket in the other pane first (Tab)" : notAtRoot(state)

const nextOrder = (order: Order): Order => {
  const all = Object.keys(orders) as ReadonlyArray<Order>
  return all[(all.indexOf(order) + 1) % all.length]!
}

export const commands: ReadonlyArray<Command<State>> = [
  {
    id: "browser.other",
    keys: ["tab", "shift-tab"],
    label: "Other pane",
    run: (state) => ({ state: otherSide(state) })
  },
  {
    id: "browser.open",
    keys: ["enter", "l", "right"],
    label: "Open",
    about: "A folder; the versions of a file",
    whyNot: (state) => (paneOf(state).list.isFiltering ? undefined : nothingHere(state)),
    run: ListCommands.enter(lens, enter)
  },
  {
    id: "browser.up",
    keys: ["h", "left", "backspace"],
    label: "Up",
    isQuiet: true,
    run: (state) => {
      const { list } = paneOf(state)
      // The filter is typed: its last letter goes first.
      return list.isFiltering
        ? { state: lens.set(state, List.withFilter(list, list.filter.slice(0, -1))) }
        : goUp(state)
    }
  },
  {
    id: "browser.copy",
    keys: ["c"],
    label: "Copy",
    about: "What is marked, else what is chosen, to the other pane; the plan comes first",
    whyNot: notToRoot,
    run: Acts.transfer("copy")
  },
  {
    id: "browser.move",
    keys: ["m"],
    label: "Move",
    about: "To the other pane, removing it here once it is safe there; the plan comes first",
    whyNot: notToRoot,
    run: Acts.transfer("move")
  },
  {
    id: "browser.sync",
    keys: ["s"],
    label: "Sync",
    about: "Make the folder of the other pane the same as this one; the plan comes first",
    whyNot: (state) =>
      Acts.isRoot(paneOf(state)) || Acts.isRoot(otherOf(state)) ? "Open a bucket in both panes first (Tab)" : undefined,
    run: Acts.sync
  },
  {
    id: "browser.delete",
    keys: ["d"],
    label: "Delete",
    about: "What is marked, else what is chosen; asks with the count and the name",
    whyNot: notAtRoot,
    run: Acts.askToDelete
  },
  {
    id: "browser.undo",
    keys: ["U"],
    label: "Undo delete",
    about: "Brings back what was deleted here last, where the storage keeps versions",
    whyNot: ({ removal }, { tasks }) => {
      if (removal === undefined) return "Nothing was deleted here"
      const task = tasks.find(({ id }) => id === removal)
      return task !== undefined && task.endedAt === null ? "It is being deleted; wait for the end" : undefined
    },
    run: (state) => ({
      state: { ...state, removal: undefined },
      asks: [{ _tag: "Start", tag: "undo", kind: "undo", request: { task: state.removal ?? "" }, isShown: false }]
    })
  },
  {
    id: "browser.versions",
    keys: ["v"],
    label: "Versions",
    whyNot: (state) => (chosen(state)?.isFolder === false ? undefined : "Choose a file"),
    run: (state) => versions(chosenPlace(state))
  },
  {
    id: "browser.compare",
    keys: ["="],
    label: "Compare",
    about:
      "Signs show what the other pane lacks (+), and what it has in another size (≠; ! where there are letters alone)",
    run: (state) => ({ state: { ...state, compares: !state.compares } })
  },
  {
    id: "browser.makeFolder",
    keys: ["n"],
    label: "New folder",
    whyNot: (state) => (Acts.isRoot(paneOf(state)) ? "" : undefined),
    run: Acts.makeFolder
  },
  {
    id: "browser.makeBucket",
    keys: ["n"],
    label: "New bucket",
    about: "Where buckets are listed",
    whyNot: (state) => (Acts.isRoot(paneOf(state)) ? undefined : ""),
    run: Acts.makeFolder
  },
  { id: "browser.goTo", keys: ["e"], label: "Go to", about: "A place by its name", run: Acts.goForm },
  {
    id: "browser.size",
    keys: ["i"],
    label: "Sizes",
    about: "How much each folder holds, the largest first, from one listing; folders below are known then too",
    whyNot: (state) => (Acts.isRoot(paneOf(state)) ? "Open a bucket first" : undefined),
    run: measure
  },
  {
    id: "browser.preview",
    keys: ["p"],
    label: "Preview",
    about:
      "What is known of the chosen one: in a column, or in the place of the other pane; wide windows always show it",
    run: (state) => ({ state: { ...state, previews: !state.previews } })
  },
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
    id: "browser.refresh",
    keys: ["u"],
    label: "Refresh",
    isQuiet: true,
    run: (state) => listAgain(state, state.side, Pane.again(Pane.withMeasured(paneOf(state), undefined)))
  },
  {
    id: "browser.copyPath",
    keys: ["y"],
    label: "Copy path",
    isQuiet: true,
    run: (state) => ({ asks: [{ _tag: "Copy", text: chosenPlace(state) }], notice: `Copied ${chosenPlace(state)}` })
  },
  ...ListCommands.commands(lens, { marks: true }),
  {
    id: "browser.back",
    keys: ["esc", "q"],
    label: "Back",
    run: ListCommands.orDropFilter(lens, () => ({ close: true }))
  }
]
