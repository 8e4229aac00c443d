/** `rcat` and `copyurl`: one file that comes as a stream. */
import { spawn } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { hostname } from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

const main = path.join(import.meta.dirname, "..", "src", "main.ts")

const startServer = async (listener: http.RequestListener): Promise<string> => {
  const server = http.createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** `rcat` in a process of its own, which reads `content`. */
const rcat = async (
  folder: string,
  content: Uint8Array,
  destination: string,
  environment: Record<string, string>,
  ...flags: ReadonlyArray<string>
) => {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "rcat", ...flags, destination],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        XDG_STATE_HOME: path.join(folder, "state"),
        XDG_CACHE_HOME: path.join(folder, "cache"),
        ...environment
      },
      stdio: ["pipe", "ignore", "inherit"]
    }
  )
  child.stdin.end(content)
  return await new Promise<number | null>((resolve) => child.on("close", resolve))
}

test("rcat stores what it reads, small or in parts, over what was there, and leaves nothing on this machine", async () => {
  const { cli, emulator } = await withB2()
  const environment = {
    B2_APPLICATION_KEY_ID: emulator.keyId,
    B2_APPLICATION_KEY: emulator.key,
    B2_ENDPOINT: emulator.endpoint
  }
  const kept = (name: string, pid: number) =>
    cli.write(`cache/ourclone/input-${name}/maker.json`, JSON.stringify({ host: hostname(), pid, birth: "" }))
  kept("killed", 2 ** 30)
  kept("running", process.pid)
  for (const size of [20_000_000, 5, 0]) {
    const content = randomBytes(size)
    expect(await rcat(cli.folder, content, "b2:some-bucket/dumps/a.bin", environment)).toBe(0)
    const digest = createHash("sha1").update(content).digest("hex")
    expect((await cli.run("hashsum", "sha1", "b2:some-bucket/dumps")).out).toBe(`${digest}  a.bin\n`)
  }
  expect(cli.list("cache")).toEqual(["ourclone/input-running/maker.json"])
})

test("rcat --size stores an input of that size, and of no other", async () => {
  const { folder, list, read, write } = makeCli()
  const store = (size: string) => rcat(folder, Buffer.from("12345"), `${folder}/to/a`, {}, "--size", size)
  write("to/a", "as it was")
  expect([await store("4"), await store("6"), read("to/a")]).toEqual([1, 1, "as it was"])
  expect([await store("5"), read("to/a")]).toEqual([0, "12345"])
  expect(list("cache")).toEqual([])
})

test("copyurl --no-clobber replaces nothing, and asks for nothing then", async () => {
  let asked = 0
  const address = await startServer((_, response) => {
    asked++
    response.writeHead(200).end("the talk")
  })
  const { read, run, write } = makeCli()
  write("to/b.txt", "as it was")
  const ran = await run("copyurl", "--no-clobber", `${address}/b.txt`, "@/to/b.txt")
  expect([ran.code, ran.error, asked]).toEqual([1, expect.stringContaining("which is not to be replaced"), 0])
  expect((await run("copyurl", "--no-clobber", "-a", `${address}/b.txt`, "@/to")).code).toBe(1)
  expect(read("to/b.txt")).toBe("as it was")
  expect((await run("copyurl", "--no-clobber", "-a", `${address}/c.txt`, "@/to")).code).toBe(0)
  expect(read("to/c.txt")).toBe("the talk")
})

test("copyurl writes to standard output where that is said, and stores nothing then", async () => {
  const address = await startServer(({ url }, response) =>
    url === "/none" ? response.writeHead(404).end() : response.writeHead(200).end("the talk")
  )
  const { list, run } = makeCli()
  for (const words of [
    ["--stdout", `${address}/a`],
    [`${address}/a`, "-"]
  ]) {
    const { code, out } = await run("copyurl", ...words)
    expect([code, out]).toEqual([0, "the talk"])
  }
  expect((await run("copyurl", "--stdout", `${address}/none`)).code).toBe(4)
  const nowhere = await run("copyurl", `${address}/a`)
  expect([nowhere.code, nowhere.error]).toEqual([2, expect.stringContaining("--stdout")])
  expect(list(".")).toEqual([])
})

test("copyurl stores what an address gives with its time, also under the name where it led to", async () => {
  const modifiedAt = "Sun, 03 Nov 2024 08:49:37 GMT"
  const address = await startServer((request, response) => {
    if (request.url?.startsWith("/old") === true) response.writeHead(302, { location: "/new/t%C3%A4lk.mp4?x=1" }).end()
    else response.writeHead(200, { "last-modified": modifiedAt }).end("the talk")
  })
  const { cli } = await withB2()
  expect((await cli.run("copyurl", `${address}/a`, "@/to/b.txt")).code).toBe(0)
  expect(cli.read("to/b.txt")).toBe("the talk")
  expect(fs.statSync(path.join(cli.folder, "to/b.txt")).mtimeMs).toBe(Date.parse(modifiedAt))
  expect((await cli.run("copyurl", "-a", `${address}/old`, "b2:some-bucket/talks")).code).toBe(0)
  expect((await cli.run("cat", "b2:some-bucket/talks/tälk.mp4")).out).toBe("the talk")
})

test.each([
  ["is not there", 404, 4],
  ["is for others", 403, 7],
  ["is not to be had now", 503, 5]
])("copyurl of what %s stores nothing", async (_, status, code) => {
  const address = await startServer((_, response) => response.writeHead(status).end("<h1>no</h1>"))
  const { list, run, write } = makeCli()
  write("to/b.txt", "as it was")
  const ran = await run("copyurl", `${address}/a?token=secret`, "@/to/b.txt")
  expect([ran.code, list("to")]).toEqual([code, ["b.txt"]])
  expect(ran.error).toContain(`${address} answered with ${status}`)
  expect(ran.error).not.toContain("secret")
})

test("copyurl of what breaks off stores nothing", async () => {
  const address = await startServer((_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("a part")
    setImmediate(() => response.destroy())
  })
  const { list, run } = makeCli()
  const ran = await run("copyurl", `${address}/a`, "@/to/b.txt")
  expect([ran.code, ran.error]).toEqual([1, expect.stringContaining("it broke off, so nothing was stored")])
  expect(list("cache")).toEqual([])
})

test.each([
  ["file:///etc/passwd", "must begin with http"],
  ["nonsense", "must begin with http"]
])("copyurl takes no address like %s", async (address, message) => {
  const ran = await makeCli().run("copyurl", address, "@/to/b.txt")
  expect([ran.code, ran.error]).toEqual([2, expect.stringContaining(message)])
})

test("copyurl signs in with the name and password of an address, and says neither", async () => {
  const address = await startServer((request, response) => {
    const isAnn = request.headers.authorization === `Basic ${Buffer.from("ann:s/cret").toString("base64")}`
    response.writeHead(isAnn ? 200 : 403).end(isAnn ? "hers" : "")
  })
  const { read, run } = makeCli()
  const of = (password: string) => address.replace("http://", `http://ann:${password}@`)
  expect(await run("copyurl", of("s%2Fcret"), "@/to/b.txt")).toMatchObject({ code: 0 })
  expect(read("to/b.txt")).toBe("hers")
  const ran = await run("copyurl", of("wrongpass"), "@/to/c.txt")
  expect([ran.code, ran.error]).toEqual([7, expect.not.stringContaining("wrongpass")])
})

test.each(["@/to/", "b2:some-bucket/"])("what is stored at %s, which names no file, is refused", async (place) => {
  const address = await startServer((_, response) => response.writeHead(200).end("content"))
  const { cli } = await withB2()
  const ran = await cli.run("copyurl", address, place)
  expect([ran.code, ran.error]).toEqual([2, expect.stringContaining("names no file")])
  expect(fs.existsSync(path.join(cli.folder, "to"))).toBe(false)
})

test.each([1, 10_080])(
  "copyurl from port %i, of which nothing is fetched, is wrong usage and no trouble that passes",
  async (port) => {
    const { code, error } = await makeCli().run("copyurl", `http://127.0.0.1:${port}/a`, "@/a")
    expect([code, error]).toEqual([2, expect.stringContaining(`127.0.0.1:${port}`)])
    expect(error).toContain("port")
  }
)
