/** `check`: what is different between two sides, without changing either. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { differenceStep, kind, type Request, type Summary } from "@ourclone/jobs/transfer/Check"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import * as ExitCode from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterRequest } from "./FilterRequest.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import { told } from "./words/remedies.ts"

type Flags = Omit<Request, keyof FilterInput | "modifyWindowMillis" | "at" | "versionId"> & {
  readonly filters: FilterInput
  readonly differencesOnly: boolean
  readonly modifyWindowMillis: number | undefined
  readonly at: number | undefined
  readonly versionId: string | undefined
}

const signs = { onlySource: "+", onlyDestination: "-", different: "*" } as const

const line = (sign: string, item: string, because?: string): string =>
  `${sign} ${printable(item)}${because === undefined ? "" : ` (${printable(because)})`}`

/** The line of a finding: what is the same, what differs and how, or what could not be compared. */
const ofFact = (fact: Fact, differencesOnly: boolean): string | undefined => {
  if (fact._tag === "Done") return differencesOnly ? undefined : line("=", fact.item)
  if (fact._tag === "Failed") return line("!", fact.failure.item ?? "", told(fact.failure))
  if (fact._tag !== "Step" || fact.name !== differenceStep) return undefined
  const { because, finding, item } = fact.values ?? {}
  const sign = signs[String(finding) as keyof typeof signs]
  return line(sign, String(item), because === undefined ? undefined : String(because))
}

const totals = (counts: Summary, isOneWay: boolean): string =>
  [
    `${Amount.count(counts.same)} the same`,
    `${Amount.count(counts.different)} different`,
    `${Amount.count(counts.onlySource)} only at the source`,
    isOneWay ? undefined : `${Amount.count(counts.onlyDestination)} only at the destination`,
    `${Amount.count(counts.unreadable)} could not be compared`
  ]
    .filter((part) => part !== undefined)
    .join(", ")

export const run = Effect.fnUntraced(function* (flags: Flags) {
  const output = yield* Output.make
  const { destination, differencesOnly, filters, source, ...rest } = flags
  const request: Request = {
    ...given(rest),
    ...(yield* filterRequest(filters)),
    source: absolute(source),
    destination: absolute(destination)
  }
  const result = (fact: Fact): void => {
    const text = ofFact(fact, differencesOnly)
    if (text !== undefined) output.line(text)
    if (fact._tag === "Skipped")
      output.note(`skipped ${printable(fact.item)}: ${printable(told({ ...fact, message: fact.because }))}`)
  }
  const options = { isPreview: false, asksForProgress: "never", inWords: () => undefined, result } as const
  const { summary } = yield* JobRun.run(kind, request, output, options)
  if (!output.isJson && !output.isQuiet) output.line(totals(summary, request.oneWay === true))
  const { different, onlyDestination, onlySource, unreadable } = summary
  if (different + onlySource + onlyDestination > 0) {
    return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message: "" })
  }
  if (unreadable > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
}, Effect.scoped)
