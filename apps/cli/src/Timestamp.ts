/** `--timestamp`, read as rclone reads it: in UTC, or in the zone of this machine with `--localtime`. */

import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CommandStopped, usage } from "./ExitCode.ts"
import { on, text } from "./Flags.ts"
import { momentOf } from "./FlagWords.ts"

export const flags = {
  timestamp: text(
    "timestamp",
    "time",
    "The time that it gets, in UTC: 2024-02-29T12:30:00, 2024-02-29, 240229, or how long ago, such as 2h; now without it"
  ).pipe(Flag.withAlias("t")),
  localtime: on("localtime", "That time is one of this machine's zone")
}

const short = /^(\d\d)(\d\d)(\d\d)$/
const withoutZone = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d+)?))?$/

const inFull = (typed: string, localtime: boolean): string => {
  const [, year, month, day] = short.exec(typed) ?? []
  const whole = year === undefined ? typed : `${Number(year) < 69 ? "20" : "19"}${year}-${month}-${day}`
  const [, date, time = "00:00:00"] = withoutZone.exec(whole) ?? []
  return date === undefined ? whole : `${date}T${time}${localtime ? "" : "Z"}`
}

export interface Typed {
  readonly localtime: boolean
  readonly timestamp: string | undefined
}

/** In milliseconds since 1970 UTC; undefined where none was typed. */
export const read = ({ localtime, timestamp }: Typed): Effect.Effect<number | undefined, CommandStopped> => {
  if (timestamp === undefined) return Effect.succeed(undefined)
  const moment = momentOf(inFull(timestamp, localtime))
  return Result.isSuccess(moment)
    ? Effect.succeed(moment.success)
    : usage(
        `--timestamp "${timestamp}" is no time; write one such as 2024-02-29T12:30:00, 240229, or 2h for two hours ago`
      )
}
