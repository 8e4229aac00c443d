/** What an admin may change while the service runs. */
import type { Database } from "@ourclone/tasks/store/SqliteDatabase"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type OwnRates, RatesAnswer, SettingsAnswer } from "../api/settings/SettingsGroup.ts"

const defaults: SettingsAnswer = { runningAtOnce: 3, keepFactsDays: 30, keepTasksDays: 365 }

const noRates: RatesAnswer = { own: null }
const decodeRates = Schema.decodeUnknownOption(Schema.fromJsonString(RatesAnswer))

const decode = Schema.decodeUnknownOption(SettingsAnswer)

export interface ServiceSettings {
  readonly get: () => SettingsAnswer
  readonly change: (change: Partial<SettingsAnswer>) => SettingsAnswer
  readonly rates: () => RatesAnswer
  /** As of `day`; null has none of one's own. */
  readonly changeRates: (own: OwnRates | null, day: string) => RatesAnswer
}

export const make = (database: Database): ServiceSettings => {
  const get = (): SettingsAnswer => {
    const rows = database.rows<{ readonly name: string; readonly value: string }>("select name, value from setting")
    const stored = Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value)]))
    return Option.getOrElse(decode({ ...defaults, ...stored }), () => defaults)
  }
  const keep = (name: string, value: unknown): void =>
    void database.run("insert or replace into setting values (?, ?)", name, JSON.stringify(value))
  const rates = (): RatesAnswer => {
    const [row] = database.rows<{ readonly value: string }>("select value from setting where name = 'rates'")
    return Option.getOrElse(decodeRates(row?.value ?? ""), () => noRates)
  }
  return {
    get,
    change: (change) => {
      database.transaction(() => {
        for (const [name, value] of Object.entries(change)) keep(name, value)
      })
      return get()
    },
    rates,
    changeRates: (own, day) => {
      keep("rates", { own: own === null ? null : { ...own, asOf: day } } satisfies RatesAnswer)
      return rates()
    }
  }
}
