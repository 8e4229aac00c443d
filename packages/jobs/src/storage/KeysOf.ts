/** The keys of the account that a place lies in. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Effect from "effect/Effect"
import { InvalidJob } from "../kind/JobError.ts"

export const keysOf = (provider: Provider) =>
  provider.keys?.ofAccount === undefined
    ? Effect.fail(
        new InvalidJob({ message: `${provider.name || "this folder"} has no keys; name a B2 remote, such as b2:` })
      )
    : Effect.succeed({ own: provider.keys.own, ...provider.keys.ofAccount })
