/** The account and the bucket that `b2:name` means. */
import type { Provider } from "@ourclone/core/contract/Provider"
import { StorageError } from "@ourclone/core/contract/StorageError"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import { InvalidJob } from "../kind/JobError.ts"
import { open } from "../place/OpenPlace.ts"
import { split } from "../place/PlaceText.ts"

export const bucketsOf = (provider: Provider) =>
  provider.buckets === undefined
    ? Effect.fail(
        new InvalidJob({ message: `${provider.name || "this folder"} has no buckets; name a B2 remote, such as b2:` })
      )
    : Effect.succeed(provider.buckets)

export const openBucket = Effect.fnUntraced(function* (text: string, tell: Tell) {
  const { path, prefix } = split(text)
  const name = path.replace(/^\/+|\/+$/g, "")
  if (prefix === "" || name === "" || name.includes("/")) {
    const message = `"${text}" does not name a bucket; write remote:bucket, such as b2:my-bucket`
    return yield* new InvalidJob({ message })
  }
  const buckets = yield* bucketsOf(yield* open(prefix, tell))
  return { buckets, name }
})

/** Names the bucket in the error, rather than the account. */
export const about = (bucket: string) =>
  Effect.mapError(({ operation, reason }: StorageError) => new StorageError({ provider: bucket, operation, reason }))
