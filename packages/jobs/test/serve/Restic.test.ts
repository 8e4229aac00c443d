/** What restic, and clients that are wrong or mean harm, get of a place that is served to restic. */
import { spawn } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import { once } from "node:events"
import * as fs from "node:fs"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { skipWithout } from "@ourclone/core/testing/Programs"
import * as Effect from "effect/Effect"
import * as ServeRestic from "../../src/serve/ServeResticJob.ts"
import { makeWorld } from "../JobWorld.ts"
import { ask, served } from "./served.ts"

const open = Effect.fnUntraced(function* (options: Partial<ServeRestic.Request> = {}, password?: string) {
  const world = makeWorld()
  fs.mkdirSync(world.at("store"))
  const url = yield* served(world, ServeRestic.kind, { path: world.at("store"), ...options }, password)
  const send = (method: string, path: string, body?: Buffer, headers: Readonly<Record<string, string>> = {}) =>
    Effect.promise(() => ask(url, path, { method, headers, ...(body === undefined ? {} : { body }) }))
  return { world, url, send }
})

const sample = (size = 100) => {
  const body = randomBytes(size)
  return { body, id: createHash("sha256").update(body).digest("hex") }
}

/** Sends less than it announces, and goes away; resolves once the server has let it go. */
const brokenOff = async (url: string, path: string, body: Buffer): Promise<void> => {
  const { hostname: host, port } = new URL(url)
  const socket = connect({ host, port: Number(port) })
  socket.on("error", () => {})
  socket.write(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length * 2}\r\n\r\n`)
  socket.end(body)
  await once(socket.resume(), "close")
}

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` })

describe("a place served to restic", () => {
  it.live("lists names, or names with sizes to who knows of these, and gives files and parts of them", () =>
    Effect.gen(function* () {
      const { send, world } = yield* open()
      assert.strictEqual((yield* send("POST", "/?create=true")).status, 200)
      assert.strictEqual((yield* send("GET", "/data/")).text, "[]")
      const { body, id } = sample()
      assert.strictEqual((yield* send("POST", `/data/${id}`, body)).status, 200)
      assert.deepStrictEqual(world.list("store"), [`data/${id.slice(0, 2)}/${id}`])
      world.write("store/data/README", "not of the repository")
      assert.strictEqual((yield* send("GET", "/data/")).text, JSON.stringify([id]))
      const accept = "application/vnd.x.restic.rest.v2"
      const listed = yield* send("GET", "/data/", undefined, { accept })
      assert.deepStrictEqual(
        [listed.text, listed.headers["content-type"]],
        [JSON.stringify([{ name: id, size: 100 }]), accept]
      )
      const head = yield* send("HEAD", `/data/${id}`)
      assert.deepStrictEqual([head.status, head.headers["content-length"]], [200, "100"])
      const part = yield* send("GET", `/data/${id}`, undefined, { range: "bytes=10-19" })
      assert.deepStrictEqual([part.status, part.headers["content-range"]], [206, "bytes 10-19/100"])
      assert.strictEqual((yield* send("DELETE", `/data/${id}`)).status, 200)
      assert.strictEqual((yield* send("HEAD", `/data/${id}`)).status, 404)
      assert.strictEqual((yield* send("GET", `/data/${id}`)).status, 404)
      assert.strictEqual((yield* send("DELETE", "/")).status, 501)
    })
  )

  it.live("keeps nothing that is not what its name says, is too long, or breaks off", () =>
    Effect.gen(function* () {
      const { send, url, world } = yield* open()
      const { body, id } = sample()
      const wrong = yield* send("POST", `/data/${id}`, Buffer.concat([body, Buffer.from("!")]))
      assert.deepStrictEqual([wrong.status, wrong.text], [400, "the SHA-256 of what came is not the name\n"])
      const long = sample(17 * 1024 * 1024)
      assert.strictEqual((yield* send("POST", `/locks/${long.id}`, long.body)).status, 413)
      const chunked = yield* send("POST", `/locks/${long.id}`, long.body, { "transfer-encoding": "chunked" })
      assert.strictEqual(chunked.status, 400)
      yield* Effect.promise(() => brokenOff(url, `/data/${id}`, body))
      assert.deepStrictEqual(world.list("store"), [])
      assert.deepStrictEqual(fs.existsSync(world.at("cache")) ? fs.readdirSync(world.at("cache")) : [], [])
    })
  )

  it.live("takes no other names than the format has", () =>
    Effect.gen(function* () {
      const { send, world } = yield* open()
      const { body, id } = sample()
      const paths = [
        `/data/${id.toUpperCase()}`,
        `/data/${id.slice(1)}`,
        `/data/${id.slice(0, 2)}/${id}`,
        `/data/..%2f${id}`,
        `/data/../../${id}`,
        `/../data/${id}`,
        `/%2e%2e/data/${id}`,
        `/locks/data/${id}`,
        `/config/data/${id}`,
        `/data/${id}/`,
        `/data/config`,
        "/locks/config"
      ]
      for (const path of paths) assert.strictEqual((yield* send("POST", path, body)).status, 400, path)
      assert.strictEqual((yield* send("POST", `/${id}`, body)).status, 405)
      assert.strictEqual((yield* send("PUT", `/data/${id}`, body)).status, 405)
      assert.deepStrictEqual(world.list("."), [])
    })
  )

  it.live("keeps several repositories apart, each in its folder", () =>
    Effect.gen(function* () {
      const { send, world } = yield* open()
      const { body, id } = sample()
      yield* send("POST", `/ann/laptop/keys/${id}`, body)
      assert.deepStrictEqual(world.list("store"), [`ann/laptop/keys/${id}`])
      assert.strictEqual((yield* send("GET", "/ann/laptop/keys/")).text, JSON.stringify([id]))
      assert.strictEqual((yield* send("GET", "/keys/")).text, "[]")
      const pack = sample(17 * 1024 * 1024)
      assert.strictEqual((yield* send("POST", `/ann/laptop/data/${pack.id}`, pack.body)).status, 200)
    })
  )

  it.live("never replaces a configuration that is there", () =>
    Effect.gen(function* () {
      const { send, world } = yield* open()
      assert.strictEqual((yield* send("GET", "/config")).status, 404)
      assert.strictEqual((yield* send("POST", "/config", Buffer.from("first"))).status, 200)
      assert.strictEqual((yield* send("POST", "/config", Buffer.from("second"))).status, 403)
      assert.strictEqual(fs.readFileSync(world.at("store/config"), "utf8"), "first")
      assert.strictEqual((yield* send("DELETE", "/config")).status, 200)
    })
  )

  it.live("removes and replaces nothing but locks where it may only be added to", () =>
    Effect.gen(function* () {
      const { send, world } = yield* open({ appendOnly: true })
      const { body, id } = sample()
      for (const type of ["data", "locks", "snapshots"])
        assert.strictEqual((yield* send("POST", `/${type}/${id}`, body)).status, 200)
      assert.strictEqual((yield* send("POST", "/config", body)).status, 200)
      for (const path of [`/data/${id}`, `/snapshots/${id}`, "/config"])
        assert.strictEqual((yield* send("DELETE", path)).status, 403, path)
      assert.strictEqual((yield* send("DELETE", `/locks/${id}`)).status, 200)
      assert.strictEqual((yield* send("POST", `/data/${id}`, body)).status, 200, "sent again, as after a lost answer")
      fs.writeFileSync(world.at(`store/data/${id.slice(0, 2)}/${id}`), "damaged")
      assert.strictEqual((yield* send("POST", `/data/${id}`, body)).status, 403)
    })
  )

  it.live("shows nothing of itself to who has no password", () =>
    Effect.gen(function* () {
      const { send } = yield* open({}, "right")
      const { body, id } = sample()
      for (const path of ["/config", "/data/", `/data/${id}`, "/../x"])
        assert.strictEqual((yield* send("GET", path)).status, 401, path)
      assert.strictEqual((yield* send("POST", `/data/${id}`, body)).status, 401)
      assert.strictEqual((yield* send("POST", `/data/${id}`, body, basic("ourclone:right"))).status, 200)
    })
  )

  it.live(
    "is a repository to restic itself: init, backup, check, forget, prune and restore",
    (context) =>
      Effect.gen(function* () {
        skipWithout(context, "restic")
        const { url, world } = yield* open({}, "se:cret/")
        for (let index = 0; index < 30; index++) world.write(`from/${index}`, randomBytes(100_000).toString("hex"))
        const repository = `rest:${url.replace("://", `://ourclone:${encodeURIComponent("se:cret/")}@`)}laptop/`
        const restic = (...args: ReadonlyArray<string>) =>
          Effect.promise(async () => {
            const environment = {
              PATH: process.env.PATH,
              HOME: world.folder,
              RESTIC_PASSWORD: "fixture",
              RESTIC_REPOSITORY: repository,
              RESTIC_CACHE_DIR: world.at("restic-cache")
            }
            const child = spawn("restic", args, { env: environment, stdio: ["ignore", "pipe", "pipe"] })
            let text = ""
            for (const stream of [child.stdout, child.stderr])
              stream.on("data", (piece: Buffer) => {
                text += piece.toString()
              })
            const [status] = await once(child, "close")
            return { status, text }
          })
        const well = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
          const { status, text } = yield* restic(...args)
          assert.strictEqual(status, 0, text)
          return text
        })
        yield* well("init")
        assert.notStrictEqual((yield* restic("init")).status, 0)
        yield* well("backup", world.at("from"))
        fs.rmSync(world.at("from/3"))
        world.write("from/new", "new")
        yield* well("backup", world.at("from"))
        assert.include(yield* well("check", "--read-data"), "no errors were found")
        yield* well("forget", "--keep-last", "1", "--prune", "--max-unused", "0")
        assert.include(yield* well("check", "--read-data"), "no errors were found")
        yield* well("restore", "latest", "--target", world.at("back"))
        const back = `back${world.at("from")}`
        assert.deepStrictEqual(world.list(back), world.list("from"))
        for (const name of world.list("from"))
          assert.deepStrictEqual(
            fs.readFileSync(world.at(`${back}/${name}`)),
            fs.readFileSync(world.at(`from/${name}`))
          )
        assert.deepStrictEqual(fs.readdirSync(world.at("store")), ["laptop"])
      }),
    120_000
  )
})
