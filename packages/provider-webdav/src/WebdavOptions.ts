/** How to reach a server. */
import * as path from "node:path"
import { refusal as proxyRefusal } from "@ourclone/http/HttpProxy"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** Whose servers do things of their own. */
export const vendors = ["nextcloud", "owncloud", "rclone", "other"] as const
export type Vendor = (typeof vendors)[number]

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Why `address` is no folder of a server that a password may be sent to; `undefined` when it is. */
export const addressRefusal = (address: string): string | undefined => {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol))
    return `"${address}" is not an address such as https://cloud.example.org/dav`
  if (url.username !== "" || url.password !== "") return "the address holds no user name or password; they are options"
  if (url.search !== "" || url.hash !== "") return "the address has no query"
  if (url.protocol === "http:" && !loopback.test(url.hostname)) {
    return `http:// would send the password readable to everyone on the way to ${url.host}; use https://`
  }
  return undefined
}

const Address = Schema.String.pipe(Schema.check(Schema.makeFilter(addressRefusal)))
const isAbsolute = (file: string) => (path.isAbsolute(file) ? undefined : "must be an absolute path")
const AbsolutePath = Schema.String.pipe(Schema.check(Schema.makeFilter(isAbsolute)))
/** Checked outside of the secret, so that what is wrong may be said. */
const ProxyAddress = Schema.Redacted(Schema.String).pipe(
  Schema.check(Schema.makeFilter((address: Redacted.Redacted) => proxyRefusal(Redacted.value(address))))
)
const Seconds = Schema.Number.pipe(Schema.check(Schema.isBetween({ minimum: 0.1, maximum: 3600 })))

export const WebdavOptions = Schema.Struct({
  url: Address.annotate({
    description: "Address of a folder, such as https://cloud.example.org/remote.php/dav/files/ann"
  }),
  user: Schema.optionalKey(Schema.String.annotate({ description: "User there" })),
  password: Schema.optionalKey(
    Schema.Redacted(Schema.String).annotate({ description: "Password of the user, or one that is for this program" })
  ),
  token: Schema.optionalKey(
    Schema.Redacted(Schema.String).annotate({ description: "Bearer token, instead of user and password" })
  ),
  vendor: Schema.optionalKey(
    Schema.Literals(vendors).annotate({ description: "Whose server it is, where the address does not say so" })
  ),
  caseSensitive: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Whether names that differ in letter case alone are two files there; else nobody knows, and one of two fails"
    })
  ),
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
    Schema.withDecodingDefaultKey(Effect.succeed(10))
  ),
  idleTimeout: Seconds.annotate({ description: "Seconds without a byte until a connection counts as broken" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(120))
  ),
  maxConcurrency: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))
    .annotate({ description: "Most requests at once to the server; those beyond wait" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(16)))
})
export type WebdavOptions = typeof WebdavOptions.Type

export const vendorOf = (url: string): Vendor => (/\/remote\.php\//.test(url) ? "nextcloud" : "other")

/** Where options are looked for, in order. */
export const environment = [
  { proxy: "https_proxy" },
  { proxy: "HTTPS_PROXY" },
  { noProxy: "no_proxy" },
  { noProxy: "NO_PROXY" }
]
