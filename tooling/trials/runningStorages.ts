/** One storage of every kind on this machine, empty, and remotes that lead there: `local:` is a folder, the rest are servers. */
import * as fs from "node:fs"
import * as path from "node:path"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import { find } from "@ourclone/core/testing/Programs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as OpenSsh from "../../packages/provider-sftp/test/OpenSshServer.ts"
import * as Apache from "../../packages/provider-webdav/test/apache.ts"
import { obscured } from "../obscured.ts"

/** How restic reaches one kind of storage. */
export interface ByRestic {
  readonly repository: (name: string) => string
  readonly words: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
}

export interface Storages {
  /** A place in each kind of storage, by its name; paths may be added with `/`. */
  readonly places: ReadonlyMap<string, string>
  /** Kinds that can not be tried here, and why. */
  readonly missing: ReadonlyMap<string, string>
  /** The file of configuration that the places are named in. */
  readonly configuration: string
  /** How restic reaches the folder of a place, where it can. */
  readonly restic: ReadonlyMap<string, ByRestic>
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
  const restic = new Map<string, ByRestic>()
  restic.set("local", { repository: (name) => path.join(folder, "local", name), words: [], environment: {} })
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
  // Buckets of the native side are those of the other, which restic can be sent to.
  for (const kind of ["b2", "s3"]) {
    restic.set(kind, {
      repository: (name) => `s3:${keys.endpoint}/any-two-${kind}/${name}`,
      words: [],
      environment: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey }
    })
  }

  const noSsh = OpenSsh.missing()
  if (noSsh !== undefined) missing.set("sftp", noSsh)
  else {
    const ssh = yield* Effect.acquireRelease(
      Effect.promise(() => OpenSsh.start()),
      (server) => Effect.promise(() => server.stop())
    )
    const { keyFile, knownHosts, port, user } = ssh
    lines.push(remote("f", { type: "sftp", host: "127.0.0.1", port, user, keyFile, knownHosts, caseSensitive: true }))
    places.set("sftp", `f:${ssh.folder}/place`)
    const command = `ssh -p ${port} -i ${keyFile} -o UserKnownHostsFile=${knownHosts} ${user}@127.0.0.1 -s sftp`
    restic.set("sftp", {
      repository: (name) => `sftp:${user}@127.0.0.1:${ssh.folder}/place/${name}`,
      words: ["-o", `sftp.command=${command}`],
      environment: {}
    })
  }
  const noApache = Apache.missing()
  if (noApache !== undefined) missing.set("webdav", noApache)
  else {
    const { password, url, user } = yield* Apache.startServer
    lines.push(remote("w", { type: "webdav", url, user, password, caseSensitive: true }))
    places.set("webdav", "w:place")
    if (find("rclone") !== undefined) {
      const options = { TYPE: "webdav", URL: url, VENDOR: "other", USER: user, PASS: obscured(password) }
      restic.set("webdav", {
        repository: (name) => `rclone:trial:place/${name}`,
        words: [],
        environment: Object.fromEntries(
          Object.entries(options).map(([option, value]) => [`RCLONE_CONFIG_TRIAL_${option}`, value])
        )
      })
    }
  }
  lines.push(remote("c", { type: "crypt", remote: path.join(folder, "encrypted"), password: "a password" }))
  places.set("crypt", "c:place")

  const configuration = path.join(folder, "config.toml")
  fs.writeFileSync(configuration, lines.join("\n"), { mode: 0o600 })
  return { places, missing, configuration, restic }
})
