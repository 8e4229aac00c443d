import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Environment } from "@ourclone/core/machine/StandardPaths"
import * as MemoryFileSystem from "@ourclone/mount/testing/MemoryFileSystem"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { onTestFinished } from "vitest"
import * as SystemDoor from "../../src/mount/SystemDoor.ts"

const password = Redacted.make("a made up one")

/** Programs of the system that only note what they were told, found before the real ones. */
const fakes = (status: Record<string, number> = {}) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-system-"))
  const log = path.join(folder, "log")
  for (const name of ["mount_webdav", "umount", "net"]) {
    const script = `#!/bin/sh\nfor word in ${name} "$@"; do printf '%s\\n' "$word"; done >> '${log}'\necho '${name} says no' >&2\nexit ${status[name] ?? 0}\n`
    fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 })
  }
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const said = () => {
    const lines = fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n") : []
    fs.rmSync(log, { force: true })
    return lines
  }
  return { said, environment: { PATH: `${folder}:${process.env.PATH}` } }
}

const open = (platform: string, point: string, environment: Environment = {}) =>
  SystemDoor.open(MemoryFileSystem.make(), { environment, platform, point, password, onFault: () => {} })

describe.skipIf(process.platform === "win32")("the system's own client of WebDAV", () => {
  it.live("is sent to a server that asks for the password, on macOS without it among its words", () =>
    Effect.gen(function* () {
      const { environment, said } = fakes()
      const door = yield* open("darwin", "/Volumes/photos", environment)
      const [program, ...words] = said()
      const [url = "", label] = [words.at(-2), words.at(-3)]
      assert.strictEqual(label, MemoryFileSystem.make().name)
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/)
      assert.deepStrictEqual([program, ...words], ["mount_webdav", "-S", "-i", "-v", label, url, "/Volumes/photos"])
      const ask = (headers: Record<string, string>) =>
        Effect.map(
          Effect.promise(() => fetch(url, { method: "PROPFIND", headers: { depth: "0", ...headers } })),
          (reply) => reply.status
        )
      const basic = Buffer.from(`${SystemDoor.user}:${Redacted.value(password)}`).toString("base64")
      assert.strictEqual(yield* ask({}), 401)
      assert.strictEqual(yield* ask({ authorization: `Basic ${basic}` }), 207)
      yield* door.unmount({ detach: false })
      assert.deepStrictEqual(said(), ["umount", "/Volumes/photos"])
      yield* door.ended
    }).pipe(Effect.scoped)
  )

  it.live("is told a letter on Windows, and forgets it with the machine's next start", () =>
    Effect.gen(function* () {
      const { environment, said } = fakes()
      const door = yield* open("win32", "X:", environment)
      const words = said()
      assert.match(words[3] ?? "", /^\\\\localhost@\d+\\DavWWWRoot$/)
      assert.deepStrictEqual(
        [...words.slice(0, 3), ...words.slice(4)],
        ["net", "use", "X:", "a made up one", "/user:ourclone", "/persistent:no"]
      )
      yield* door.unmount({ detach: true })
      assert.deepStrictEqual(said(), ["net", "use", "X:", "/delete", "/yes"])
    }).pipe(Effect.scoped)
  )

  it.live("that refuses is told of with its own words", () =>
    Effect.gen(function* () {
      const { environment } = fakes({ mount_webdav: 1 })
      const { reason } = yield* Effect.flip(open("darwin", "/Volumes/photos", environment))
      assert.strictEqual(reason._tag, "BadMountPoint")
      assert.include(reason.message, "mount_webdav says no")
    }).pipe(Effect.scoped)
  )

  it.live("hides nothing that is in the folder on macOS", () =>
    Effect.gen(function* () {
      const { environment, said } = fakes()
      const { reason } = yield* Effect.flip(open("darwin", import.meta.dirname, environment))
      assert.include(reason.message, "it is not empty")
      assert.deepStrictEqual(said(), [])
    }).pipe(Effect.scoped)
  )

  it.live("leaves a folder that is in use, unless it is to go all the same", () =>
    Effect.gen(function* () {
      const { environment, said } = fakes({ umount: 1 })
      const door = yield* open("darwin", "/Volumes/photos", environment)
      said()
      const { reason } = yield* Effect.flip(door.unmount({ detach: false }))
      assert.strictEqual(reason._tag, "Busy")
      assert.deepStrictEqual(said(), ["umount", "/Volumes/photos"])
      yield* door.unmount({ detach: true })
      assert.deepStrictEqual(said(), ["umount", "-f", "/Volumes/photos"])
    }).pipe(Effect.scoped)
  )

  it.effect("is none on other systems", () =>
    Effect.gen(function* () {
      const { reason } = yield* Effect.flip(open("plan9", "/n/photos"))
      assert.include(reason.message, "plan9")
    }).pipe(Effect.scoped)
  )
})
