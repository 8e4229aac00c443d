/** Where the service keeps what is its own. */
import { join } from "node:path"

export const serviceFile = (stateDirectory: string): string => join(stateDirectory, "service.sqlite")

/** Where the command line on the same machine finds it, unless somebody says otherwise. */
export const socketFile = (stateDirectory: string): string => join(stateDirectory, "service", "socket")
