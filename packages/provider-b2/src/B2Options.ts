/** How to reach an account, from the configuration, flags or the environment. */
import * as path from "node:path"
import { usualPatience } from "@ourclone/http/HttpMessage"
import { refusal as proxyRefusal } from "@ourclone/http/HttpProxy"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
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

/** Checked outside of the secret, so that what is wrong may be said. */
const ProxyAddress = Schema.Redacted(Schema.String).pipe(
  Schema.check(Schema.makeFilter((address: Redacted.Redacted) => proxyRefusal(Redacted.value(address))))
)
const isAbsolute = (file: string) => (path.isAbsolute(file) ? undefined : "must be an absolute path")
const AbsolutePath = Schema.String.pipe(Schema.check(Schema.makeFilter(isAbsolute)))
const Seconds = Schema.Number.pipe(Schema.check(Schema.isBetween({ minimum: 0.1, maximum: 3600 })))

export const B2Options = Schema.Struct({
  keyId: Schema.String.annotate({ description: "Application key id, or the account id for the master key" }),
  applicationKey: Schema.Redacted(Schema.String).annotate({ description: "Application key" }),
  endpoint: Endpoint.annotate({ description: `Address of another server than ${defaultEndpoint}` }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(defaultEndpoint))
  ),
  downloadUrl: Schema.optionalKey(
    Endpoint.annotate({
      description:
        "Address that files are fetched from and links lead to instead of B2's own: a domain of yours, or a CDN before it. It sees the token of the account where a bucket is private"
    })
  ),
  api: Schema.Literals(["native", "s3"])
    .annotate({ description: "Which of B2's two sides is asked: its own, or the one that speaks S3" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed("native" as const))),
  hardDelete: Schema.Boolean.annotate({ description: "Delete every version for good instead of hiding the file" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(false))
  ),
  createsBuckets: Schema.Boolean.annotate({
    description: "Make a bucket, private, that is written to and is not there"
  }).pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  proxy: Schema.optionalKey(
    ProxyAddress.annotate({
      description: "Address of an http or https proxy, with name and password where it asks for them"
    })
  ),
  noProxy: Schema.String.annotate({ description: "Hosts that are reached without the proxy" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(""))
  ),
  caFile: Schema.optionalKey(
    AbsolutePath.annotate({ description: "File of certificates (PEM) of authorities to trust beside the usual ones" })
  ),
  connectTimeout: Seconds.annotate({ description: "Seconds that making a connection may take" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(usualPatience.connect / 1000))
  ),
  idleTimeout: Seconds.annotate({ description: "Seconds without a byte until a connection counts as broken" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(usualPatience.idle / 1000))
  ),
  maxConcurrency: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))
    .annotate({ description: "Most requests at once to a server of B2; those beyond wait" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(128)))
})
export type B2Options = typeof B2Options.Type

/** Where options are looked for, in order; a set is taken whole. Programs do not agree on the case of the last. */
export const environment = [
  { keyId: "B2_APPLICATION_KEY_ID", applicationKey: "B2_APPLICATION_KEY" },
  { keyId: "B2_ACCOUNT_ID", applicationKey: "B2_APP_KEY" },
  { keyId: "B2_ACCOUNT_ID", applicationKey: "B2_ACCOUNT_KEY" },
  { keyId: "B2_KEY_ID", applicationKey: "B2_KEY" },
  { endpoint: "B2_ENDPOINT" },
  { proxy: "https_proxy" },
  { proxy: "HTTPS_PROXY" },
  { proxy: "http_proxy" },
  { proxy: "HTTP_PROXY" },
  { noProxy: "no_proxy" },
  { noProxy: "NO_PROXY" }
]
