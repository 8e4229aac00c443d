/** The `--keep-…` flags as a policy. */

import * as ForgetPolicy from "@ourclone/backup/care/ForgetPolicy"
import * as CalendarDuration from "@ourclone/backup/go/CalendarDuration"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"
import { tagsOf } from "./SnapshotSelection.ts"

const counts = ["last", "hourly", "daily", "weekly", "monthly", "yearly"] as const
const spans = ["", "Hourly", "Daily", "Weekly", "Monthly", "Yearly"] as const

type CountFlag = `keep${Capitalize<(typeof counts)[number]>}`
type SpanFlag = `keepWithin${(typeof spans)[number]}`

export type ForgetRulesInput = { readonly [flag in CountFlag | SpanFlag]: string | undefined } & {
  readonly keepTag: ReadonlyArray<string>
}

const countOf = (flag: string, text: string): Effect.Effect<number, CommandStopped> => {
  if (text === "unlimited") return Effect.succeed(ForgetPolicy.unlimited)
  return /^\d{1,9}$/.test(text)
    ? Effect.succeed(Number(text))
    : usage(`--${flag}: "${text}" must be a whole number of snapshots, or unlimited`)
}

const spanOf = (flag: string, text: string): Effect.Effect<CalendarDuration.CalendarDuration, CommandStopped> => {
  const span = CalendarDuration.parse(text)
  return span === undefined
    ? usage(`--${flag}: "${text}" is no span; write years, months, days and hours, such as 1y6m7d12h`)
    : Effect.succeed(span)
}

const capital = <Text extends string>(text: Text) =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` as Capitalize<Text>

export const policyOf = (flags: ForgetRulesInput): Effect.Effect<ForgetPolicy.ForgetPolicy, CommandStopped> =>
  Effect.gen(function* () {
    const policy: { -readonly [rule in keyof ForgetPolicy.ForgetPolicy]: ForgetPolicy.ForgetPolicy[rule] } = {}
    for (const name of counts) {
      const text = flags[`keep${capital(name)}`]
      if (text !== undefined) policy[name] = yield* countOf(`keep-${name}`, text)
    }
    for (const name of spans) {
      const text = flags[`keepWithin${name}`]
      const flag = name === "" ? "keep-within" : `keep-within-${name.toLowerCase()}`
      if (text !== undefined) policy[`within${name}`] = yield* spanOf(flag, text)
    }
    if (flags.keepTag.length > 0) policy.tags = flags.keepTag.map(tagsOf)
    return policy
  })
