/** Settings, the audit log, and what this service is. */
import * as ConfiguredRates from "@ourclone/core/configuration/ConfiguredRates"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { Unavailable } from "../api/Problem.ts"
import type { RatesAnswer, SettingsAnswer } from "../api/settings/SettingsGroup.ts"
import { kept, Service } from "../http/Service.ts"

const unreadable = ({ message, reason }: RemoteError) => new Unavailable({ code: reason._tag, detail: message })

const ratesAnswer = (own: ConfiguredRates.OwnRates | undefined): RatesAnswer => {
  if (own === undefined) return { own: null }
  const { asOf, fetchedGB, storedGBMonth } = own
  return { own: { asOf, fetchedGB, storedGBMonth } }
}

export const settings = HttpApiBuilder.group(
  Api,
  "settings",
  Effect.fn(function* (handlers) {
    const { about, audit, clock, host, remotes, settings } = yield* Service
    const file = remotes.configurationFile
    const rates = Effect.mapBoth(ConfiguredRates.read(file), { onSuccess: ratesAnswer, onFailure: unreadable })
    return handlers
      .handle("about", () =>
        Effect.map(
          Effect.catch(remotes.warnings, (error) => Effect.succeed([error.message])),
          (warnings) => ({ ...about, warnings: [...warnings] })
        )
      )
      .handle("settings", () => kept(settings.get))
      .handle("changeSettings", ({ payload }) =>
        Effect.tap(
          kept((): SettingsAnswer => settings.change(payload)),
          () => host.look
        )
      )
      .handle("rates", () => rates)
      .handle(
        "changeRates",
        Effect.fnUntraced(function* ({ payload: { own } }) {
          const asOf = new Date(clock()).toISOString().slice(0, 10)
          const before = yield* Effect.mapError(ConfiguredRates.read(file), unreadable)
          const after = own === null ? undefined : { ...before, ...own, asOf }
          yield* Effect.mapError(ConfiguredRates.write(file, after), unreadable)
          return yield* rates
        })
      )
      .handle("audit", ({ query: { before, limit: asked = 100 } }) => {
        const limit = Math.min(asked, 500)
        return Effect.map(
          kept(() => audit.list(before, limit + 1)),
          (found) => ({ entries: found.slice(0, limit), isCut: found.length > limit })
        )
      })
  })
)
