/** The service that a command is to run at, where `--server` names one. Light: every command asks. */
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { Server as Named } from "../GlobalFlags.ts"
import { Streams } from "../Streams.ts"

/** Nothing where the command runs here. */
export const server = Effect.gen(function* () {
  const { environment } = yield* Streams
  const text = (yield* Named) ?? environment.OURCLONE_SERVER
  if (text === undefined || text === "") return undefined
  const { connect } = yield* Effect.promise(() => import("./Far.ts"))
  return yield* connect(text, environment)
})

/** What comes in here can not be read there. */
export const inputStays = usage(
  "what is read here can not be sent to a service; run it here, or name what it is to read there"
)

/** Commands that are the same there as here: what they ask for goes as it is. The screens attach to it. */
const elsewhere: ReadonlySet<string> = new Set([
  ...["copy", "sync", "move", "check", "ls", "lsjson", "tree", "stat", "size", "cat", "versions", "buckets", "large"],
  ...["mkdir", "rm", "undelete", "cleanup", "backup", "restore", "forget", "snapshots", "snapshot", "repo"],
  "tui"
])

/** Why words can not run at a service. */
export const refusal = (words: ReadonlyArray<string>): string | undefined => {
  const at = words.findIndex((word) => word === "--server" || word.startsWith("--server="))
  if (at < 0) return undefined
  const others = words[at] === "--server" ? words.toSpliced(at, 2) : words.toSpliced(at, 1)
  const command = others.find((word) => !word.startsWith("-"))
  return command === undefined || elsewhere.has(command) || others.includes("--help")
    ? undefined
    : `ourclone ${command} is about this machine, and --server about another one; leave one of them out`
}
