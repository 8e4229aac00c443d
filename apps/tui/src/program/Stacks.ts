/** The screens of each tab, one on top of the other. The first one of a tab is made when it is first looked at, and stays. */
import type { Screen, Tab } from "../command/Screen.ts"

export interface Stacks {
  readonly of: (tab: Tab) => ReadonlyArray<Screen>
  /** Which tab has the screen, and the screen as it is now. */
  readonly find: (id: number) => { readonly tab: Tab; readonly screen: Screen } | undefined
  /** Another state of a screen that is there. */
  readonly replace: (screen: Screen) => void
  readonly push: (tab: Tab, screen: Screen) => void
  /** Nothing for the first one of its tab. */
  readonly close: (id: number) => void
  /** Back to the first one. */
  readonly clear: (tab: Tab) => void
}

export const make = (first: (tab: Tab) => Screen): Stacks => {
  const all = new Map<Tab, ReadonlyArray<Screen>>()
  const of = (tab: Tab): ReadonlyArray<Screen> => {
    const found = all.get(tab)
    if (found !== undefined) return found
    const made = [first(tab)]
    all.set(tab, made)
    return made
  }
  const find: Stacks["find"] = (id) => {
    for (const [tab, screens] of all) {
      const screen = screens.find((one) => one.id === id)
      if (screen !== undefined) return { tab, screen }
    }
    return undefined
  }
  return {
    of,
    find,
    replace: (screen) => {
      const found = find(screen.id)
      if (found === undefined) return
      all.set(
        found.tab,
        of(found.tab).map((other) => (other.id === screen.id ? screen : other))
      )
    },
    push: (tab, screen) => void all.set(tab, [...of(tab), screen]),
    close: (id) => {
      const found = find(id)
      if (found === undefined || of(found.tab)[0]?.id === id) return
      all.set(
        found.tab,
        of(found.tab).filter((screen) => screen.id !== id)
      )
    },
    clear: (tab) => void all.set(tab, [of(tab)[0]!])
  }
}
