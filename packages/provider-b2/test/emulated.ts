/** A B2 for tests: an emulator in this process, and providers that talk to it. */
import { hash } from "node:crypto"
import * as tls from "node:tls"
import { type EmulatorOptions, startEmulator } from "@ourclone/b2-emulator/Emulator"
import * as HttpClient from "@ourclone/http/HttpClient"
import * as B2Calls from "@ourclone/provider-b2/api/B2Calls"
import * as B2Client from "@ourclone/provider-b2/api/B2Client"
import * as B2LargeFile from "@ourclone/provider-b2/B2LargeFile"
import * as B2Provider from "@ourclone/provider-b2/B2Provider"
import * as B2Root from "@ourclone/provider-b2/B2Root"
import { Effect, Redacted } from "effect"

/** For this test file: every file has a thread of its own. */
const trust = (authority: string | undefined): void => {
  if (authority !== undefined) tls.setDefaultCACertificates([...tls.getCACertificates("default"), authority])
}

export const emulate = (options: EmulatorOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const parts = { minimumPartSize: 1000, recommendedPartSize: 1000 }
      const emulator = await startEmulator({ control: true, ...parts, ...options })
      trust(emulator.certificate)
      return emulator
    }),
    (emulator) => Effect.promise(() => emulator.close())
  )

export interface At {
  readonly endpoint: string
  readonly keyId: string
  readonly key: string
}

export const openAt = (emulator: At, location: string, options: Partial<B2Provider.OpenOptions> = {}) =>
  B2Provider.open({
    keyId: emulator.keyId,
    applicationKey: Redacted.make(emulator.key),
    endpoint: emulator.endpoint,
    hardDelete: false,
    maxConcurrency: 8,
    name: `b2:${location}`,
    location,
    ...options
  })

/** What a provider of a bucket is made of. */
export const openRoot = Effect.fnUntraced(function* ({ endpoint, key, keyId }: At, bucket: string) {
  const http = yield* Effect.acquireRelease(
    Effect.sync(() => HttpClient.make({ maxConcurrency: 8 })),
    ({ close }) => Effect.promise(close)
  )
  const applicationKey = Redacted.make(key)
  const calls = yield* B2Calls.make({ http, provider: "b2", endpoint, keyId, applicationKey, userAgent: "test" })
  const client = B2Client.make(calls)
  const root = yield* B2Root.open({ client, provider: "b2", text: bucket, prefix: "", createsBuckets: true })
  return { root, largeFile: B2LargeFile.make(root) }
})

/** One call of the API, past the provider, as the owner of the account. */
export const callApi = (emulator: At & { readonly accountId: string }, call: string, body: object) =>
  Effect.promise(async () => {
    const basic = Buffer.from(`${emulator.keyId}:${emulator.key}`).toString("base64")
    const authorize = await fetch(`${emulator.endpoint}/b2api/v4/b2_authorize_account`, {
      headers: { authorization: `Basic ${basic}` }
    })
    const { apiInfo, authorizationToken } = (await authorize.json()) as {
      readonly apiInfo: { readonly storageApi: { readonly apiUrl: string } }
      readonly authorizationToken: string
    }
    const reply = await fetch(`${apiInfo.storageApi.apiUrl}/b2api/v4/${call}`, {
      method: "POST",
      headers: { authorization: authorizationToken },
      body: JSON.stringify(body)
    })
    return (await reply.json()) as Record<string, unknown>
  })

/** A file with a name that the provider itself would not make. */
export const uploadNamed = (
  emulator: At & { readonly accountId: string },
  bucketId: string,
  name: string,
  content = ""
) =>
  Effect.gen(function* () {
    const url = yield* callApi(emulator, "b2_get_upload_url", { bucketId })
    yield* Effect.promise(() =>
      fetch(String(url.uploadUrl), {
        method: "POST",
        headers: {
          authorization: String(url.authorizationToken),
          "content-type": "b2/x-auto",
          "x-bz-content-sha1": hash("sha1", content),
          "x-bz-file-name": encodeURIComponent(name)
        },
        body: content
      })
    )
  })

/** An application key with less than everything. */
export const restrictedKey = (emulator: At & { readonly accountId: string }, limits: object) =>
  Effect.map(
    callApi(emulator, "b2_create_key", { accountId: emulator.accountId, keyName: "limited", ...limits }),
    (made) => ({ ...emulator, keyId: String(made.applicationKeyId), key: String(made.applicationKey) })
  )
