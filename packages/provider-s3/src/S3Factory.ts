/** What an app lists to know S3. The provider itself, with the library of AWS, is loaded when one is opened. */
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as Effect from "effect/Effect"
import { refusal } from "./S3Location.ts"
import { environment, placeOptions, S3Options } from "./S3Options.ts"

export const factory = ProviderFactory.make({
  type: "s3",
  description: "Amazon S3, and other services that speak like it",
  options: S3Options,
  environment,
  placeOptions: [...placeOptions],
  hasBuckets: true,
  refusesLocation: refusal,
  connect: (options, name) =>
    Effect.flatMap(
      Effect.promise(() => import("./S3Provider.ts")),
      (provider) => provider.connect({ ...options, name })
    ),
  open: (connection, { location, name }, options) =>
    connection.open({ ...options, name: `${name}${location}`, location })
})
