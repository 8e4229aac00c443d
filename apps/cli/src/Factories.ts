/** The providers this program knows. What opens B2 is loaded when it is opened, because it brings an HTTP client. */
import * as ProviderFactory from "@ourclone/core/ProviderFactory"
import { B2Options, environment } from "@ourclone/provider-b2/B2Options"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import { lazily } from "./Lazily.ts"

const described = ProviderFactory.make({
  type: "b2",
  description: "Backblaze B2, through its native API",
  options: B2Options,
  environment,
  open: () => Effect.die("only described here")
})

const b2: ProviderFactory.ProviderFactory = {
  ...described,
  open: (values, at) =>
    lazily(
      () => import("@ourclone/provider-b2/B2Provider"),
      ({ B2 }) => B2.open(values, at)
    )
}

export const factories: ReadonlyArray<ProviderFactory.ProviderFactory> = [local, b2]
