/** How to reach an account, from the configuration, flags or the environment. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const defaultEndpoint = "https://api.backblazeb2.com"

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Why keys and tokens may not be sent to `address`; `undefined` when they may. */
export const addressRefusal = (address: string): string | undefined => {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol))
    return `"${address}" is not an address such as ${defaultEndpoint}`
  if (url.username !== "" || url.password !== "") return "an endpoint holds no user name or password"
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    return `an endpoint ends after the host: ${url.protocol}//${url.host}`
  }
  if (url.protocol === "http:" && !loopback.test(url.hostname)) {
    return `http:// would send the application key readable to everyone on the way to ${url.host}; use https://`
  }
  return undefined
}

const Endpoint = Schema.String.pipe(Schema.check(Schema.makeFilter(addressRefusal)))

export const B2Options = Schema.Struct({
  keyId: Schema.String.annotate({ description: "Application key id, or the account id for the master key" }),
  applicationKey: Schema.Redacted(Schema.String).annotate({ description: "Application key" }),
  endpoint: Endpoint.annotate({ description: `Address of another server than ${defaultEndpoint}` }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(defaultEndpoint))
  ),
  hardDelete: Schema.Boolean.annotate({ description: "Delete every version for good instead of hiding the file" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(false))
  ),
  createsBuckets: Schema.Boolean.annotate({
    description: "Make a bucket, private, that is written to and is not there"
  }).pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  maxConcurrency: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))
    .annotate({ description: "Most connections to a server of B2; requests beyond wait" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(128)))
})
export type B2Options = typeof B2Options.Type

/** Where the credentials are looked for, in order; a set is taken whole. */
export const environment = [
  { keyId: "B2_APPLICATION_KEY_ID", applicationKey: "B2_APPLICATION_KEY" },
  { keyId: "B2_ACCOUNT_ID", applicationKey: "B2_APP_KEY" },
  { keyId: "B2_ACCOUNT_ID", applicationKey: "B2_ACCOUNT_KEY" },
  { keyId: "B2_KEY_ID", applicationKey: "B2_KEY" },
  { endpoint: "B2_ENDPOINT" }
]
