/** The first screen of each tab. */
import { backup } from "./backup/Backup.ts"
import { log } from "./log/Log.ts"
import { migrate } from "./migrate/Migrate.ts"
import { mounts } from "./mounts/Mounts.ts"
import { schedules } from "./schedules/Schedules.ts"
import { storage } from "./storage/Storage.ts"
import { tasks } from "./tasks/Tasks.ts"

export const roots = { storage, migrate, tasks, backup, mounts, schedules, log }
