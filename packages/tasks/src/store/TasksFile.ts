/** Where the journal of this machine is. */
import { join } from "node:path"
import { journalDirectory } from "@ourclone/jobs/place/OwnFiles"

export const tasksFile = (stateDirectory: string): string => join(journalDirectory(stateDirectory), "journal.sqlite")
