/**
 * `fusermount3`, by which ordinary users mount: it may what they may not, mounts, and hands the opened device over a
 * socket. It comes with the package `fuse3`.
 */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { BadMountPoint, fail, type MountError, NoFuse, NotAllowed } from "../../contract/MountError.ts"
import { remedy } from "../../contract/MountRemedies.ts"
import * as CLibrary from "./CLibrary.ts"

const program = "fusermount3"
/** Where systems keep it; what is in the user's own path is not run with its rights. */
const searched = "/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin:/run/wrappers/bin"
const patience = "30 seconds"

interface Ended {
  readonly status: number | null
  readonly errors: string
}

const missing = (): MountError =>
  fail(
    new NoFuse({
      message: `${program} is not installed: without it only root can mount`,
      remedy: remedy("installPackage", { package: "fuse3" })
    })
  )

const run = (args: ReadonlyArray<string>, socket?: number): Effect.Effect<Ended, MountError> =>
  Effect.callback<Ended, MountError>((resume) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "ignore", "pipe", ...(socket === undefined ? [] : [socket])],
      env: { PATH: searched, LC_ALL: "C", ...(socket === undefined ? {} : { _FUSE_COMMFD: "3" }) }
    })
    let errors = ""
    child.stderr?.on("data", (bytes: Buffer) => {
      if (errors.length < 4096) errors += bytes.toString()
    })
    child.on("error", () => resume(Effect.fail(missing())))
    child.on("close", (status) => resume(Effect.succeed({ status, errors: errors.trim().replace(/\s+/g, " ") })))
    return Effect.sync(() => child.kill("SIGKILL"))
  }).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(fail(new NoFuse({ message: `${program} did not end within ${patience}` })))
    })
  )

const refused = (point: string, errors: string): MountError => {
  const message = `${program} did not mount on ${point}: ${errors}`
  if (errors.includes("user_allow_other")) return fail(new NotAllowed({ message, remedy: remedy("allowOtherUsers") }))
  if (/device not found|modprobe|No such device/.test(errors))
    return fail(new NoFuse({ message, remedy: remedy("serveWebdav") }))
  if (/user has no write access|bad mount point/.test(errors))
    return fail(new BadMountPoint({ message, remedy: remedy("chooseMountPoint") }))
  return fail(new NotAllowed({ message, remedy: remedy("serveWebdav") }))
}

/** Mounts, and gives the opened device. `options` as for `mount -o`. */
export const mount = (point: string, options: string): Effect.Effect<number, MountError> =>
  Effect.acquireUseRelease(
    Effect.try({
      try: () => CLibrary.socketPair(),
      catch: (error) => fail(new NoFuse({ message: `no socket for ${program}: ${String(error)}` }))
    }),
    ([ours, theirs]) =>
      Effect.gen(function* () {
        const { status, errors } = yield* run(["-o", options, "--", point], theirs)
        if (status !== 0) return yield* Effect.fail(refused(point, errors))
        const device = CLibrary.receiveDescriptor(ours)
        return device ?? (yield* Effect.fail(refused(point, "it sent no device")))
      }),
    ([ours, theirs]) =>
      Effect.sync(() => {
        fs.closeSync(ours)
        fs.closeSync(theirs)
      })
  )

/** `"busy"` where programs use what is mounted. `detach` takes the name away all the same. */
export const unmount = (point: string, detach: boolean): Effect.Effect<"unmounted" | "busy", MountError> =>
  Effect.gen(function* () {
    const { status, errors } = yield* run(["-u", ...(detach ? ["-z"] : []), "--", point])
    if (status === 0) return "unmounted"
    if (errors.includes("busy")) return "busy"
    return yield* Effect.fail(fail(new BadMountPoint({ message: `${program} did not unmount ${point}: ${errors}` })))
  })
