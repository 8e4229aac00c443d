/** Progress of a job that goes in steps: what it does now, and how much of that is done. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable, shorten } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as LiveLines from "../LiveLines.ts"
import type { Output } from "../Output.ts"
import type { Streams } from "../Streams.ts"

export interface Steps {
  /** A step begins; without a `total` nobody knows how much there is. */
  readonly begin: (step: string, total?: number) => void
  readonly done: (count: number) => void
  /** Instead of counts: a text of the caller's. */
  readonly tell: (text: string) => void
  /** Shows them on a terminal until the scope closes; elsewhere nothing is shown. */
  readonly show: Effect.Effect<void, never, Streams | Scope.Scope>
}

export const make = (output: Output): Steps => {
  let step = ""
  let total: number | undefined
  let count = 0
  let said: string | undefined
  const line = (): string => {
    if (said !== undefined) return said
    if (total === undefined || total === 0) return count === 0 ? step : `${step} · ${Amount.count(count)}`
    return `${step} · ${Amount.count(count)} of ${Amount.count(total)} (${Math.floor((count / total) * 100)} %)`
  }
  const lines = (columns: number): Array<string> => (line() === "" ? [] : [shorten(printable(line()), columns)])
  const isShown = output.isErrorTerminal && !output.isQuiet && !output.isJson
  return {
    show: isShown ? LiveLines.show(output, { lines, oneLine: () => undefined }) : Effect.void,
    begin: (next, of) => {
      step = next
      total = of
      count = 0
      said = undefined
    },
    done: (now) => {
      count = now
    },
    tell: (text) => {
      said = text
    }
  }
}
