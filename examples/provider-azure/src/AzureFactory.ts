/** What OurClone loads: the type `azure`, and how a place of it is made. */
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AzureClient from "./AzureClient.ts"
import { open } from "./AzureProvider.ts"

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const endpointRefusal = (text: string): string | undefined => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return `"${text}" is no address such as https://host/`
  if (url.username !== "" || url.search !== "" || url.hash !== "") return "must be an address and no more"
  return url.protocol === "http:" && !loopback.test(url.hostname)
    ? "http:// would send everything readable to everyone on the way: use https://"
    : undefined
}

const keyRefusal = (text: string): string | undefined =>
  /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? undefined
    : "must be an access key of the storage account, in base64"

const factory = ProviderFactory.make({
  type: "azure",
  description: "Azure Blob Storage",
  options: Schema.Struct({
    account: Schema.String.annotate({ description: "Name of the storage account" }),
    key: Schema.Redacted(Schema.String.pipe(Schema.check(Schema.makeFilter(keyRefusal)))).annotate({
      description: "One of its access keys"
    }),
    endpoint: Schema.optionalKey(
      Schema.String.pipe(Schema.check(Schema.makeFilter(endpointRefusal))).annotate({
        description: "Address of another cloud's service, or of an emulator"
      })
    )
  }),
  environment: [{ account: "AZURE_STORAGE_ACCOUNT", key: "AZURE_STORAGE_KEY" }],
  hasBuckets: true,
  connect: (options) => Effect.sync(() => AzureClient.make(options)),
  open: (client, { location, name }) => open(client, `${name}${location}`, location)
})

export default factory
