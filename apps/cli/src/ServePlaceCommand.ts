/** `serve http` and `serve restic`. */
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { JobKind } from "@ourclone/jobs/kind/JobKind"
import { type Summary, serveSecret, servingHttp, servingRestic } from "@ourclone/jobs/serve/ServeFields"
import * as ServeHttp from "@ourclone/jobs/serve/ServeHttpJob"
import * as ServeRestic from "@ourclone/jobs/serve/ServeResticJob"
import * as Effect from "effect/Effect"
import * as Ending from "./Ending.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import { endProcess } from "./process/EndProcess.ts"
import * as ServedFields from "./ServedFields.ts"
import * as ServePassword from "./ServePassword.ts"

const variable = "OURCLONE_SERVE_PASSWORD"

type PlaceFlags = ServePassword.PasswordFlags & ServedFields.ServedFlags

const serving =
  (output: Output.Output, password: ServePassword.ServePassword, words: (url: string, place: string) => string) =>
  (fact: Fact): void => {
    if (fact._tag === "Step" && fact.name === "serving") {
      password.say()
      output.note(words(String(fact.values?.url), printable(String(fact.values?.place))))
    }
    if (fact._tag === "Note") output.note(printable(fact.message))
  }

const run = Effect.fnUntraced(function* <Flags extends PlaceFlags, Request>(
  kind: JobKind<string, Request, Summary>,
  flags: Flags,
  request: Request,
  words: (url: string, place: string) => string
) {
  Ending.endBy(endProcess)
  const output = yield* Output.make
  const password = yield* ServePassword.make(serveSecret, variable, flags, output)
  yield* JobRun.run(kind, request, output, {
    isPreview: false,
    asksForProgress: "never",
    inWords: () => undefined,
    secrets: password.secrets,
    result: serving(output, password, words)
  })
}, Effect.scoped)

export const http = (flags: PlaceFlags) =>
  run(
    ServeHttp.kind,
    flags,
    ServedFields.requestOf(servingHttp, flags),
    (url, place) => `${place} is served at ${url}, to be read; ^C ends it`
  )

export const restic = (flags: PlaceFlags & { readonly appendOnly: boolean }) =>
  run(
    ServeRestic.kind,
    flags,
    ServedFields.requestOf(servingRestic, flags),
    (url, place) => `${place} is served to restic at rest:${url}; ^C ends it`
  )
