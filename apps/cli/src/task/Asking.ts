/** What a command line would ask for, without doing it: so that a task or a schedule is written as the command is. */

import type { JobKind } from "@ourclone/jobs/kind/JobKind"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ExitCode from "../ExitCode.ts"

/** Whether commands only say what they would do. */
const IsAsked = Context.Reference<boolean>("@ourclone/cli/IsAsked", { defaultValue: () => false })

/** Not an error of anybody's, so that no command takes it for one. */
class Answer {
  readonly kind: string
  readonly request: Schema.Json
  constructor(kind: string, request: Schema.Json) {
    this.kind = kind
    this.request = request
  }
}

export type { Answer }

/** Commands that are a job and nothing else. */
const askable: ReadonlyArray<ReadonlyArray<string>> = [
  ...["copy", "sync", "move", "copyto", "moveto", "bisync"].map((name) => [name]),
  ...["check", "rm", "undelete", "mkdir", "cleanup"].map((name) => [name]),
  ...["backup", "restore", "forget"].map((name) => [name]),
  ...["check", "prune", "drill", "copy", "recover", "unlock"].map((name) => ["repo", name]),
  ["repo", "repair", "index"],
  ["snapshot", "rewrite"],
  ["snapshot", "tag"],
  ["large", "cancel"]
]

/** Commands that go on until they are ended, so that a run of them never comes to its end. */
const lasting: ReadonlyArray<ReadonlyArray<string>> = [["mount"], ["snapshot", "mount"], ["serve"], ["runner"], ["tui"]]

const isOneOf = (commands: ReadonlyArray<ReadonlyArray<string>>, words: ReadonlyArray<string>): boolean =>
  commands.some((known) => known.every((word, index) => word === words[index]))

const names = askable.map((words) => words.join(" ")).join(", ")

/** To be said by whoever is about to run a job. */
export const answer = Effect.fnUntraced(function* <Request>(
  kind: Pick<JobKind<string, Request, unknown>, "type" | "request" | "refuse">,
  request: Request,
  { hasInput = false, isPreview = false }: { readonly hasInput?: boolean; readonly isPreview?: boolean } = {}
) {
  if (!(yield* IsAsked)) return
  if (isPreview) return yield* ExitCode.usage("a preview is over when it was shown: leave out --dry-run")
  if (hasInput) return yield* ExitCode.usage("nobody is there to give it standard input: name what it is to read")
  // Said by the run itself.
  if (kind.refuse?.(request) !== undefined) return
  return yield* Effect.die(new Answer(kind.type, Schema.encodeSync(Schema.toCodecJson(kind.request))(request)))
})

/** The job of `words`, which `run` runs as a command line. */
export const ask = <A, E, R>(words: ReadonlyArray<string>, run: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    if (isOneOf(lasting, words)) {
      const name = words.slice(0, words[0] === "snapshot" ? 2 : 1).join(" ")
      return yield* ExitCode.usage(
        `"${name}" goes on until it is ended, so nothing is to start it again and again: run it by itself, or by the system when it boots`
      )
    }
    if (!isOneOf(askable, words)) {
      return yield* ExitCode.usage(`after -- stands what is to be run, one of: ${names}`)
    }
    return yield* Effect.catchDefect(
      Effect.andThen(
        Effect.provideService(run, IsAsked, true),
        Effect.suspend(() => ExitCode.usage(`"${words.join(" ")}" is no work of its own`))
      ),
      (defect) => (defect instanceof Answer ? Effect.succeed(defect) : Effect.die(defect))
    )
  })
