/**
 * A process that serves a bucket of the emulator: `node serveB2.ts POINT JSON`. Says `mounted`; SIGTERM unmounts it, where
 * nothing uses it, sends what is unsent and ends with 0, or with 3 where something could not be sent.
 */

import { retried } from "@ourclone/core/layers/Retried"
import * as FuseDoor from "@ourclone/mount/fuse/FuseDoor"
import * as Mount from "@ourclone/mount/model/Mount"
import * as B2Provider from "@ourclone/provider-b2/B2Provider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

export interface B2Options extends Partial<Mount.MountOptions> {
  readonly endpoint: string
  readonly keyId: string
  readonly key: string
  readonly location: string
  readonly directory: string
}

const [point, json] = process.argv.slice(2)
const options = JSON.parse(json!) as B2Options

const program = Effect.gen(function* () {
  const open = (location: string) =>
    B2Provider.open({
      keyId: options.keyId,
      applicationKey: Redacted.make(options.key),
      endpoint: options.endpoint,
      hardDelete: false,
      maxConcurrency: 8,
      name: `b2:${location}`,
      location
    })
  yield* Effect.ignore((yield* open("")).buckets!.create(options.location.split("/")[0]!))
  const provider = yield* open(options.location)
  const mount = Mount.open({
    owner: { uid: process.getuid!(), gid: process.getgid!() },
    host: "here",
    note: (code, message) => console.error(code, message),
    ...options,
    provider: retried(provider)
  })
  const door = yield* FuseDoor.open(mount.fileSystem, {
    point: point!,
    onFault: ({ operation, error }) => console.error(operation, error)
  })
  process.on("SIGTERM", () => {
    Effect.runPromise(door.unmount({ detach: false })).catch((error: unknown) => console.log(String(error)))
  })
  console.log("mounted")
  yield* door.ended
  const { unsent } = yield* Effect.promise(() => mount.drain(60_000))
  yield* Effect.promise(() => mount.close())
  for (const each of unsent) console.error("unsent", JSON.stringify(each))
  return unsent.length === 0 ? 0 : 3
})
Effect.runPromise(Effect.scoped(program)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  }
)
