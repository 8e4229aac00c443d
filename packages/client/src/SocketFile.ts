/** Where a service of this machine is asked by the user it runs as, unless somebody gave it another place. */
import { join } from "node:path"

/** Absolute where `stateDirectory` is. */
export const socketFile = (stateDirectory: string): string => join(stateDirectory, "service", "socket")
