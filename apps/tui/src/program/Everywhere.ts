/** What can be done on every screen: go to another one, find a command, get help, leave. */
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import type { BoundCommand, Outcome } from "../command/Screen.ts"
import { tabs } from "../command/Tabs.ts"
import { help } from "../screens/asked/Help.ts"
import { palette } from "../screens/asked/Palette.ts"
import { question } from "../screens/asked/Question.ts"
import type { View } from "./App.ts"

const interrupted = 130

const leave = ({ world }: View): Outcome => {
  const going = world.tasks.filter(({ isRecord, state }) => !hasEnded(state) && !isRecord && state._tag !== "Paused")
  if (going.length === 0) return { asks: [{ _tag: "Quit", code: 0 }] }
  const one = going.length === 1
  const pauses = going.map(({ id }) => ({ _tag: "Wish", id, wish: "Pause" }) as const)
  return {
    open: question(
      "Leave?",
      [`${one ? "1 task goes" : `${going.length} tasks go`} on in the background.`],
      [
        { label: "Leave", asks: [{ _tag: "Quit", code: 0 }] },
        { label: one ? "Pause it, and stay" : "Pause them, and stay", asks: pauses }
      ]
    )
  }
}

export const everywhere = (view: View): ReadonlyArray<BoundCommand> => {
  const goes = tabs.map(
    ({ key, label, tab }): BoundCommand => ({
      id: `go.${tab}`,
      keys: [key],
      label: `${label} screen`,
      isQuiet: true,
      whyNot: () => undefined,
      run: () => ({ go: tab })
    })
  )
  const top = view.stack.at(-1)!
  const isAsking = top.isOverlay
  const always = () => undefined
  const all: ReadonlyArray<BoundCommand> = [
    ...(isAsking ? [] : goes),
    {
      id: "help",
      keys: ["?"],
      label: "Help",
      about: "The keys of this screen, then those of all screens",
      whyNot: () => (isAsking ? "" : undefined),
      run: () => ({ open: help(top, view.everywhere.length > 0 ? view.everywhere : everywhere(view)) })
    },
    {
      id: "palette",
      keys: [":", "ctrl-k"],
      label: "Commands",
      about: "Find any command, screen, storage or task by its name",
      whyNot: () => (isAsking ? "" : undefined),
      run: (world) => ({ open: palette(top, everywhere(view), world) })
    },
    {
      id: "quit",
      keys: ["Q", "ctrl-c"],
      label: "Leave",
      about: "Leave the screens; tasks go on. Ctrl-C twice leaves at once",
      isQuiet: true,
      whyNot: always,
      run: () => (top.name === "Question" ? { asks: [{ _tag: "Quit", code: interrupted }] } : leave(view))
    },
    {
      id: "suspend",
      keys: ["ctrl-z"],
      label: "Suspend",
      about: "Back to the shell for a while; fg comes back",
      isQuiet: true,
      whyNot: always,
      run: () => ({ asks: [{ _tag: "Suspend" }] })
    }
  ]
  return all
}
