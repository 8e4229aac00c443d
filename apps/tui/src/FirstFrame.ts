/** What is known before anything was asked, and the whole first frame of it, drawn before Ink is there. */
import type { Tab } from "./command/Screen.ts"
import type { World } from "./command/World.ts"
import * as Layout from "./frame/Layout.ts"
import * as Marks from "./lines/Marks.ts"
import { paint } from "./lines/Paint.ts"
import { everywhere } from "./program/Everywhere.ts"
import { roots } from "./screens/Roots.ts"
import type { Kept } from "./terminal/KeptState.ts"

export interface Beginning {
  readonly environment: { readonly [variable: string]: string | undefined }
  readonly home: string
  readonly kept: Kept
}

export const firstWorld = ({ environment, home, kept }: Beginning): World => ({
  now: Date.now(),
  tasks: [],
  views: new Map(),
  remotes: [],
  repositories: [],
  schedules: [],
  lost: undefined,
  service: "",
  machine: "This computer",
  notices: [],
  visits: 0,
  home,
  directory: process.cwd(),
  marks: Marks.of(environment),
  kept
})

export const hasColors = ({ NO_COLOR }: Beginning["environment"]): boolean => NO_COLOR === undefined || NO_COLOR === ""

/** From the upper left corner of the window. */
export const firstFrame = (beginning: Beginning, tab: Tab, columns: number, rows: number): string => {
  const world = firstWorld(beginning)
  const seen = { tab, stack: [roots[tab](world)], world, notice: undefined, isBusy: true }
  const view = { ...seen, everywhere: everywhere({ ...seen, everywhere: [] }) }
  const lines = Layout.lines(view, columns, rows).map((line) => paint(line, hasColors(beginning.environment)))
  return `\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}`
}
