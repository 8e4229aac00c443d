/** A machine one of whose folders, `ci`, lies on a disk that does not tell letter cases apart. */
import type { Account } from "@ourclone/core/contract/Account"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import * as OneCase from "@ourclone/core/testing/OneCase"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import { makeWorld } from "./JobWorld.ts"

const factory: ProviderFactory = {
  ...local,
  connect: (values, name) =>
    Effect.map(
      local.connect(values, name),
      (account): Account => ({
        ...account,
        open: (at, options) =>
          Effect.map(account.open(at, options), (provider) =>
            at.location.endsWith("/ci") ? OneCase.make(provider) : provider
          )
      })
    )
}

export const makeOneCaseWorld = () => makeWorld([factory])
