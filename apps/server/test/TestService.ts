/** The real service in this process, at a port of its own, with folders of its own; its side process and runners are the real program. */
import * as fs from "node:fs"
import * as http from "node:http"
import * as https from "node:https"
import * as os from "node:os"
import * as path from "node:path"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { databaseOf, databaseVariable, ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import { factory as b2 } from "@ourclone/provider-b2/B2Factory"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import { Effect, Exit, Fiber, Layer } from "effect"
import { onTestFinished } from "vitest"
import { type ServeOptions, serve } from "../src/Serve.ts"

const main = path.join(import.meta.dirname, "../../cli/src/main.ts")

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the test knows it to be
  readonly json: any
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** As JSON. */
  readonly body?: unknown
  readonly raw?: string | Uint8Array
  /** A token, or a cookie. */
  readonly as?: string | undefined
  /** Whom to trust, where the service speaks TLS. */
  readonly ca?: string | undefined
}

export interface TestService {
  readonly url: string
  readonly folder: string
  readonly home: string
  readonly socket: string
  /** What was said to the log. */
  readonly lines: ReadonlyArray<string>
  readonly at: (...names: ReadonlyArray<string>) => string
  readonly ask: (path: string, asked?: Asked) => Promise<Answer>
  /** Sets the service up, and gives the cookie of the admin. */
  readonly setUp: () => Promise<string>
  readonly stop: () => Promise<void>
}

export const password = "a long enough password"

export interface TestOptions
  extends Partial<Pick<ServeOptions, "allowedHosts" | "allowHttp" | "page" | "password" | "patienceMillis">> {
  /** Of a service that was before. */
  readonly folder?: string
  readonly addresses?: ReadonlyArray<string>
  readonly trustedProxies?: ReadonlyArray<string>
  readonly roots?: ReadonlyArray<string>
  /** Files of a certificate that is its own authority. */
  readonly tls?: { readonly certificate: string; readonly key: string }
  /** Of Postgres, as several machines share it. */
  readonly database?: string
  /** Beside those of this machine and B2. */
  readonly factories?: ReadonlyArray<ProviderFactory>
}

/** What `http` has and `fetch` hides: headers of one's own choice, the body as it came. */
export const request = (to: string | { readonly socket: string }, name: string, asked: Asked = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const {
      as,
      body,
      headers = {},
      method = body === undefined && asked.raw === undefined ? "GET" : "POST",
      raw
    } = asked
    const credential = as === undefined ? {} : as.startsWith("oc_") ? { authorization: `Bearer ${as}` } : { cookie: as }
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const length =
      text === undefined || "transfer-encoding" in headers ? {} : { "content-length": String(Buffer.byteLength(text)) }
    const where = typeof to === "string" ? {} : { socketPath: to.socket }
    const url = new URL(`${typeof to === "string" ? to : "http://localhost"}${name}`)
    const sent = (url.protocol === "https:" ? https : http).request(
      url,
      {
        ...where,
        ...(asked.ca === undefined ? {} : { ca: asked.ca }),
        method,
        agent: false,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...length,
          ...credential,
          ...headers
        }
      },
      (response) => {
        const pieces: Array<Buffer> = []
        response.on("data", (piece: Buffer) => pieces.push(piece))
        response.once("error", reject)
        response.once("end", () => {
          const text = Buffer.concat(pieces).toString()
          const isJson = /[/+]json$/.test(String(response.headers["content-type"] ?? "").split(";")[0] ?? "")
          const json = isJson ? JSON.parse(text) : undefined
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
        })
      }
    )
    sent.once("error", reject)
    sent.end(text)
  })

export const startService = async (options: TestOptions = {}): Promise<TestService> => {
  const folder = options.folder ?? fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-service-")))
  const at = (...names: ReadonlyArray<string>) => path.join(folder, ...names)
  const home = at("home")
  fs.mkdirSync(home, { recursive: true })
  const environment = {
    HOME: home,
    XDG_STATE_HOME: at("state"),
    XDG_CACHE_HOME: at("cache"),
    OURCLONE_CONFIG: at("settings", "config.toml"),
    PATH: process.env.PATH,
    [databaseVariable]: options.database
  }
  const stateDirectory = at("state", "ourclone")
  const lines: Array<string> = []
  const socket = at("socket")
  let heard = () => {}
  const begun = new Promise<void>((resolve) => {
    heard = resolve
  })
  const layer = Layer.mergeAll(
    Layer.succeed(ThisMachine, {
      stateDirectory,
      cacheDirectory: at("cache", "ourclone"),
      database: databaseOf(environment),
      home,
      program: "ourclone test"
    }),
    Remotes.layer({ factories: [local, b2, ...(options.factories ?? [])], environment, directory: folder })
  )
  const program = serve({
    listen: {
      addresses: options.addresses ?? ["127.0.0.1"],
      port: 0,
      socket,
      tls: options.tls,
      trustedProxies: options.trustedProxies ?? []
    },
    allowHttp: options.allowHttp ?? false,
    allowedHosts: options.allowedHosts ?? [],
    roots: options.roots ?? [home],
    password: options.password,
    patienceMillis: options.patienceMillis,
    version: "0.0.0-test",
    runner: {
      command: ({ id }) => [process.execPath, main, "task", "run", "--id", id],
      watcher: [process.execPath, main, "task", "watch-folders"],
      environment,
      sendSignal: (pid, signal) => void process.kill(pid, signal)
    },
    side: { command: [process.execPath, main, "serve-side"], environment },
    page: options.page,
    onReady: heard,
    say: (line) => void lines.push(line)
  })
  const fiber = Effect.runFork(Effect.scoped(Effect.provide(program, layer)))
  const stop = async () => {
    await Effect.runPromise(Fiber.interrupt(fiber))
  }
  onTestFinished(async () => {
    await stop()
    if (options.folder === undefined) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })
  const ended = Effect.runPromise(Fiber.await(fiber)).then((exit) => {
    if (Exit.isFailure(exit)) throw Object.assign(new Error(String(exit.cause)), { cause: exit.cause })
  })
  await Promise.race([begun, ended])
  ended.catch(() => {})
  const url = lines.find((line) => line.startsWith("listening at http"))!.slice("listening at ".length)
  const reachable = url.replace("0.0.0.0", "127.0.0.1")
  const ca = options.tls && fs.readFileSync(options.tls.certificate, "utf8")
  const ask = (name: string, asked?: Asked) => request(reachable, name, { ca, ...asked })
  return {
    url: reachable,
    folder,
    home,
    socket,
    lines,
    at,
    ask,
    stop,
    setUp: async () => {
      const token = lines.find((line) => line.startsWith("set it up"))!.split("#")[1]!
      const { headers } = await ask("/api/v1/setup", { body: { token, name: "ann", password } })
      return String(headers["set-cookie"]).split(";")[0]!
    }
  }
}

/** A token of a new user of that role, who may all that the role may. */
export const tokenOf = async (
  service: TestService,
  admin: string,
  name: string,
  role: "admin" | "operator" | "viewer"
) => {
  const invited = await service.ask("/api/v1/users", { as: admin, body: { name, role } })
  const { token } = invited.json
  const accepted = await service.ask("/api/v1/setup", { body: { token, name, password } })
  const cookie = String(accepted.headers["set-cookie"]).split(";")[0]!
  const { scopes } = accepted.json
  const made = await service.ask("/api/v1/tokens", { as: cookie, body: { name: "test", scopes, endsAt: null } })
  return made.json.secret as string
}
