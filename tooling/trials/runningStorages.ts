/** One storage of every kind on this machine, empty, and remotes that lead there: `local:` is a folder, the rest are servers. */
import * as fs from "node:fs"
import * as path from "node:path"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as OpenSsh from "../../packages/provider-sftp/test/OpenSshServer.ts"
import * as Apache from "../../packages/provider-webdav/test/apache.ts"

export interface Storages {
  /** A place in each kind of storage, by its name; paths may be added with `/`. */
  readonly places: ReadonlyMap<string, string>
  /** Kinds that can not be tried here, and why. */
  readonly missing: ReadonlyMap<string, string>
  /** The file of configuration that the places are named in. */
  readonly configuration: string
}

const remote = (name: string, options: Readonly<Record<string, string | number | boolean>>): string =>
  [`[remotes.${name}]`, ...Object.entries(options).map(([key, value]) => `${key} = ${JSON.stringify(value)}`), ""].join(
    "\n"
  )

/** In `folder`, until the scope closes. */
export const start = Effect.fnUntraced(function* (folder: string): Effect.fn.Return<Storages, never, Scope.Scope> {
  const places = new Map<string, string>([["local", path.join(folder, "local")]])
  const missing = new Map<string, string>()
  const lines: Array<string> = []
  const emulator = yield* Effect.acquireRelease(
    Effect.promise(() => startEmulator({ s3: {}, minimumPartSize: 5_000_000 })),
    (running) => Effect.promise(() => running.close())
  )
  const byB2 = { keyId: emulator.keyId, applicationKey: emulator.key, endpoint: emulator.endpoint }
  lines.push(remote("b", { type: "b2", ...byB2 }))
  places.set("b2", "b:any-two-b2")
  const keys = { accessKeyId: emulator.keyId, secretAccessKey: emulator.key, endpoint: emulator.s3Endpoint ?? "" }
  lines.push(remote("s", { type: "s3", ...keys, conditionalWrites: true }))
  places.set("s3", "s:any-two-s3")

  const noSsh = OpenSsh.missing()
  if (noSsh !== undefined) missing.set("sftp", noSsh)
  else {
    const ssh = yield* Effect.acquireRelease(
      Effect.promise(() => OpenSsh.start()),
      (server) => Effect.promise(() => server.stop())
    )
    const { keyFile, knownHosts, port, user } = ssh
    lines.push(remote("f", { type: "sftp", host: "127.0.0.1", port, user, keyFile, knownHosts }))
    places.set("sftp", `f:${ssh.folder}/place`)
  }
  const noApache = Apache.missing()
  if (noApache !== undefined) missing.set("webdav", noApache)
  else {
    const { password, url, user } = yield* Apache.startServer
    lines.push(remote("w", { type: "webdav", url, user, password }))
    places.set("webdav", "w:place")
  }
  lines.push(remote("c", { type: "crypt", remote: path.join(folder, "encrypted"), password: "a password" }))
  places.set("crypt", "c:place")

  const configuration = path.join(folder, "config.toml")
  fs.writeFileSync(configuration, lines.join("\n"), { mode: 0o600 })
  return { places, missing, configuration }
})
