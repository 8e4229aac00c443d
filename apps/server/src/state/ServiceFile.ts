/** Where the service keeps what is its own. */
import { join } from "node:path"

export const serviceFile = (stateDirectory: string): string => join(stateDirectory, "service.sqlite")
