/** What the browser knows: two panes, which of them hears keys, and what was seen of their folders. */

import type * as ListCommands from "../../command/ListCommands.ts"
import type { Step } from "../../command/Screen.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import type { Entry } from "./Entry.ts"
import * as Pane from "./Pane.ts"

export type Side = 0 | 1

export interface State {
  readonly panes: readonly [Pane.Pane, Pane.Pane]
  readonly side: Side
  /** Panes whose list has begun to come. */
  readonly hasRows: readonly [boolean, boolean]
  readonly compares: boolean
  /** What is known of the chosen entry is shown beside the panes, or in the place of the other one. */
  readonly previews: boolean
  /** The task that deleted something last. */
  readonly removal: string | undefined
  /** Which tasks had ended when the panes were listed. */
  readonly ended: string
}

export const paneOf = ({ panes, side }: State): Pane.Pane => panes[side]
export const otherOf = ({ panes, side }: State): Pane.Pane => panes[side === 0 ? 1 : 0]

export const otherSide = (state: State): State => ({ ...state, side: state.side === 0 ? 1 : 0 })

export const withPane = (state: State, side: Side, pane: Pane.Pane): State => ({
  ...state,
  panes: side === 0 ? [pane, state.panes[1]] : [state.panes[0], pane]
})

export const withRows = (state: State, side: Side, has: boolean): State => ({
  ...state,
  hasRows: side === 0 ? [has, state.hasRows[1]] : [state.hasRows[0], has]
})

export const lens: ListCommands.Lens<State, Entry> = {
  get: (state) => paneOf(state).list,
  set: (state, list) => withPane(state, state.side, { ...paneOf(state), list })
}

export const chosen = (state: State): Entry | undefined => List.chosen(paneOf(state).list)
/** What is marked, else what is chosen. */
export const meant = (state: State): ReadonlyArray<Entry> => List.meant(paneOf(state).list)

/** Asks for the list of that side; what was listed stays until another comes. */
export const listAgain = (state: State, side: Side, pane: Pane.Pane): Step<State> => ({
  state: withRows(withPane(state, side, pane), side, false),
  asks: [Pane.ask(pane, String(side))]
})

export const goTo = (state: State, place: string, wanted = ""): Step<State> =>
  listAgain(state, state.side, Pane.at(place, paneOf(state), wanted))

/** The place of what is chosen. */
export const chosenPlace = (state: State): string => Places.inside(paneOf(state).place, chosen(state)?.name ?? "")
