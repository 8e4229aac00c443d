/** Who says it, for others to read. */
import { userInfo } from "node:os"

export const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return "the command line"
  }
}
