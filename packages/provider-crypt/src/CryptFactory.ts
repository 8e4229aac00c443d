/** What an app lists to know encrypted remotes. The work is loaded when one is opened. */
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Effect from "effect/Effect"
import { CryptOptions } from "./settings/CryptOptions.ts"

const load = Effect.promise(() => Promise.all([import("./CryptProvider.ts"), import("./settings/Keys.ts")]))

/** A folder of a remote. `photos:` and a local root end as they are. */
const joined = (remote: string, folder: string): string =>
  folder === "" ? remote : /[:/]$/.test(remote) ? `${remote}${folder}` : `${remote}/${folder}`

export const factory = ProviderFactory.makeOver({
  type: "crypt",
  description: "Another remote, encrypted as rclone does",
  options: CryptOptions,
  refusesLocation: (location) => {
    const because = RemotePath.refusal(location.replace(/^\/+|\/+$/g, ""))
    return because === undefined ? undefined : `"${location}" can be no place in it: ${because}`
  },
  beneath: Effect.fnUntraced(function* (options, location) {
    const [provider, keys] = yield* load
    return joined(options.remote, provider.locationBeneath(location, options, yield* keys.make(options)))
  }),
  around: Effect.fnUntraced(function* (beneath, options, { location, name }, outermost) {
    const [provider, keys] = yield* load
    return provider.make(beneath, `${name}${location}`, options, yield* keys.make(options), outermost)
  })
})
