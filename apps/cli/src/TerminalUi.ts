/** The screens, which run this program for their tasks and their looks into storage. Loads nothing but them. */
import * as SmallHeap from "./process/SmallHeap.ts"

/** What runs this program again. */
const program = (): readonly [string, ...ReadonlyArray<string>] => [
  process.execPath,
  ...process.execArgv,
  process.argv[1] ?? ""
]

/** What the process is to end with. */
export const open = async (isLinear: boolean, server?: string): Promise<number> => {
  SmallHeap.keep()
  const { main } = await import("@ourclone/tui/main")
  return main({ isLinear, program: program(), server })
}
