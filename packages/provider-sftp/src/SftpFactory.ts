/** What an app lists to know SFTP. The provider itself, with its SSH client, is loaded when one is opened. */
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as Effect from "effect/Effect"
import { environment, SftpOptions } from "./connection/SftpOptions.ts"
import type { SftpAccount } from "./SftpProvider.ts"

const provider = Effect.promise(() => import("./SftpProvider.ts"))

export const factory = ProviderFactory.make({
  type: "sftp",
  description: "A folder of a server, through SSH",
  options: SftpOptions,
  environment,
  connect: (options, name) => Effect.flatMap(provider, ({ connect }) => connect(options, name)),
  open: (account: SftpAccount, { location, name }) =>
    Effect.flatMap(provider, ({ open }) => open(account, `${name}${location}`, location))
})
