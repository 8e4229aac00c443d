/** The first screen of each tab. */
import { log } from "./log/Log.ts"
import { nothing } from "./Nothing.ts"
import { tasks } from "./tasks/Tasks.ts"

export const roots = {
  storage: () => nothing("Storage"),
  migrate: () => nothing("Migrate"),
  tasks,
  backup: () => nothing("Backup"),
  mounts: () => nothing("Mounts"),
  schedules: () => nothing("Schedules"),
  log
}
