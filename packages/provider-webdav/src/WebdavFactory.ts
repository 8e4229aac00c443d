/** What an app lists to know WebDAV. The provider itself, with its HTTP client, is loaded when one is opened. */
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as Effect from "effect/Effect"
import { environment, WebdavOptions } from "./WebdavOptions.ts"

export const factory = ProviderFactory.make({
  type: "webdav",
  description: "A folder of a server that speaks WebDAV, such as Nextcloud's",
  options: WebdavOptions,
  environment,
  connect: (options, name) =>
    Effect.flatMap(
      Effect.promise(() => import("./WebdavProvider.ts")),
      (provider) =>
        Effect.map(provider.connect(options, name), (connection) => ({
          id: connection.id,
          open: (at: { readonly location: string; readonly name: string }) => provider.openPlace(connection, at)
        }))
    ),
  open: (connection, { location, name }) => connection.open({ name: `${name}${location}`, location })
})
