/**
 * One process at a time judges a mount point, frees it and mounts on it: what another one has just mounted there would be
 * taken for what was found before. An abstract socket is the lock, which nobody has any more once its process has ended.
 */
import { createHash } from "node:crypto"
import { createServer, type Server } from "node:net"
import * as Effect from "effect/Effect"
import { BadMountPoint, fail, type MountError } from "../../contract/MountError.ts"
import { remedy } from "../../contract/MountRemedies.ts"

const pause = "50 millis"
/** As long as a helper may take to mount, and some looks before. */
const mostTries = 1_200

const nameOf = (point: string): string => `\0ourclone-mount-${createHash("sha1").update(point).digest("hex")}`

/** Undefined where the system has no such sockets: nobody else has one then either. */
const listen = (name: string): Effect.Effect<Server | "taken" | undefined> =>
  Effect.callback((resume) => {
    const server = createServer()
    server.once("error", ({ code }: NodeJS.ErrnoException) =>
      resume(Effect.succeed(code === "EADDRINUSE" ? "taken" : undefined))
    )
    server.listen(name, () => resume(Effect.succeed(server)))
  })

const take = Effect.fnUntraced(function* (point: string): Effect.fn.Return<Server | undefined, MountError> {
  for (let left = mostTries; left > 0; left--) {
    const server = yield* listen(nameOf(point))
    if (server !== "taken") return server
    yield* Effect.sleep(pause)
  }
  const message = `${point} can not be mounted on: another process has been about to for a minute`
  return yield* Effect.fail(fail(new BadMountPoint({ message, remedy: remedy("chooseMountPoint") })))
})

/** `work` while nobody else is at `point`, which is resolved. */
export const alone = <A, E>(point: string, work: Effect.Effect<A, E>): Effect.Effect<A, E | MountError> =>
  Effect.acquireUseRelease(
    take(point),
    () => work,
    (server) => Effect.sync(() => server?.close())
  )
