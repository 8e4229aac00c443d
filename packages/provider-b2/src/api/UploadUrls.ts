/**
 * Where uploads go.
 *
 * B2 does not take uploads at a fixed address. It hands out upload URLs, each
 * with a token of its own, and each good for one request at a time and for 24
 * hours. After a failed upload the URL must be dropped and a new one fetched:
 * that is how B2 moves traffic away from a full or failing server.
 *
 * https://www.backblaze.com/docs/cloud-storage-upload-files-with-the-native-api
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

/** The answer of `b2_get_upload_url` and of `b2_get_upload_part_url`. */
export interface UploadUrl {
  /** `https://pod-000-1129-06.backblaze.com` */
  readonly origin: string
  readonly path: string
  readonly token: Redacted.Redacted
}

export interface UploadUrls {
  /**
   * Runs one upload against a URL that nothing else is using.
   *
   * The URL is used again only if the upload succeeds: one whose upload failed
   * or was interrupted is dropped. Does not retry: a retry calls `use` again
   * and is given another URL.
   */
  readonly use: <A>(upload: (url: UploadUrl) => Effect.Effect<A, StorageError>) => Effect.Effect<A, StorageError>
}

/** An hour less than B2 allows, so that an upload that has begun can finish. */
const lifetime = 23 * 3_600_000

interface Lent {
  readonly url: UploadUrl
  readonly since: number
}

/**
 * One set of URLs serves one bucket, or one large file. It holds as many as
 * uploads run at once; the last one given back is lent first, so that a quiet
 * time lets the others' connections close. `now` gives milliseconds since 1970.
 */
export const make = (fetch: Effect.Effect<UploadUrl, StorageError>, now: () => number = Date.now): UploadUrls => {
  const free: Array<Lent> = []
  const take = (): Lent | undefined => {
    const lent = free.pop()
    if (lent === undefined || now() - lent.since < lifetime) return lent
    return take()
  }
  return {
    use: (upload) => {
      const lend = (lent: Lent) =>
        Effect.map(upload(lent.url), (result) => {
          free.push(lent)
          return result
        })
      return Effect.suspend(() => {
        const lent = take()
        return lent === undefined ? Effect.flatMap(fetch, (url) => lend({ url, since: now() })) : lend(lent)
      })
    }
  }
}
