/** Storages other than the emulator's native side, each served by a process of its own, and what programs are told to reach one. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { freePort, untilListening } from "@ourclone/core/testing/Listening"
import { find } from "@ourclone/core/testing/Programs"
import * as Effect from "effect/Effect"
import * as OpenSsh from "../../packages/provider-sftp/test/OpenSshServer.ts"
import * as Apache from "../../packages/provider-webdav/test/apache.ts"
import { obscured } from "../obscured.ts"
import { withEmulator } from "./EmulatorProcess.ts"

/** One remote, in the words of each program. */
export interface BenchStorage {
  /** What a bucket lies below: "" or a folder with a `/` at its end. */
  readonly root: string
  readonly ourclone: Readonly<Record<string, string | number | boolean>>
  readonly rclone: Readonly<Record<string, string>>
}

export interface StorageKind {
  /** Who serves it. */
  readonly title: string
  /** Why it can not be measured here; `undefined` when it can. */
  readonly missing: string | undefined
  /** Serves it with its files below `folder` until `use` has ended. */
  readonly serve: <A>(folder: string, use: (storage: BenchStorage) => Promise<A>) => Promise<A>
}

const s3Storage = (endpoint: string, key: string, secret: string): BenchStorage => ({
  root: "",
  ourclone: { type: "s3", endpoint, accessKeyId: key, secretAccessKey: secret },
  rclone: {
    TYPE: "s3",
    PROVIDER: "Other",
    ENDPOINT: endpoint,
    ACCESS_KEY_ID: key,
    SECRET_ACCESS_KEY: secret
  }
})

const versitygw = find("versitygw")

const serveByVersity: StorageKind["serve"] = async (folder, use) => {
  const at = (name: string): string => path.join(folder, name)
  for (const name of ["objects", "attributes"]) fs.mkdirSync(at(name))
  const port = await freePort()
  const [key, secret] = ["bench", "the secret of a bench"]
  // As services do; by itself it closes a connection after each answer.
  const words = ["--port", `127.0.0.1:${port}`, "--access", key, "--secret", secret, "--quiet", "--keep-alive"]
  const server = spawn(versitygw ?? "", [...words, "posix", "--sidecar", at("attributes"), at("objects")], {
    stdio: "ignore"
  })
  const ended = new Promise<void>((done) => server.once("exit", () => done()))
  try {
    const isOver = ended.then((): never => {
      throw new Error("versitygw ended")
    })
    await untilListening(port, isOver)
    return await use(s3Storage(`http://127.0.0.1:${port}`, key, secret))
  } finally {
    server.kill("SIGTERM")
    await ended
  }
}

const serveByEmulator: StorageKind["serve"] = (folder, use) =>
  withEmulator(["--store", path.join(folder, "store"), "--s3"], ({ key, keyId, s3Endpoint = "" }) =>
    use(s3Storage(s3Endpoint, keyId, key))
  )

const serveBySsh: StorageKind["serve"] = async (folder, use) => {
  const server = await OpenSsh.start()
  const { keyFile, knownHosts, port, user } = server
  try {
    return await use({
      root: `${folder}/served/`,
      ourclone: { type: "sftp", host: "127.0.0.1", port, user, keyFile, knownHosts },
      rclone: {
        TYPE: "sftp",
        HOST: "127.0.0.1",
        PORT: String(port),
        USER: user,
        KEY_FILE: keyFile,
        KNOWN_HOSTS_FILE: knownHosts,
        // Neither side asks a shell for digests.
        DISABLE_HASHCHECK: "true"
      }
    })
  } finally {
    await server.stop()
  }
}

const serveByApache: StorageKind["serve"] = (_folder, use) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(Apache.startServer, ({ password, url, user }) =>
        Effect.promise(() =>
          use({
            root: "",
            ourclone: { type: "webdav", url, user, password },
            rclone: { TYPE: "webdav", URL: url, VENDOR: "other", USER: user, PASS: obscured(password) }
          })
        )
      )
    )
  )

export const storageKinds: Readonly<Record<string, StorageKind>> = {
  s3:
    versitygw === undefined
      ? { title: "S3 (the emulator's side)", missing: undefined, serve: serveByEmulator }
      : { title: "S3 (versitygw)", missing: undefined, serve: serveByVersity },
  sftp: { title: "SFTP (OpenSSH)", missing: OpenSsh.missing(), serve: serveBySsh },
  webdav: { title: "WebDAV (Apache)", missing: Apache.missing(), serve: serveByApache }
}
