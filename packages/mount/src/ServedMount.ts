/**
 * A mount with its door, from the first moment to the last: it is listed while it lives, answers who asks, and ends only
 * once what was written is stored, or it is known what was not.
 */
import { randomBytes } from "node:crypto"
import { remedyField } from "@ourclone/core/contract/Remedy"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { FileSystem } from "./contract/FileSystem.ts"
import { CacheRefused, fail, isMountError, type MountError } from "./contract/MountError.ts"
import * as ControlSocket from "./control/ControlSocket.ts"
import * as MountRecord from "./control/MountRecord.ts"
import type { Answer, Drained, Wish } from "./control/Wishes.ts"
import * as Mount from "./model/Mount.ts"

/** What a door is to its mount. */
export interface Door {
  /** Ends when the door was closed, by whomever. */
  readonly ended: Effect.Effect<void, MountError>
  /** Fails with `Busy` where programs use it, unless `detach` is said. */
  readonly unmount: (options: { readonly detach: boolean }) => Effect.Effect<void, MountError>
}

/** What is served: a mount, or what behaves like one. */
export type Served = Pick<Mount.Mount, "fileSystem" | "status" | "unsent" | "drain">

export interface ServeOptions {
  readonly mount: Served
  /** Tree, cache and queue; "" where it has none. */
  readonly directory: string
  readonly isReadOnly?: boolean | undefined
  /** The folder of `MountRecord`. */
  readonly records: string
  /** As it was asked for. */
  readonly place: string
  /** Asked for once the door is open. */
  readonly point: () => string
  readonly kind: "fuse" | "webdav"
  readonly openDoor: (mount: Served) => Effect.Effect<Door, MountError, Scope.Scope>
  readonly onMounted: (record: MountRecord.MountRecord) => void
}

/** A file system that never has anything to send. */
export const unchanging = (fileSystem: FileSystem, hidden: () => number, open: () => number): Served => ({
  fileSystem,
  unsent: () => [],
  status: () => ({
    waiting: 0,
    parked: 0,
    sending: 0,
    sent: 0,
    open: open(),
    cacheUsed: 0,
    cacheSize: 0,
    fetched: 0,
    hidden: hidden()
  }),
  drain: async () => ({ unsent: [], unreachable: undefined })
})

/** Fails with `CacheRefused` where another process has what is kept of it, or that can not be used. Closed with the scope. */
export const openMount = (options: Mount.MountOptions) =>
  Effect.acquireRelease(
    Effect.flatMap(Effect.context<never>(), (context) =>
      Effect.try({
        try: () => Mount.open({ context, ...options }),
        catch: (error) => fail(new CacheRefused({ message: error instanceof Error ? error.message : String(error) }))
      })
    ),
    (mount) => Effect.promise(() => mount.close())
  )

const drainedOf = ({ unreachable, unsent }: Mount.Drained): Drained => ({
  unsent: unsent.map(({ error, isParked, path: at, remedy, what }) => ({
    ...remedyField(remedy),
    path: at,
    what,
    isParked,
    ...(error === undefined ? {} : { error })
  })),
  ...(unreachable === undefined ? {} : { unreachable })
})

/** Serves until it is unmounted, and says what was not sent. Interrupted, it unmounts, sends what is left and ends. */
export const serve = (options: ServeOptions): Effect.Effect<Drained, MountError, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const { isReadOnly = false, kind, mount, onMounted, openDoor, place, point, records } = options
    const door = yield* openDoor(mount)
    const unmounted = yield* Deferred.make<Drained, MountError>()
    const drain = (timeoutMillis: number | undefined) =>
      Effect.map(
        Effect.promise(() => mount.drain(timeoutMillis)),
        drainedOf
      )

    const unmount = (timeoutMillis: number | undefined, detach: boolean) =>
      Effect.gen(function* () {
        const until = timeoutMillis === undefined ? undefined : Date.now() + timeoutMillis
        yield* drain(timeoutMillis)
        yield* door.unmount({ detach })
        // What was written until the last moment.
        const drained = yield* drain(until === undefined ? undefined : Math.max(0, until - Date.now()))
        yield* Deferred.succeed(unmounted, drained)
        return drained
      })

    const answer = async (wish: Wish): Promise<Answer> => {
      switch (wish._tag) {
        case "Status":
          return {
            _tag: "Status",
            status: statusOf(mount),
            unsent: drainedOf({ unsent: mount.unsent(100), unreachable: undefined }).unsent
          }
        case "Flush":
          return { _tag: "Drained", drained: await Effect.runPromiseWith(context)(drain(wish.timeoutMillis)) }
        case "Unmount": {
          const exit = await Effect.runPromiseExitWith(context)(unmount(wish.timeoutMillis, wish.detach))
          if (Exit.isSuccess(exit)) return { _tag: "Drained", drained: exit.value }
          const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
          const message = error?.message ?? String(Cause.squash(exit.cause))
          return isMountError(error) && error.reason._tag === "Busy"
            ? { _tag: "Busy", message }
            : { _tag: "Refused", message }
        }
      }
    }

    const id = randomBytes(4).toString("hex")
    const record: MountRecord.MountRecord = {
      v: 1,
      id,
      place,
      point: point(),
      door: kind,
      isReadOnly,
      startedAt: Date.now(),
      process: ProcessIdentity.current(),
      directory: options.directory
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => MountRecord.write(records, record)),
      () => Effect.sync(() => MountRecord.remove(records, id))
    )
    yield* Effect.acquireRelease(
      Effect.promise(() => ControlSocket.listen(MountRecord.socketOf(records, id), answer)),
      (close) => Effect.promise(close)
    )
    onMounted(record)
    // Somebody else's `umount` is heard of by the end of the door.
    const closed = Effect.andThen(
      door.ended,
      Effect.suspend(() => drain(undefined))
    )
    const asked = Deferred.await(unmounted)
    return yield* Effect.onInterrupt(
      Effect.raceFirst(
        asked,
        Effect.andThen(closed, (drained) => settle(unmounted, drained))
      ),
      () => Effect.ignore(Effect.andThen(door.unmount({ detach: true }), drain(undefined)))
    )
  })

/** Who asked for the unmount has the last word of what was sent. */
const settle = (unmounted: Deferred.Deferred<Drained, MountError>, drained: Drained) =>
  Effect.andThen(Deferred.succeed(unmounted, drained), Deferred.await(unmounted))

const statusOf = (mount: Served) => {
  const { unreachable, ...status } = mount.status()
  return { ...status, ...(unreachable === undefined ? {} : { unreachable }) }
}
