/** `doctor`: what is right and wrong with a place, a line each. */
import type { Purpose } from "@ourclone/core/contract/Keys"
import { pad, printable } from "@ourclone/core/events/PrintableText"
import { kind, type Row } from "@ourclone/jobs/storage/Doctor"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import * as ExitCode from "./ExitCode.ts"
import { given } from "./Given.ts"
import * as Output from "./Output.ts"
import * as QueryRun from "./QueryRun.ts"

const marks: Record<Row["verdict"], string> = { ok: "ok  ", warning: "note", failed: "FAIL" }

const names: { readonly [name: string]: string } = {
  signIn: "sign-in",
  maySync: "may sync",
  mayBackup: "may backup",
  mayMount: "may mount",
  mayRead: "may read",
  mayBeyond: "may also"
}

export const run = Effect.fnUntraced(function* (flags: {
  readonly place: string
  readonly purpose: Purpose | undefined
  readonly writes: boolean
}) {
  const output = yield* Output.make
  const { place, ...rest } = flags
  let wrong = 0
  yield* QueryRun.each(kind, { ...given(rest), path: absolute(place) }, output, (rows) => {
    for (const row of rows) {
      if (row.verdict === "failed") wrong++
      if (output.isJson) output.json({ _tag: "Finding", ...row })
      else output.line(`${marks[row.verdict]} ${pad(names[row.name] ?? row.name, 14)} ${printable(row.message)}`)
    }
  })
  if (wrong > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message: "" })
}, Effect.scoped)
