/** How to reach a service, from the configuration, flags or the environment. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Vendor, vendors } from "./api/Quirks.ts"

/** Why `address` is no place to send requests to; `undefined` when it is. */
export const addressRefusal = (address: string): string | undefined => {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol))
    return `"${address}" is not an address such as https://s3.example.org`
  if (url.username !== "" || url.password !== "") return "an endpoint holds no user name or password"
  if (url.search !== "" || url.hash !== "") return "an endpoint has no query"
  return undefined
}

const Endpoint = Schema.String.pipe(Schema.check(Schema.makeFilter(addressRefusal)))
const isAbsolute = (file: string) => (path.isAbsolute(file) ? undefined : "must be an absolute path")
const AbsolutePath = Schema.String.pipe(Schema.check(Schema.makeFilter(isAbsolute)))
const Seconds = Schema.Number.pipe(Schema.check(Schema.isBetween({ minimum: 0.1, maximum: 3600 })))
const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))
const flag = (description: string, otherwise: boolean) =>
  Schema.Boolean.annotate({ description }).pipe(Schema.withDecodingDefaultKey(Effect.succeed(otherwise)))
const maybe = (description: string) => Schema.optionalKey(Schema.Boolean.annotate({ description }))

export const S3Options = Schema.Struct({
  accessKeyId: text("Access key id"),
  secretAccessKey: Schema.optionalKey(Schema.Redacted(Schema.String).annotate({ description: "Secret access key" })),
  sessionToken: Schema.optionalKey(
    Schema.Redacted(Schema.String).annotate({ description: "Session token of keys that are for a time" })
  ),
  profile: text("Name of a profile in the AWS files of this user, instead of keys"),
  anonymous: flag("Ask without any key, for what everybody may read", false),
  endpoint: Schema.optionalKey(Endpoint.annotate({ description: "Address of the service, where it is not AWS" })),
  region: text("Region that the service signs for; us-east-1, or what the endpoint says, when left out"),
  provider: Schema.optionalKey(
    Schema.Literals(vendors as ReadonlyArray<Vendor>).annotate({
      description: "Whose service it is, where the endpoint does not say so"
    })
  ),
  pathStyle: maybe("Write the bucket behind the address rather than before it"),
  listVersion: Schema.optionalKey(
    Schema.Literals(["1", "2"]).annotate({ description: "Version of the call that lists objects" })
  ),
  listsInOrder: maybe("Whether the service lists names in the order of their bytes"),
  conditionalWrites: maybe("Whether the service honours If-Match and If-None-Match of writes"),
  directoryMarkers: Schema.optionalKey(
    Schema.Literals(["slash", "file", "off"]).annotate({
      description: 'How an empty folder is kept: as the object "folder/", as "folder/.bzEmpty", or not at all'
    })
  ),
  storageClass: text("Storage class of what is stored, such as STANDARD_IA"),
  serverSideEncryption: Schema.optionalKey(
    Schema.Literals(["AES256", "aws:kms"]).annotate({ description: "How the service encrypts what is stored" })
  ),
  kmsKeyId: text("Key of the service's key store, for serverSideEncryption aws:kms"),
  customerKey: Schema.optionalKey(
    Schema.Redacted(Schema.String).annotate({
      description: "Key of 32 bytes in base64 that the service encrypts with and does not keep (SSE-C)"
    })
  ),
  requesterPays: flag("Pay for reading from a bucket whose owner does not", false),
  hardDelete: flag("Delete every version for good instead of hiding the file, where versions are kept", false),
  createsBuckets: flag("Make a bucket that is written to and is not there", true),
  proxy: Schema.optionalKey(
    Schema.Redacted(Schema.String).annotate({ description: "Address of an http or https proxy" })
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
    Schema.withDecodingDefaultKey(Effect.succeed(60))
  ),
  maxConcurrency: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))
    .annotate({ description: "Most requests at once to the service; those beyond wait" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(128)))
})
export type S3Options = typeof S3Options.Type

/** Where options are looked for, in order; a set is taken whole. */
export const environment = [
  { profile: "AWS_PROFILE" },
  { accessKeyId: "AWS_ACCESS_KEY_ID", secretAccessKey: "AWS_SECRET_ACCESS_KEY", sessionToken: "AWS_SESSION_TOKEN" },
  { accessKeyId: "AWS_ACCESS_KEY_ID", secretAccessKey: "AWS_SECRET_ACCESS_KEY" },
  { endpoint: "AWS_ENDPOINT_URL_S3" },
  { endpoint: "AWS_ENDPOINT_URL" },
  { region: "AWS_REGION" },
  { region: "AWS_DEFAULT_REGION" },
  { proxy: "https_proxy" },
  { proxy: "HTTPS_PROXY" },
  { noProxy: "no_proxy" },
  { noProxy: "NO_PROXY" }
]

/** Options that concern one place rather than the account. */
export const placeOptions = [
  "createsBuckets",
  "hardDelete",
  "storageClass",
  "serverSideEncryption",
  "kmsKeyId",
  "customerKey",
  "directoryMarkers"
] as const
