/** Files of this machine whose calls are requests, as those of a service are: counted for the account, and spans. */
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { wrap } from "@ourclone/core/layers/ProviderCalls"
import { inTurn } from "@ourclone/core/layers/RunPace"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

export const asked: ProviderFactory = {
  ...local,
  connect: (values, name) =>
    Effect.map(local.connect(values, name), (account) => ({
      ...account,
      open: (at, given) =>
        Effect.map(account.open(at, given), (provider) =>
          wrap(provider, {
            effect: (work, call) => inTurn(work, () => ({ ...call })),
            stream: (work, call) => Stream.unwrap(inTurn(Effect.succeed(work), () => ({ ...call })))
          })
        )
    }))
}
