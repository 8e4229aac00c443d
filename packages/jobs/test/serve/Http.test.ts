/** What browsers, download programs and strangers get of a place that is served over HTTP. */
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ServeHttp from "../../src/serve/ServeHttpJob.ts"
import { type JobWorld, makeWorld } from "../JobWorld.ts"
import { ask, served } from "./served.ts"

const open = Effect.fnUntraced(function* (world: JobWorld = makeWorld(), password?: string) {
  world.write("from/a.txt", "0123456789")
  world.write("from/sub/b.html", "<script>alert(1)</script>")
  const url = yield* served(world, ServeHttp.kind, { path: world.at("from") }, password)
  return {
    url,
    world,
    get: (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
      Effect.promise(() => ask(url, path, { method, headers }))
  }
})

const hostile = [`"><img src=x onerror=alert(1)>.txt`, "javascript:alert(1)", "a&b#c?d%2e.txt", "über \u202egnp.exe"]

describe("a place served over HTTP", () => {
  it.live("gives whole files with their time, type and size, and only a head to who asks for that", () =>
    Effect.gen(function* () {
      const { get, world } = yield* open()
      fs.utimesSync(world.at("from/a.txt"), 1_700_000_000, 1_700_000_000)
      const whole = yield* get("/a.txt")
      assert.deepStrictEqual([whole.status, whole.text], [200, "0123456789"])
      assert.strictEqual(whole.headers["last-modified"], "Tue, 14 Nov 2023 22:13:20 GMT")
      assert.match(String(whole.headers["content-type"]), /^text\/plain/)
      const head = yield* get("/a.txt", {}, "HEAD")
      assert.deepStrictEqual([head.status, head.text, head.headers["content-length"]], [200, "", "10"])
      assert.strictEqual(head.headers.etag, whole.headers.etag)
    })
  )

  it.live("gives parts, and says where there is none", () =>
    Effect.gen(function* () {
      const { get } = yield* open()
      const middle = yield* get("/a.txt", { range: "bytes=2-4" })
      assert.deepStrictEqual(
        [middle.status, middle.text, middle.headers["content-range"]],
        [206, "234", "bytes 2-4/10"]
      )
      assert.strictEqual((yield* get("/a.txt", { range: "bytes=-3" })).text, "789")
      assert.strictEqual((yield* get("/a.txt", { range: "bytes=8-" })).text, "89")
      const outside = yield* get("/a.txt", { range: "bytes=10-" })
      assert.deepStrictEqual([outside.status, outside.headers["content-range"]], [416, "bytes */10"])
    })
  )

  it.live("sends nothing again to who has it, and goes on only with the version that was begun", () =>
    Effect.gen(function* () {
      const { get, world } = yield* open()
      const etag = String((yield* get("/a.txt")).headers.etag)
      assert.strictEqual((yield* get("/a.txt", { "if-none-match": etag })).status, 304)
      assert.strictEqual((yield* get("/a.txt", { range: "bytes=1-1", "if-range": etag })).text, "1")
      world.write("from/a.txt", "another text")
      assert.strictEqual((yield* get("/a.txt", { "if-none-match": etag })).status, 200)
      assert.strictEqual((yield* get("/a.txt", { range: "bytes=1-1", "if-range": etag })).text, "another text")
      assert.strictEqual((yield* get("/a.txt", { "if-match": etag })).status, 412)
    })
  )

  it.live("shows folders as pages, and leads to them where the slash is missing", () =>
    Effect.gen(function* () {
      const { get, world } = yield* open()
      fs.mkdirSync(world.at("from/empty"))
      const page = yield* get("/")
      assert.match(String(page.headers["content-type"]), /^text\/html/)
      assert.include(page.text, '<a href="./a.txt">a.txt</a>')
      assert.include(page.text, '<a href="./sub/">sub/</a>')
      const led = yield* get("/sub")
      assert.deepStrictEqual([led.status, led.headers.location], [301, "./sub/"])
      assert.strictEqual((yield* get("/empty/")).status, 200)
      assert.strictEqual((yield* get("/nothing/")).status, 404)
      assert.strictEqual((yield* get("/nothing")).status, 404)
      assert.strictEqual((yield* get("/a.txt/")).status, 404)
    })
  )

  it.live("runs nothing of what is stored, whatever names and files hold", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      for (const name of hostile) world.write(`from/h/${name}`, name)
      const { get } = yield* open(world)
      const page = yield* get("/h/")
      assert.notMatch(page.text, /<img|href="javascript|\u202e/)
      assert.include(String(page.headers["content-security-policy"]), "default-src 'none'")
      const links = [...page.text.matchAll(/href="(\.\/[^"]+)"/g)].map(([, link]) => String(link).slice(1))
      const texts = yield* Effect.forEach(links, (link) => get(`/h${link}`))
      assert.deepStrictEqual(texts.map(({ text }) => text).sort(), [...hostile].sort())
      assert.strictEqual((yield* get("/sub/b.html")).headers["content-security-policy"], "sandbox")
    })
  )

  it.live("stays within the place", () =>
    Effect.gen(function* () {
      const { get, world } = yield* open()
      world.write("secret", "s")
      for (const path of [
        "/../secret",
        "/..%2fsecret",
        "/sub%2fb.html",
        "/sub/%2e%2e/%2e%2e/secret",
        "/%00",
        "//secret",
        "/%ff",
        "/sub//b.html"
      ])
        assert.strictEqual((yield* get(path)).status, 400, path)
      for (const method of ["PUT", "POST", "DELETE", "OPTIONS", "PROPFIND"])
        assert.strictEqual((yield* get("/a.txt", {}, method)).status, 405, method)
    })
  )

  it.live("lets in who has the password, under the names of this server, and lets other sites only lead here", () =>
    Effect.gen(function* () {
      const { get } = yield* open(makeWorld(), "right")
      const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` })
      const asked = yield* get("/a.txt")
      assert.deepStrictEqual([asked.status, asked.text], [401, "sign in first\n"])
      assert.strictEqual((yield* get("/a.txt", basic("ourclone:wrong"))).status, 401)
      assert.strictEqual((yield* get("/a.txt", basic("somebody:right"))).status, 401)
      assert.strictEqual((yield* get("/a.txt", basic("ourclone:right"))).status, 200)
      const own = basic("ourclone:right")
      assert.strictEqual((yield* get("/a.txt", { ...own, host: "evil.example" })).status, 403)
      const elsewhere = { ...own, "sec-fetch-site": "cross-site" }
      assert.strictEqual((yield* get("/a.txt", { ...elsewhere, "sec-fetch-mode": "no-cors" })).status, 403)
      const link = { ...elsewhere, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }
      assert.strictEqual((yield* get("/a.txt", link)).status, 200)
    })
  )

  it.live("is part of no page of another port", () =>
    Effect.gen(function* () {
      const { get } = yield* open()
      const other = { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" }
      for (const path of ["/a.txt", "/"]) {
        assert.strictEqual((yield* get(path)).headers["cross-origin-resource-policy"], "same-origin")
        assert.strictEqual((yield* get(path, other)).status, 403)
      }
    })
  )

  it.live("is asked for a password, and for TLS, where others reach it", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/a", "a")
      const path = world.at("from")
      const unencrypted = yield* Effect.flip(world.run(ServeHttp.kind, { path, address: "0.0.0.0" }))
      assert.include(unencrypted.message, "unencrypted")
      const everybody = yield* Effect.flip(world.run(ServeHttp.kind, { path, address: "0.0.0.0", behindTls: true }))
      assert.include(everybody.message, "everybody")
    })
  )

  it.live("breaks an answer off where what is stored can not be read to its end", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/large", "x".repeat(40 * 1024 * 1024))
      const { url } = yield* open(world)
      const broken = yield* Effect.promise(
        () =>
          new Promise<string>((resolve) => {
            void fetch(`${url}large`).then(async (answer) => {
              fs.truncateSync(world.at("from/large"), 10)
              return answer.arrayBuffer().then(
                () => resolve("whole"),
                () => resolve("broken off")
              )
            })
          })
      )
      assert.strictEqual(broken, "broken off")
    })
  )
})
