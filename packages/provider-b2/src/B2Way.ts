/** How B2 is reached, from the options of an account. */
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Authorities from "@ourclone/http/Authorities"
import { usualPatience } from "@ourclone/http/HttpMessage"
import * as HttpProxy from "@ourclone/http/HttpProxy"
import type { Way } from "@ourclone/http/Route"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { B2Options } from "./B2Options.ts"

export type WayOptions = Partial<Pick<B2Options, "proxy" | "noProxy" | "caFile" | "connectTimeout" | "idleTimeout">>

/** Fails with `InvalidRequest` when the file of certificates can not be used. */
export const of = (options: WayOptions & { readonly name: string }): Effect.Effect<Way, StorageError> => {
  const { caFile, connectTimeout, idleTimeout, name, noProxy, proxy } = options
  return Effect.try({
    try: () => ({
      proxy: proxy === undefined ? undefined : HttpProxy.parse(Redacted.value(proxy)),
      noProxy,
      ca: caFile === undefined ? undefined : Authorities.withFile(caFile),
      patience: {
        ...usualPatience,
        ...(connectTimeout === undefined ? {} : { connect: connectTimeout * 1000 }),
        ...(idleTimeout === undefined ? {} : { idle: idleTimeout * 1000 })
      }
    }),
    catch: (error) => {
      const message = `the certificates of caFile can not be used: ${error instanceof Error ? error.message : error}`
      return new StorageError({ provider: name, operation: "open", reason: new InvalidRequest({ message }) })
    }
  })
}
