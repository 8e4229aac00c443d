/**
 * A folder by the system's own client of WebDAV, which needs no driver: macOS and Windows. The server listens on this
 * machine alone, with a password. That the folder was taken away by hand is not heard of: the server goes on until it is
 * told to end.
 */
import { spawn } from "node:child_process"
import type { Environment } from "@ourclone/core/machine/StandardPaths"
import type { FileSystem } from "@ourclone/mount/contract/FileSystem"
import { BadMountPoint, Busy, fail, type MountError } from "@ourclone/mount/contract/MountError"
import { remedy } from "@ourclone/mount/contract/MountRemedies"
import * as MountPoint from "@ourclone/mount/fuse/system/MountPoint"
import type { Door } from "@ourclone/mount/ServedMount"
import * as WebdavServer from "@ourclone/mount/webdav/WebdavServer"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"

export const user = "ourclone"

type Command = readonly [program: string, ...words: ReadonlyArray<string>]

export interface Client {
  readonly mount: Command
  readonly unmount: (detach: boolean) => Command
}

export interface Asked {
  /** Of the server, with `/` at its end. */
  readonly url: string
  readonly point: string
  /** What the folder is called where people see it. */
  readonly label: string
  readonly password: string
}

/** Programs of the system and their words; undefined where it has no such client. */
export const clientOf = (platform: string, { label, password, point, url }: Asked): Client | undefined => {
  if (platform === "darwin") {
    return {
      // It asks for name and password where the person is: they would be seen among the words of a process.
      mount: ["mount_webdav", "-S", "-i", "-v", label, url, point],
      unmount: (detach) => ["umount", ...(detach ? ["-f"] : []), point]
    }
  }
  if (platform !== "win32") return undefined
  const { port } = new URL(url)
  return {
    mount: ["net", "use", point, `\\\\localhost@${port}\\DavWWWRoot`, password, `/user:${user}`, "/persistent:no"],
    unmount: (detach) => ["net", "use", point, "/delete", ...(detach ? ["/yes"] : ["/no"])]
  }
}

export const isOf = (platform: string): boolean => platform === "darwin" || platform === "win32"

/** How it ended, and what it complained about; it may ask whoever is at the terminal. */
const run = (
  [program, ...words]: Command,
  environment: Environment
): Effect.Effect<{ readonly isGood: boolean; readonly said: string }> =>
  Effect.callback((resume) => {
    const child = spawn(program, words, { env: { ...environment }, stdio: ["inherit", "inherit", "pipe"] })
    let said = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000)
    })
    child.once("error", ({ message }) => resume(Effect.succeed({ isGood: false, said: message })))
    child.once("close", (code) =>
      resume(Effect.succeed({ isGood: code === 0, said: said.trim() || `it ended with ${code}` }))
    )
    return Effect.sync(() => void child.kill())
  })

export interface SystemOptions {
  /** What the system's own programs are started with. */
  readonly environment: Environment
  readonly point: string
  /** Of a folder: whether what is in it may be hidden meanwhile. */
  readonly allowsNonEmpty?: boolean | undefined
  readonly platform: string
  readonly password: Redacted.Redacted<string>
  readonly onFault: WebdavServer.ServerOptions["onFault"]
}

/** Serves and mounts. Fails with `BadMountPoint` where the system's client refuses; `Busy` where a program uses the folder. */
export const open = (
  fileSystem: FileSystem,
  { allowsNonEmpty = false, environment, onFault, password, platform, point }: SystemOptions
): Effect.Effect<Door, MountError, Scope.Scope> =>
  Effect.gen(function* () {
    // On Windows it is a letter, which can not be anything yet.
    if (platform === "darwin") yield* MountPoint.refuseNonEmpty(point, { allowsNonEmpty })
    const url = yield* WebdavServer.listenOn(fileSystem, {
      host: "127.0.0.1",
      port: 0,
      access: { users: [{ name: user, password }], hostNames: [] },
      onFault
    })
    const asked = { url, point, label: fileSystem.name, password: Redacted.value(password) }
    const client = clientOf(platform, asked)
    if (client === undefined) {
      const message = `this system (${platform}) has no client of WebDAV that is known here`
      return yield* Effect.fail(fail(new BadMountPoint({ message, remedy: remedy("serveWebdav") })))
    }
    const closed = Latch.makeUnsafe(false)
    const takeAway = (detach: boolean) => run(client.unmount(detach), environment)
    yield* Effect.acquireRelease(
      Effect.flatMap(run(client.mount, environment), ({ isGood, said }) =>
        isGood
          ? Effect.void
          : Effect.fail(
              fail(
                new BadMountPoint({
                  message: `${client.mount[0]} could not mount ${url} at ${point}: ${said}`,
                  remedy: remedy("chooseMountPoint")
                })
              )
            )
      ),
      () => (closed.isOpen() ? Effect.void : Effect.asVoid(takeAway(true)))
    )
    return {
      ended: closed.await,
      unmount: ({ detach }) =>
        Effect.suspend(() => {
          if (closed.isOpen()) return Effect.void
          return Effect.flatMap(takeAway(detach), ({ isGood, said }) => {
            if (!isGood && !detach) {
              const message = `${point} could not be unmounted: ${said}`
              return Effect.fail(fail(new Busy({ message, users: [], remedy: remedy("closeUsers") })))
            }
            closed.openUnsafe()
            return Effect.void
          })
        })
    }
  })
