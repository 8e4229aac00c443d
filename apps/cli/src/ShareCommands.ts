/** `link` and `touch`: one thing done with one file. */
import * as Amount from "@ourclone/core/events/Amount"
import * as Link from "@ourclone/jobs/storage/Link"
import * as Touch from "@ourclone/jobs/storage/Touch"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import * as ExitCode from "./ExitCode.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import * as QueryRun from "./QueryRun.ts"
import * as RunReport from "./RunReport.ts"
import * as Timestamp from "./Timestamp.ts"

export const link = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly expireMillis: number | undefined
}) {
  const output = yield* Output.make
  const { path, ...rest } = flags
  yield* QueryRun.each(Link.kind, { ...given(rest), path: absolute(path) }, output, (rows) => {
    for (const row of rows) {
      if (output.isJson) output.json({ _tag: "Link", ...row })
      else {
        output.line(row.url)
        output.note(`good until ${Amount.time(row.expiresAt)}, for whoever has it`)
      }
    }
  })
}, Effect.scoped)

export const touch = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly timestamp: string | undefined
  readonly localtime: boolean
  readonly noCreate: boolean
  readonly recursive: boolean
  readonly createsBucket: boolean | undefined
}) {
  const output = yield* Output.make
  const { localtime, path, timestamp, ...rest } = flags
  const modifiedAt = yield* Timestamp.read({ timestamp, localtime })
  const options = { isPreview: false, asksForProgress: "never", printsEvents: false, inWords: () => undefined } as const
  const { summary, view } = yield* JobRun.run(
    Touch.kind,
    { ...given({ ...rest, modifiedAt }), path: absolute(path) },
    output,
    options
  )
  if (output.isJson) output.json({ _tag: "Touched", ...summary })
  else for (const line of RunReport.skipLines(view)) output.note(line)
  if (summary.failed === 0) return
  for (const line of [`${Amount.files(summary.failed)} failed:`, ...RunReport.failureLines(view)]) output.problem(line)
  return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
}, Effect.scoped)
