/** Addresses that can be given away for a while. */
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { presigned } from "./api/Presign.ts"
import { addressOf } from "./api/S3Address.ts"
import { encodedKey } from "./api/Signature.ts"
import * as S3Files from "./S3Files.ts"
import type { S3Root } from "./S3Root.ts"

const mostSeconds = 604_800

export const link = (root: S3Root): NonNullable<Provider["link"]> => {
  const stat = S3Files.stat(root)
  const { bucketName: bucket, calls, stored } = root
  const refused = (path: RemotePath, message: string) => calls.fail("link", path, new InvalidRequest({ message }))
  return Effect.fnUntraced(function* (path, validMillis) {
    const seconds = Math.ceil(validMillis / 1000)
    if (seconds < 1 || seconds > mostSeconds) return yield* refused(path, "S3 gives addresses for 1 second to 7 days")
    if (stored.key.SSECustomerKey !== undefined)
      return yield* refused(path, "it is encrypted with a key of yours, which no address may carry")
    const key = yield* root.keyOf("link", path)
    if (/(^|\/)\.{1,2}(\/|$)/.test(key))
      return yield* refused(
        path,
        'its key has a "." or ".." for a folder: browsers and programs ask for another path then'
      )
    // The region that it is signed for is right after this.
    yield* stat(path)
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.flatMap(
      calls.call({ operation: "link", bucket, path }, async (client) => {
        const { accessKeyId, expiration, secretAccessKey, sessionToken } = await client.config.credentials()
        const address = await addressOf(client, bucket)
        if (accessKeyId === "") return { refusal: "there is no key to sign an address with" }
        if (expiration !== undefined && expiration.getTime() < now + validMillis)
          return { refusal: `the keys of this session end at ${expiration.toISOString()}, and the address with them` }
        const query = stored.always.RequestPayer === undefined ? {} : { "x-amz-request-payer": "requester" }
        const at = now + client.config.systemClockOffset
        const { region, service } = address
        const keys = { accessKeyId, secretAccessKey, sessionToken }
        const url = presigned(address, address.path + encodedKey(key), {
          ...keys,
          region,
          service,
          now: at,
          seconds,
          query
        })
        return { url }
      }),
      ({ refusal, url }) => (url === undefined ? Effect.fail(refused(path, refusal)) : Effect.succeed(url))
    )
  })
}
