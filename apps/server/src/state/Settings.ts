/** What an admin may change while the service runs. */
import type { Database } from "@ourclone/tasks/store/SqliteDatabase"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { SettingsAnswer } from "../api/settings/SettingsGroup.ts"

const defaults: SettingsAnswer = { runningAtOnce: 3, keepFactsDays: 30, keepTasksDays: 365 }

const decode = Schema.decodeUnknownOption(SettingsAnswer)

export interface ServiceSettings {
  readonly get: () => SettingsAnswer
  readonly change: (change: Partial<SettingsAnswer>) => SettingsAnswer
}

export const make = (database: Database): ServiceSettings => {
  const get = (): SettingsAnswer => {
    const rows = database.rows<{ readonly name: string; readonly value: string }>("select name, value from setting")
    const stored = Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value)]))
    return Option.getOrElse(decode({ ...defaults, ...stored }), () => defaults)
  }
  const keep = (name: string, value: unknown): void =>
    void database.run("insert or replace into setting values (?, ?)", name, JSON.stringify(value))
  return {
    get,
    change: (change) => {
      database.transaction(() => {
        for (const [name, value] of Object.entries(change)) keep(name, value)
      })
      return get()
    }
  }
}
