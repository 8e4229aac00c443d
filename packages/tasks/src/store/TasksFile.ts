/** Where the journal of this machine is. */
import { join } from "node:path"

export const tasksFile = (stateDirectory: string): string => join(stateDirectory, "tasks.sqlite")
