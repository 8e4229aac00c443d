/** The screens that a number leads to. */
import type { Tab } from "./Screen.ts"

export const tabs: ReadonlyArray<{ readonly tab: Tab; readonly key: string; readonly label: string }> = [
  { tab: "storage", key: "1", label: "Storage" },
  { tab: "migrate", key: "2", label: "Migrate" },
  { tab: "tasks", key: "3", label: "Tasks" },
  { tab: "backup", key: "4", label: "Backup" },
  { tab: "mounts", key: "5", label: "Mounts" },
  { tab: "schedules", key: "6", label: "Schedules" },
  { tab: "log", key: "7", label: "Log" }
]

/** Those that the line of tabs shows. */
export const shownTabs = tabs.filter(({ tab }) => tab !== "log")

/** From here on the tabs have a line of their own. */
export const hasTabs = (columns: number, rows: number): boolean => columns >= 80 && rows >= 16

export const brand = " OurClone "

/** Smaller windows only say so. */
export const smallest = { columns: 40, rows: 10 }
