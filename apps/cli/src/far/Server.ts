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
  ...["copy", "sync", "move", "copyto", "moveto", "bisync", "check"],
  ...["ls", "lsjson", "tree", "stat", "size", "du", "hashsum", "cat", "link", "versions", "bucket", "large"],
  ...["mkdir", "touch", "rm", "undelete", "cleanup", "backup", "restore", "forget", "snapshots", "snapshot", "repo"],
  ...["task start", "task list", "task show", "task watch", "task pause", "task resume", "task cancel", "task retry"],
  ...["task undo", "task why", "schedule", "mount list", "tui"]
])

/** What nobody could mean of another machine, and what programs start here: the variable does not concern it. */
const here: ReadonlySet<string> = new Set([
  ...["serve", "serve-side", "runner", "task run", "task look", "task watch-folders"],
  ...["doctor", "config", "plugin", "version"],
  ...["help", "completion", "complete"]
])

/** What is read by the process itself, and why it does not go. */
const inputs: { readonly [command: string]: string } = {
  rcat: "stores what comes in here",
  copyurl: "loads the address from here"
}

/** Flags before a command, with a value of their own behind them. */
const valued: ReadonlySet<string> = new Set(["--server", "--log-file", "--profile"])

/** The command that the words name, and with the word behind it. */
const named = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const at = words.findIndex((word, index) => !word.startsWith("-") && !valued.has(words[index - 1] ?? ""))
  if (at < 0) return []
  return words[at + 1] === undefined ? [words[at]!] : [words[at]!, `${words[at]} ${words[at + 1]}`]
}

const isHelp = (word: string): boolean => word === "--help" || word === "-h" || word === "--version"

/** Why words can not run at the service that they, or the variable, name. */
export const refusal = (
  words: ReadonlyArray<string>,
  environment: { readonly OURCLONE_SERVER?: string | undefined }
): string | undefined => {
  const isFlag = words.some((word) => word === "--server" || word.startsWith("--server="))
  if (!isFlag && (environment.OURCLONE_SERVER ?? "") === "") return undefined
  const names = named(words)
  const [command] = names
  if (command === undefined || words.some(isHelp) || names.some((name) => elsewhere.has(name))) return undefined
  if (!isFlag && names.some((name) => here.has(name))) return undefined
  const [what, out] = isFlag
    ? ["--server", "leave one of them out"]
    : ["OURCLONE_SERVER", "for this one, put OURCLONE_SERVER= before the command"]
  const input = Object.hasOwn(inputs, command) ? inputs[command] : undefined
  // Others of its group may run there.
  const isOneOfGroup = [...elsewhere].some((one) => one.startsWith(`${command} `))
  return input === undefined
    ? `ourclone ${isOneOfGroup ? names.at(-1) : command} is about this machine, and ${what} about another one; ${out}`
    : `ourclone ${command} ${input}, which can not be sent to a service as ${what} asks; ${isFlag ? "leave it out" : out}`
}
