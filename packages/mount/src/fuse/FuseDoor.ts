/**
 * A file system as a folder of this machine, through the kernel's own protocol. Linux only; `library/` is for where this
 * can not be.
 *
 * The process that serves a folder must never look into it with a call that waits: it would wait for itself.
 */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { FileSystem } from "../contract/FileSystem.ts"
import { Broken, fail, type MountError, NoFuse } from "../contract/MountError.ts"
import * as Session from "./Session.ts"
import * as Device from "./system/Device.ts"
import * as MountPoint from "./system/MountPoint.ts"

export interface FuseOptions {
  /** An absolute path of a directory. */
  readonly point: string
  /** Whether users other than the one who mounts may look in: root too is refused otherwise. */
  readonly allowsOthers?: boolean | undefined
  /** Whether programs may keep extended attributes (`user.…`), on this machine alone. Each listing then costs more. */
  readonly keepsAttributes?: boolean | undefined
  /** Whether what is in the directory may be hidden meanwhile; else it must be empty. */
  readonly allowsNonEmpty?: boolean | undefined
  /** For the log: a request that the file system threw at. */
  readonly onFault: (fault: { readonly operation: string; readonly error: unknown }) => void
}

export interface FuseDoor {
  /** Ends when the folder was unmounted, by whomever; fails where the session broke. */
  readonly ended: Effect.Effect<void, MountError>
  /** Fails with `Busy` where programs use the folder, unless `detach` is said: they are served until they are done. */
  readonly unmount: (options: { readonly detach: boolean }) => Effect.Effect<void, MountError>
}

const outcome = (ended: Session.Ended, point: string): Effect.Effect<void, MountError> => {
  switch (ended._tag) {
    case "Unmounted":
      return Effect.void
    case "TooOld":
      return Effect.fail(
        fail(
          new NoFuse({ message: `the kernel speaks FUSE ${ended.version}; 7.31, of Linux 5.4, is the oldest known` })
        )
      )
    case "Broken":
      return Effect.fail(fail(new Broken({ message: `the session of ${point} broke: ${String(ended.error)}` })))
  }
}

/** Mounts and serves, in this thread. The end of the scope takes the mount away, though it be in use. */
export const open = (fileSystem: FileSystem, options: FuseOptions): Effect.Effect<FuseDoor, MountError, Scope.Scope> =>
  Effect.gen(function* () {
    const point = yield* MountPoint.resolve(options.point)
    let hasEnded = false
    // What answers there once it has ended is another's, though it may have its number.
    const unmount = (device: Device.MountedDevice, how: { readonly detach: boolean }) =>
      Effect.suspend(() => (hasEnded ? Effect.asVoid(Device.clean(point)) : Device.unmount(point, device, how)))
    const device = yield* Effect.acquireRelease(
      Device.mount({
        point,
        source: fileSystem.name,
        isReadOnly: fileSystem.isReadOnly,
        allowsOthers: options.allowsOthers === true,
        allowsNonEmpty: options.allowsNonEmpty === true
      }),
      (mounted) => Effect.ignore(unmount(mounted, { detach: true }))
    )
    const session = Session.serve({
      device: device.descriptor,
      fileSystem,
      keepsAttributes: options.keepsAttributes,
      onFault: options.onFault
    })
    const run = Effect.runPromiseWith(yield* Effect.context<never>())
    void session.begun.then(() => run(Device.readFurtherAhead(device)))
    void session.ended.then(() => {
      hasEnded = true
      // The kernel waits for nobody any more once the device is closed.
      fs.closeSync(device.descriptor)
    })
    return {
      ended: Effect.flatMap(
        Effect.promise(() => session.ended),
        (ended) => outcome(ended, point)
      ),
      unmount: (how) => unmount(device, how)
    }
  })
