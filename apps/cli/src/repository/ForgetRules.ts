/** The `--keep-…` flags as fields of a request. */
import type { KeepRules } from "@ourclone/jobs/repository/KeepRules"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"
import { tagsOf } from "./SnapshotFlags.ts"

const counts = ["keepLast", "keepHourly", "keepDaily", "keepWeekly", "keepMonthly", "keepYearly"] as const
const spans = [
  "keepWithin",
  "keepWithinHourly",
  "keepWithinDaily",
  "keepWithinWeekly",
  "keepWithinMonthly",
  "keepWithinYearly"
] as const

export type ForgetRulesInput = {
  readonly [flag in (typeof counts)[number] | (typeof spans)[number]]: string | undefined
} & { readonly keepTag: ReadonlyArray<string> }

const flagOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const countOf = (field: string, text: string): Effect.Effect<number | "unlimited", CommandStopped> => {
  if (text === "unlimited") return Effect.succeed(text)
  return /^\d{1,9}$/.test(text)
    ? Effect.succeed(Number(text))
    : usage(`--${flagOf(field)}: "${text}" must be a whole number of snapshots, or unlimited`)
}

type Rules = { -readonly [field in keyof KeepRules]: KeepRules[field] }

/** Whether spans are ones is for the job to say. */
export const rulesOf = (flags: ForgetRulesInput): Effect.Effect<KeepRules, CommandStopped> =>
  Effect.gen(function* () {
    const rules: Rules = {}
    for (const field of counts) {
      const text = flags[field]
      if (text !== undefined) rules[field] = yield* countOf(field, text)
    }
    for (const field of spans) {
      const text = flags[field]
      if (text !== undefined) rules[field] = text
    }
    if (flags.keepTag.length > 0) rules.keepTag = flags.keepTag.map(tagsOf)
    return rules
  })
