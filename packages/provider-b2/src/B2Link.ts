/** Addresses that can be given away for a while. */
import type { Provider } from "@ourclone/core/contract/Provider"
import { InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { encode } from "./api/B2Names.ts"
import * as B2Files from "./B2Files.ts"
import type { B2Root } from "./B2Root.ts"

const mostSeconds = 604_800

/** B2 gives a token for all names that begin with one: where another file's does, it may be read, too. */
export const link = (root: B2Root): NonNullable<Provider["link"]> => {
  const stat = B2Files.stat(root)
  return Effect.fnUntraced(function* (path, validMillis) {
    const seconds = Math.ceil(validMillis / 1000)
    if (seconds < 1 || seconds > mostSeconds) {
      const message = "B2 gives addresses for 1 second to 7 days"
      return yield* root.fail("b2_get_download_authorization", path, new InvalidRequest({ message }))
    }
    yield* stat(path)
    const { id, name } = yield* root.bucket
    const fileName = yield* Effect.fromResult(root.fileName("b2_get_download_authorization", path))
    const token = yield* root.client.getDownloadAuthorization(path, {
      bucketId: id,
      fileNamePrefix: fileName,
      validDurationInSeconds: seconds
    })
    const { downloadUrl } = root.client.calls.authorization.current()
    return `${downloadUrl}/file/${name}/${encode(fileName)}?Authorization=${encodeURIComponent(token)}`
  })
}
