/** `tui`: the screens, which run this program for their tasks and their looks into storage. */
import * as Effect from "effect/Effect"
import { CommandStopped } from "./ExitCode.ts"

/** What runs this program again. */
export const program = (): readonly [string, ...ReadonlyArray<string>] => [
  process.execPath,
  ...process.execArgv,
  process.argv[1] ?? ""
]

/** What the process is to end with. */
export const open = async (isLinear: boolean): Promise<number> => {
  const { main } = await import("@ourclone/tui/main")
  return main({ isLinear, program: program() })
}

export const run = (isLinear: boolean) =>
  Effect.flatMap(
    Effect.promise(() => open(isLinear)),
    (code) => (code === 0 ? Effect.void : Effect.fail(new CommandStopped({ code, message: "" })))
  )
