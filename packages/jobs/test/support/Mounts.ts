/** A mount that is served while a test runs, over WebDAV, which needs nothing of the system. */
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Sink } from "@ourclone/core/events/Tell"
import * as MountRecord from "@ourclone/mount/control/MountRecord"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { onTestFinished } from "vitest"
import * as ServeWebdav from "../../src/mount/ServeWebdavJob.ts"
import * as RunHere from "../../src/run/RunHere.ts"
import type { JobWorld } from "../JobWorld.ts"

export const pointIn = (world: JobWorld): string => MountRecord.list(world.at("state/mounts"))[0]?.point ?? "none"

/** Serves `from` in the background; resolves once it is mounted. Events go on coming into `events`. */
export const mounted = Effect.fnUntraced(function* (world: JobWorld, events: Array<Envelope> = []) {
  const isMounted = yield* Deferred.make<void>()
  const sink: Sink = (batch) => {
    events.push(...batch)
    const hasBegun = batch.some(({ event }) => event._tag === "Step" && event.name === "mounted")
    return hasBegun ? Effect.asVoid(Deferred.succeed(isMounted, undefined)) : Effect.void
  }
  const request = { path: world.at("from"), uploadDelayMillis: 0 }
  const running = RunHere.run(ServeWebdav.kind, request, { sink, secrets: new Map() })
  const fiber = yield* Effect.forkDetach(Effect.provide(running, world.layer))
  onTestFinished(() => Effect.runPromise(Effect.asVoid(Fiber.interrupt(fiber))))
  yield* Deferred.await(isMounted)
  return fiber
})
