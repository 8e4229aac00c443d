/** What an app lists to know B2. The provider itself, with its HTTP client, is loaded when one is opened. */
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as Effect from "effect/Effect"
import { refusal } from "./B2Location.ts"
import { B2Options, environment } from "./B2Options.ts"

export const factory = ProviderFactory.make({
  type: "b2",
  description: "Backblaze B2, through its native API",
  options: B2Options,
  environment,
  placeOptions: ["hardDelete", "createsBuckets"],
  hasBuckets: true,
  refusesLocation: refusal,
  connect: (options, name) =>
    options.api === "s3"
      ? Effect.flatMap(
          Effect.promise(() => import("./B2ByS3.ts")),
          (provider) => provider.connect({ ...options, name })
        )
      : Effect.flatMap(
          Effect.promise(() => import("./B2Provider.ts")),
          (provider) => provider.connect({ ...options, name })
        ),
  open: (connection, { location, name }, { createsBuckets, hardDelete }) =>
    connection.open({ name: `${name}${location}`, location, hardDelete, createsBuckets })
})
