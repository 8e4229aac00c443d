/** What all kinds of mounts do: opens the place and what is kept of it, serves it through a door, tells how it ended. */
import { hostname, userInfo } from "node:os"
import { remedyField } from "@ourclone/core/contract/Remedy"
import type { Tell } from "@ourclone/core/events/Tell"
import * as WakeLock from "@ourclone/core/machine/WakeLock"
import { CacheRefused, fail, type MountError } from "@ourclone/mount/contract/MountError"
import { remedy as mountRemedy } from "@ourclone/mount/contract/MountRemedies"
import * as MountRecord from "@ourclone/mount/control/MountRecord"
import * as ServedMount from "@ourclone/mount/ServedMount"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ThisMachine } from "../kind/Surroundings.ts"
import * as ServedPlace from "../place/ServedPlace.ts"
import { noting } from "../run/Noting.ts"
import type { Mounted, Summary } from "./MountFields.ts"
import { directoryOf, overlap, recordsOf } from "./MountPlaces.ts"

export interface MountDoor {
  readonly kind: "fuse" | "webdav"
  readonly open: (
    mount: ServedMount.Served
  ) => Effect.Effect<ServedMount.Door & { readonly point: string }, MountError, Scope.Scope>
  /** A folder of this machine where it is known beforehand. */
  readonly point: string | undefined
}

const owner = () => {
  const { gid, uid } = userInfo()
  return { uid: Math.max(0, uid), gid: Math.max(0, gid) }
}

const lookMillis = 1_000

/** Whoever shuts the machine down is asked to wait while something can still be sent. */
const delayingShutdown = (
  { delaysShutdown: program, environment = {} }: ThisMachine["Service"],
  { status }: Pick<ServedMount.Served, "status">
) => {
  const until = (isWanted: boolean) =>
    Effect.sleep(lookMillis).pipe(Effect.repeat({ until: () => status().waiting > 0 === isWanted }), Effect.asVoid)
  const turn = Effect.andThen(
    until(true),
    Effect.scoped(Effect.andThen(WakeLock.hold(program, environment), until(false)))
  )
  return program === undefined ? Effect.void : Effect.forever(turn)
}

/** The mount that has what is kept of a place, by its point; else what was said. */
const named = (records: string, directory: string, error: MountError): MountError => {
  const holder = MountRecord.list(records).find((record) => record.directory === directory)
  if (error.reason._tag !== "CacheRefused" || holder === undefined) return error
  const { place, point } = holder
  const message = `${place} is mounted already, at ${point}`
  return fail(new CacheRefused({ message, remedy: mountRemedy("unmountFirst", { point }) }))
}

export const run = Effect.fnUntraced(function* (request: Mounted, tell: Tell, door: MountDoor) {
  const machine = yield* ThisMachine
  const purpose = request.readOnly === true ? "read" : "mount"
  const verb = door.kind === "fuse" ? "mount" : "serve"
  const provider = yield* ServedPlace.open(request.path, tell, { purpose, verb })
  const directory = directoryOf(machine, request, provider)
  const refused = door.point === undefined ? undefined : overlap(door.point, directory, provider)
  if (refused !== undefined) return yield* refused
  let point = door.point ?? ""
  const mount = yield* ServedMount.openMount({
    provider,
    directory,
    owner: owner(),
    host: hostname(),
    isReadOnly: request.readOnly,
    cacheSize: request.cacheSize,
    listingLife: request.listingMillis,
    uploadDelay: request.uploadDelayMillis,
    syncsRemotely: request.fsync === "remote",
    note: noting(tell, "mount")
  }).pipe(Effect.mapError((error) => named(recordsOf(machine), directory, error)))
  yield* Effect.forkScoped(delayingShutdown(machine, mount))
  const drained: Summary = yield* ServedMount.serve({
    mount,
    directory,
    isReadOnly: request.readOnly,
    records: recordsOf(machine),
    place: request.path,
    point: () => point,
    kind: door.kind,
    openDoor: (mount) =>
      Effect.tap(door.open(mount), (opened) =>
        Effect.sync(() => {
          point = opened.point
        })
      ),
    onMounted: (record) =>
      tell.fact({ _tag: "Step", name: "mounted", values: { id: record.id, point: record.point, place: record.place } })
  })
  for (const { error, path: item, remedy } of drained.unsent) {
    const message = error ?? "it was not sent before the end"
    tell.fact({
      _tag: "Failed",
      failure: { ...remedyField(remedy), code: "NotSent", message, item, isRetryable: true }
    })
  }
  return drained
})
