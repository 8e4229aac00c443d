/** Settings, the audit log, and what this service is. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import type { SettingsAnswer } from "../api/settings/SettingsGroup.ts"
import { kept, Service } from "../http/Service.ts"

export const settings = HttpApiBuilder.group(
  Api,
  "settings",
  Effect.fn(function* (handlers) {
    const { about, audit, clock, host, remotes, settings } = yield* Service
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
      .handle("rates", () => kept(settings.rates))
      .handle("changeRates", ({ payload: { own } }) =>
        kept(() => settings.changeRates(own, new Date(clock()).toISOString().slice(0, 10)))
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
