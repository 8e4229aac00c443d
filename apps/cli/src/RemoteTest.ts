/** `remote test`: the checks every provider must pass, on the user's own storage. */

import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { kind } from "@ourclone/jobs/storage/TestRemote"
import * as Effect from "effect/Effect"
import * as ExitCode from "./ExitCode.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"

type Verdict = "ok" | "failed" | "not applicable"

const marks: Record<Verdict, string> = { ok: "ok  ", failed: "FAIL", "not applicable": "-   " }

interface Outcome {
  readonly verdict: Verdict
  readonly name: string
  readonly because?: string
}

const outcomeOf = (fact: Fact): Outcome | undefined => {
  switch (fact._tag) {
    case "Done":
      return { verdict: "ok", name: fact.item }
    case "Skipped":
      return { verdict: "not applicable", name: fact.item, because: fact.because }
    case "Failed":
      return { verdict: "failed", name: fact.failure.item ?? "", because: fact.failure.message }
    default:
      return undefined
  }
}

export const run = Effect.fnUntraced(function* (flags: { readonly remote: string }) {
  const output = yield* Output.make
  const remote = flags.remote.includes(":") ? flags.remote : `${flags.remote}:`
  const result = (fact: Fact): void => {
    const outcome = outcomeOf(fact)
    if (outcome === undefined) return
    const { because, name, verdict } = outcome
    if (output.isJson) output.json({ _tag: "Check", name, verdict, because })
    else output.line(`${marks[verdict]} ${name}${because === undefined ? "" : `: ${printable(because)}`}`)
    output.hand()
  }
  const { summary } = yield* JobRun.run(kind, { remote }, output, {
    isPreview: false,
    asksForProgress: "never",
    printsEvents: false,
    inWords: () => undefined,
    result
  })
  const { failed, notApplicable, passed } = summary
  if (failed > 0) {
    const message = `${failed} of ${passed + failed + notApplicable} checks failed; this storage can lose or mix up files`
    return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message })
  }
  if (!output.isJson) output.line(`${passed} checks passed on ${printable(remote)}, ${notApplicable} do not apply`)
}, Effect.scoped)
