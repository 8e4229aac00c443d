/** What screens keep between runs, in a file of its own. */
import * as fs from "node:fs"
import * as path from "node:path"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import type * as Schema from "effect/Schema"
import type { Tab } from "../command/Screen.ts"
import { tabs } from "../command/Tabs.ts"

export type Kept = { readonly [name: string]: Schema.Json }

export const fileIn = (stateDirectory: string): string => path.join(stateDirectory, "tui.json")

/** Nothing where there is none, or it can not be read: it is only comfort. */
export const read = (file: string): Kept => {
  try {
    const found: unknown = JSON.parse(fs.readFileSync(file, "utf8"))
    return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Kept) : {}
  } catch {
    return {}
  }
}

/** The one that was seen last. */
export const tabIn = (kept: Kept): Tab => tabs.find(({ tab }) => tab === kept["tab"])?.tab ?? "storage"

/** Whole or not at all. */
export const write = (file: string, kept: Kept): void => {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    makeFolder(path.dirname(file))
    fs.writeFileSync(temporary, JSON.stringify(kept), { mode: 0o600 })
    fs.renameSync(temporary, file)
  } catch {
    fs.rmSync(temporary, { force: true })
  }
}
