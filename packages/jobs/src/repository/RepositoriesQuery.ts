/** `repositories`: those that have a name in the configuration. */
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Secret from "@ourclone/core/configuration/Secret"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"

export const Request = Schema.Struct({})
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  name: Schema.String,
  location: Schema.String,
  /** Where its password comes from; `xxx` for one that is written there itself. */
  password: Schema.optionalKey(Schema.String)
})
export type Row = typeof Row.Type

const shown = (password: string): string => (Secret.kindOf(password) === undefined ? "xxx" : Secret.show(password))

export const kind: QueryKind<"repositories", Request, Row> = {
  type: "repositories",
  request: Request,
  row: Row,
  needs: () => [],
  run: () =>
    Stream.unwrap(
      Effect.gen(function* () {
        const { configurationFile } = yield* Remotes
        const configured = yield* ConfiguredRepositories.read(configurationFile)
        const rows = Array.from(
          configured.values(),
          ({ location, name, password }): Row => ({
            name,
            location,
            ...(password === undefined ? {} : { password: shown(password) })
          })
        )
        return Stream.fromIterable(rows)
      })
    )
}
