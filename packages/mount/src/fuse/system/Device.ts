/**
 * Mounting and unmounting on Linux. Root mounts by the system's own call, ordinary users by `fusermount3`. What comes of it
 * is the opened device.
 */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { BadMountPoint, Busy, fail, type MountError, NoFuse } from "../../contract/MountError.ts"
import { remedy } from "../../contract/MountRemedies.ts"
import * as MountTable from "../MountTable.ts"
import { maxWrite } from "../protocol/Init.ts"
import * as CLibrary from "./CLibrary.ts"
import * as Fusermount from "./Fusermount.ts"
import { fuseType } from "./FuseType.ts"
import * as MountPoint from "./MountPoint.ts"
import * as MountUsers from "./MountUsers.ts"
import { alone } from "./PointLock.ts"

const devicePath = "/dev/fuse"

export interface DeviceOptions extends MountPoint.PointOptions {
  /** Absolute, and no link: `MountPoint.resolve`. */
  readonly point: string
  /** What the table of mounts shows as the source. */
  readonly source: string
  readonly isReadOnly: boolean
  /** Whether users other than the one who mounts may look in: root too is refused otherwise. */
  readonly allowsOthers: boolean
}

export interface MountedDevice {
  /** The opened device, on which the kernel's requests are read. */
  readonly descriptor: number
  /** By which the table of mounts tells it from another at its point; undefined where the system has no such table. */
  readonly minor: number | undefined
}

const isRoot = (): boolean => process.getuid?.() === 0

/** Options are divided by commas and end at a NUL; a name that holds either is shown without. */
const plain = (source: string): string => source.replace(/[,\\\0\n]/g, "_")

const common = (options: DeviceOptions): ReadonlyArray<string> => [
  "default_permissions",
  `max_read=${maxWrite}`,
  ...(options.allowsOthers ? ["allow_other"] : [])
]

const mountByCall = (options: DeviceOptions): Effect.Effect<number | "notPermitted", MountError> =>
  Effect.try({
    try: () => {
      const device = fs.openSync(devicePath, "r+")
      const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
      const data = [`fd=${device}`, "rootmode=40000", `user_id=${uid}`, `group_id=${gid}`, ...common(options)].join(",")
      try {
        CLibrary.mount(options.source, options.point, fuseType, { isReadOnly: options.isReadOnly, data })
      } catch (error) {
        fs.closeSync(device)
        // Root in a container without the right to mount: the helper may still have it.
        if (error instanceof CLibrary.CallFailed && error.code === "EPERM") return "notPermitted"
        throw error
      }
      return device
    },
    catch: (error) => {
      const { code } = error as NodeJS.ErrnoException
      const message = `mounting on ${options.point} failed: ${error instanceof Error ? error.message : String(error)}`
      return ["ENOENT", "ENODEV", "ENXIO"].includes(code ?? "")
        ? fail(new NoFuse({ message: `${devicePath} is missing: ${message}`, remedy: remedy("serveWebdav") }))
        : fail(new BadMountPoint({ message, remedy: remedy("chooseMountPoint") }))
    }
  })

const mountByHelper = (options: DeviceOptions): Effect.Effect<number, MountError> => {
  const access = options.isReadOnly ? "ro" : "rw"
  const named = [`fsname=${plain(options.source)}`, `subtype=${fuseType.split(".")[1]}`]
  return Fusermount.mount(options.point, [access, "nosuid", "nodev", ...named, ...common(options)].join(","))
}

/** Without the system's call an ordinary user's rights do; `detach` takes the name away though it is used. */
const takeAway = (point: string, detach: boolean): Effect.Effect<"unmounted" | "busy", MountError> => {
  if (!isRoot()) return Fusermount.unmount(point, detach)
  return Effect.try({
    try: () => {
      CLibrary.unmount(point, detach)
      return "unmounted" as const
    },
    catch: (error) => error
  }).pipe(
    Effect.catch((error) => {
      if (error instanceof CLibrary.CallFailed && error.code === "EBUSY") return Effect.succeed("busy" as const)
      if (error instanceof CLibrary.CallFailed && error.code === "EPERM") return Fusermount.unmount(point, detach)
      const message = `${point} could not be unmounted: ${error instanceof Error ? error.message : String(error)}`
      return Effect.fail(fail(new BadMountPoint({ message })))
    })
  )
}

/** A mount of ours whose process has ended is taken away first; anything else that is there is refused and left alone. */
export const mount = (options: DeviceOptions): Effect.Effect<MountedDevice, MountError> =>
  Effect.gen(function* () {
    if (process.platform !== "linux") {
      const message = `this system (${process.platform}) does not speak the FUSE protocol of Linux`
      return yield* Effect.fail(fail(new NoFuse({ message, remedy: remedy("serveWebdav") })))
    }
    return yield* alone(options.point, prepared(options))
  })

const prepared = (options: DeviceOptions): Effect.Effect<MountedDevice, MountError> =>
  Effect.gen(function* () {
    yield* MountPoint.prepare(options.point, options, (dead) => Effect.asVoid(takeAway(dead, true)))
    const device = isRoot() ? yield* mountByCall(options) : "notPermitted"
    const descriptor = device === "notPermitted" ? yield* mountByHelper(options) : device
    return { descriptor, minor: mountedAt(options.point)?.minor }
  })

const mountedAt = (point: string) => MountTable.at(MountPoint.mountTable(), point)

/** Frees a folder whose mount's process has ended; false where there is none, and off Linux. */
export const clean = (point: string): Effect.Effect<boolean, MountError> =>
  process.platform === "linux"
    ? Effect.flatMap(MountPoint.resolve(point), (at) =>
        alone(
          at,
          MountPoint.clean(at, (dead) => Effect.asVoid(takeAway(dead, true)))
        )
      )
    : Effect.succeed(false)

/**
 * Takes the mount away. Fails with `Busy` where programs use it, unless `detach` is said: then its name goes at once, and
 * what is open is served until it is closed. Where it is mounted no more, another that is there stays.
 */
export const unmount = (
  point: string,
  { minor }: MountedDevice,
  { detach }: { readonly detach: boolean }
): Effect.Effect<void, MountError> =>
  Effect.gen(function* () {
    const there = mountedAt(point)
    if (there?.type !== fuseType || there.minor !== minor) return
    const done = yield* takeAway(point, detach)
    if (done === "unmounted") return
    const users = MountUsers.find(point)
    const named = users.map(({ pid, command, path: used }) => `${command} (${pid}) uses ${used}`).join(", ")
    return yield* Effect.fail(
      fail(
        new Busy({
          message: `${point} is in use${named === "" ? "" : `: ${named}`}`,
          remedy: remedy("closeUsers"),
          users
        })
      )
    )
  })

/**
 * Lets the kernel read a mebibyte ahead instead of 128 KiB: half the work for each byte. Only root may; for others nothing
 * happens. Once the session has begun, as its beginning sets it back.
 */
export const readFurtherAhead = ({ minor }: MountedDevice): Effect.Effect<void> =>
  Effect.sync(() => {
    if (minor === undefined) return
    try {
      fs.writeFileSync(`/sys/class/bdi/0:${minor}/read_ahead_kb`, String(maxWrite / 1024))
    } catch {
      // Not root, or a system where /sys can not be written.
    }
  })
