/** How B2 is reached, from the options of an account. */
import * as fs from "node:fs"
import * as tls from "node:tls"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { usualPatience } from "./api/HttpMessage.ts"
import * as HttpProxy from "./api/HttpProxy.ts"
import type { Way } from "./api/Route.ts"
import type { B2Options } from "./B2Options.ts"

export type WayOptions = Partial<Pick<B2Options, "proxy" | "noProxy" | "caFile" | "connectTimeout" | "idleTimeout">>

/** The usual authorities, those of `NODE_EXTRA_CA_CERTS` among them, and those in the file. Throws when it holds none. */
const authorities = (file: string): ReadonlyArray<string> => {
  const text = fs.readFileSync(file, "utf8")
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new Error("it holds no certificate in PEM")
  return [...tls.getCACertificates("default"), text]
}

/** Fails with `InvalidRequest` when the file of certificates can not be used. */
export const of = (options: WayOptions & { readonly name: string }): Effect.Effect<Way, StorageError> => {
  const { caFile, connectTimeout, idleTimeout, name, noProxy, proxy } = options
  return Effect.try({
    try: () => ({
      proxy: proxy === undefined ? undefined : HttpProxy.parse(Redacted.value(proxy)),
      noProxy,
      ca: caFile === undefined ? undefined : authorities(caFile),
      patience: {
        ...usualPatience,
        ...(connectTimeout === undefined ? {} : { connect: connectTimeout * 1000 }),
        ...(idleTimeout === undefined ? {} : { idle: idleTimeout * 1000 })
      }
    }),
    catch: (error) => {
      const message = `the certificates in ${caFile} can not be used: ${error instanceof Error ? error.message : error}`
      return new StorageError({ provider: name, operation: "open", reason: new InvalidRequest({ message }) })
    }
  })
}
