/** Requests and answers, without a socket. `judges.test.ts` has real clients. */
import { assert, describe, it } from "@effect/vitest"
import * as MemoryFileSystem from "@ourclone/mount/testing/MemoryFileSystem"
import * as WebdavDoor from "@ourclone/mount/webdav/WebdavDoor"
import * as WebdavServer from "@ourclone/mount/webdav/WebdavServer"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const open = (memory: MemoryFileSystem.MemoryOptions = {}, options: Partial<WebdavDoor.WebdavOptions> = {}) => {
  const fileSystem = MemoryFileSystem.make({ isLate: true, ...memory })
  const faults: Array<unknown> = []
  const app = WebdavDoor.make(fileSystem, { access: undefined, onFault: (fault) => faults.push(fault), ...options })
  const ask = async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: RequestInit["body"]
  ) => {
    let isBroken = false
    const destroy = () => {
      isBroken = true
    }
    const response = await app.request(
      `http://localhost${path.startsWith("/") ? "" : "/"}${path}`,
      {
        method,
        headers: { host: "localhost", ...headers },
        duplex: "half",
        ...(body !== undefined && { body })
      } as RequestInit,
      { incoming: { url: path }, outgoing: { destroy } }
    )
    const text = await response.text()
    return { status: response.status, headers: response.headers, text: isBroken ? "broken" : text }
  }
  const status = async (...request: Parameters<typeof ask>) => (await ask(...request)).status
  return { ask, status, fileSystem, faults }
}

const lockBody = (scope = "exclusive") =>
  `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>me</D:href></D:owner></D:lockinfo>`
const propfind = (...names: ReadonlyArray<string>) =>
  `<propfind xmlns="DAV:"><prop>${names.map((name) => `<${name}/>`).join("")}</prop></propfind>`
const tokenOf = (answer: { readonly headers: Headers }) => answer.headers.get("lock-token") ?? ""

describe("the WebDAV door", () => {
  it("goes through what Finder does to save a file, and keeps what it writes for itself out of sight", async () => {
    const { ask, status, fileSystem } = open()
    assert.strictEqual(await status("OPTIONS", "/"), 200)
    assert.strictEqual(
      await status("PROPFIND", "/", { depth: "0" }, propfind("quota-available-bytes", "resourcetype")),
      207
    )
    for (const name of ["._photo.jpg", ".DS_Store", ".Spotlight-V100", ".metadata_never_index", "Backups.backupdb"])
      assert.strictEqual(await status("PROPFIND", `/${name}`, { depth: "0" }), 404)
    assert.strictEqual(await status("PUT", "/photo.jpg", { "content-length": "0" }, ""), 201)
    const lock = await ask("LOCK", "/photo.jpg", { timeout: "Second-600" }, lockBody())
    assert.strictEqual(lock.status, 200)
    const bytes = new Blob([new Uint8Array(300_000).fill(7)]).stream()
    const headers = { "x-expected-entity-length": "300000", if: `(${tokenOf(lock)})` }
    assert.strictEqual(await status("PUT", "/photo.jpg", headers, bytes), 204)
    assert.strictEqual(await status("PUT", "/._photo.jpg", {}, "resource fork"), 201)
    assert.strictEqual((await ask("GET", "/._photo.jpg")).text, "resource fork")
    assert.strictEqual(await status("UNLOCK", "/photo.jpg", { "lock-token": tokenOf(lock) }), 204)
    assert.strictEqual(await status("MOVE", "/._photo.jpg", { destination: "/._other.jpg" }), 201)
    assert.notInclude((await ask("PROPFIND", "/", { depth: "1" })).text, "._")
    const listed = await fileSystem.readDirectory(1, 0, 10)
    assert.deepEqual("nodes" in listed ? listed.nodes.map(({ name }) => name) : listed, ["photo.jpg"])
    assert.strictEqual(fileSystem.openHandles(), 0)
  })

  it("goes through what Explorer does to save a file, with the time that it sets", async () => {
    const { ask, status } = open()
    const win32 = (...values: ReadonlyArray<string>) =>
      `<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop>${values.join("")}</D:prop></D:set></D:propertyupdate>`
    assert.strictEqual((await ask("OPTIONS", "/")).headers.get("ms-author-via"), "DAV")
    assert.strictEqual(await status("PROPFIND", "/", { depth: "0" }), 207)
    assert.strictEqual(await status("PUT", "/a.txt", { "content-length": "0" }, ""), 201)
    const lock = await ask("LOCK", "/a.txt", { timeout: "Second-3600" }, lockBody())
    const held = { if: `(${tokenOf(lock)})` }
    assert.strictEqual(await status("HEAD", "/a.txt"), 200)
    assert.strictEqual(await status("PUT", "/a.txt", held, "hello"), 204)
    const patched = await ask(
      "PROPPATCH",
      "/a.txt",
      held,
      win32(
        "<Z:Win32CreationTime>Sat, 01 Feb 2020 10:00:00 GMT</Z:Win32CreationTime>",
        "<Z:Win32LastModifiedTime>Sun, 02 Feb 2020 10:00:00 GMT</Z:Win32LastModifiedTime>",
        "<Z:Win32FileAttributes>00000020</Z:Win32FileAttributes>"
      )
    )
    assert.strictEqual(patched.text.match(/200 OK/g)?.length, 3)
    assert.strictEqual(await status("UNLOCK", "/a.txt", { "lock-token": tokenOf(lock).slice(1, -1) }), 204)
    assert.strictEqual((await ask("HEAD", "/a.txt")).headers.get("last-modified"), "Sun, 02 Feb 2020 10:00:00 GMT")
  })

  it("breaks the connection where a file can not be read to its end, and prints nothing", async () => {
    const content = MemoryFileSystem.make()
    const faults: Array<unknown> = []
    const printed: Array<unknown> = []
    const { error, info } = console
    console.error = console.info = (...words) => void printed.push(words)
    try {
      await Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const url = yield* WebdavServer.listenOn(content, {
              host: "127.0.0.1",
              port: 0,
              access: undefined,
              onFault: (fault) => faults.push(fault)
            })
            const size = 1_000_000
            yield* Effect.promise(() => fetch(`${url}a`, { method: "PUT", body: new Uint8Array(size) }))
            content.refuseNext("read", "Failed")
            const read = yield* Effect.promise(() =>
              fetch(`${url}a`)
                .then((answer) => answer.arrayBuffer())
                .then(
                  ({ byteLength }) => byteLength,
                  () => "broken"
                )
            )
            assert.strictEqual(read, "broken")
            yield* Effect.sleep(20)
          })
        )
      )
    } finally {
      console.error = error
      console.info = info
    }
    assert.deepStrictEqual(printed, [])
    assert.deepStrictEqual(faults, [])
  })

  it("changes nothing by an upload that breaks off", async () => {
    const { ask, status, fileSystem, faults } = open()
    await ask("PUT", "/f", {}, "before")
    const broken = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(1000))
        controller.error(new Error("the client went away"))
      }
    })
    assert.strictEqual(await status("PUT", "/f", {}, broken), 400)
    assert.strictEqual(await status("PUT", "/new", { "content-length": "10" }, "short"), 400)
    assert.strictEqual((await ask("GET", "/f")).text, "before")
    assert.strictEqual(await status("GET", "/new"), 404)
    assert.strictEqual((await ask("PROPFIND", "/", { depth: "1" })).text.match(/<D:response>/g)?.length, 2)
    assert.strictEqual(fileSystem.openHandles(), 0)
    assert.deepEqual(faults, [])
  })

  it("gives a part where one is asked for, and the whole where the version is another", async () => {
    const { ask } = open()
    const etag = (await ask("PUT", "/f", {}, "0123456789")).headers.get("etag")!
    const cases: ReadonlyArray<readonly [Record<string, string>, number, string]> = [
      [{ range: "bytes=2-4" }, 206, "234"],
      [{ range: "bytes=7-" }, 206, "789"],
      [{ range: "bytes=-2" }, 206, "89"],
      [{ range: "bytes=8-99" }, 206, "89"],
      [{ range: "bytes=10-" }, 416, ""],
      [{ range: "bytes=-0" }, 416, ""],
      [{ range: "bytes=4-2" }, 200, "0123456789"],
      [{ range: "bytes=0-1,4-5" }, 200, "0123456789"],
      [{ range: "bytes=0-1", "if-range": etag }, 206, "01"],
      [{ range: "bytes=0-1", "if-range": '"other"' }, 200, "0123456789"],
      [{ "if-none-match": etag }, 304, ""],
      [{ "if-none-match": '"other"' }, 200, "0123456789"],
      [{ "if-match": '"other"' }, 412, "it is not the version that was asked for\n"]
    ]
    for (const [headers, status, text] of cases) {
      const answer = await ask("GET", "/f", headers)
      assert.deepEqual([answer.status, answer.text], [status, text], JSON.stringify(headers))
    }
    assert.strictEqual((await ask("GET", "/f", { range: "bytes=2-4" })).headers.get("content-range"), "bytes 2-4/10")
  })

  it("shows a file whose time no date can say, without one", async () => {
    const { ask, fileSystem } = open()
    await ask("PUT", "/f", {}, "one")
    const node = await fileSystem.lookup(1, "f")
    assert.isTrue("ino" in node)
    if ("ino" in node) await fileSystem.setAttributes(node.ino, { modified: { seconds: 9e12, nanoseconds: 0 } })
    const got = await ask("GET", "/f")
    assert.deepEqual([got.status, got.text, got.headers.get("last-modified")], [200, "one", null])
    assert.strictEqual(got.headers.get("cross-origin-resource-policy"), "same-origin")
    const found = await ask("PROPFIND", "/f", { depth: "0" })
    assert.strictEqual(found.status, 207)
    assert.notMatch(found.text, /getlastmodified|creationdate|Invalid/)
  })

  it("writes a piece into a file, and refuses one that it can not place", async () => {
    const { ask, status } = open()
    const type = { "content-type": "application/x-sabredav-partialupdate", "content-length": "2" }
    await ask("PUT", "/f", {}, "0123456789")
    assert.strictEqual(await status("PUT", "/f", { "content-range": "bytes 2-3/*" }, "ab"), 204)
    assert.strictEqual(await status("PUT", "/f", { "content-range": "bytes 2-9/*" }, "ab"), 400)
    assert.strictEqual(await status("PUT", "/f", { "content-range": "lines 1-2" }, "ab"), 400)
    assert.strictEqual(await status("PATCH", "/f", { ...type, "x-update-range": "bytes=4-5" }, "cd"), 204)
    assert.strictEqual(await status("PATCH", "/f", { ...type, "x-update-range": "append" }, "ef"), 204)
    assert.strictEqual(await status("PATCH", "/f", { ...type, "x-update-range": "bytes=-2" }, "gh"), 204)
    assert.strictEqual(await status("PATCH", "/f", { ...type, "x-update-range": "bytes=4-9" }, "cd"), 416)
    assert.strictEqual(await status("PATCH", "/f", { ...type, "content-type": "text/plain" }, "cd"), 415)
    assert.strictEqual((await ask("GET", "/f")).text, "01abcd6789gh")
  })

  it("copies and moves as RFC 4918 has it", async () => {
    const { ask, status } = open()
    await ask("MKCOL", "/d")
    await ask("PUT", "/d/f", {}, "one")
    await ask("PUT", "/g", {}, "two")
    const cases: ReadonlyArray<readonly [string, string, Record<string, string>, number]> = [
      ["COPY", "/g", {}, 400],
      ["COPY", "/none", { destination: "/x" }, 404],
      ["COPY", "/g", { destination: "/g" }, 403],
      ["COPY", "/g", { destination: "/d/f", overwrite: "F" }, 412],
      ["COPY", "/g", { destination: "/none/f" }, 409],
      ["COPY", "/d", { destination: "/d/e" }, 409],
      ["MOVE", "/d/f", { destination: "/d" }, 409],
      ["COPY", "/g", { destination: "http://elsewhere.example/g2" }, 502],
      ["COPY", "/g", { destination: "/%2e%2e/g2" }, 400],
      ["COPY", "/g", { destination: "/a%2fb" }, 400],
      ["MOVE", "/d", { destination: "/e", depth: "0" }, 400],
      ["COPY", "/g", { destination: "https://LOCALHOST:8443/d/f" }, 204],
      ["COPY", "/d", { destination: "/shallow", depth: "0" }, 201],
      ["COPY", "/d", { destination: "/deep" }, 201],
      ["MOVE", "/deep", { destination: "/g" }, 204]
    ]
    for (const [method, path, headers, expected] of cases)
      assert.strictEqual(await status(method, path, headers), expected, `${method} ${path} ${JSON.stringify(headers)}`)
    assert.strictEqual((await ask("GET", "/g/f")).text, "two")
    assert.strictEqual(await status("GET", "/shallow/f"), 404)
    assert.strictEqual(await status("DELETE", "/d", { depth: "1" }), 400)
    assert.strictEqual(await status("DELETE", "/d"), 204)
    assert.strictEqual(await status("GET", "/d/f"), 404)
  })

  it("keeps properties of clients as they were written, over a MOVE and a new content", async () => {
    const { ask } = open()
    await ask("PUT", "/f", {}, "one")
    const body = `<D:propertyupdate xmlns:D="DAV:" xmlns:x="urn:x" xml:lang="de"><D:set><D:prop><x:note a="1&amp;2"><y xmlns="urn:y">&lt;ä😀</y></x:note></D:prop></D:set></D:propertyupdate>`
    assert.include((await ask("PROPPATCH", "/f", {}, body)).text, "200 OK")
    await ask("MOVE", "/f", { destination: "/g" })
    await ask("PUT", "/g", {}, "two")
    const { text } = await ask(
      "PROPFIND",
      "/g",
      { depth: "0" },
      `<propfind xmlns="DAV:"><prop><note xmlns="urn:x"/><none xmlns="urn:x"/></prop></propfind>`
    )
    assert.include(
      text,
      '<N:note xmlns:N="urn:x" a="1&amp;2" xml:lang="de"><N:y xmlns:N="urn:y">&lt;ä😀</N:y></N:note>'
    )
    assert.match(text, /<N:none xmlns:N="urn:x"\/><\/D:prop><D:status>HTTP\/1.1 404/)
  })

  it("changes all properties that are asked for, or none", async () => {
    const { ask } = open()
    await ask("PUT", "/f", {}, "one")
    const body = `<propertyupdate xmlns="DAV:"><set><prop><note xmlns="urn:x">1</note><getetag>"2"</getetag></prop></set></propertyupdate>`
    const { text } = await ask("PROPPATCH", "/f", {}, body)
    assert.include(text, "424 Failed Dependency")
    assert.include(text, "403 Forbidden")
    assert.notInclude((await ask("PROPFIND", "/f", { depth: "0" })).text, "urn:x")
  })

  it("lets a lock go when its time is over, and never lets it last longer than an hour", async () => {
    let now = 0
    const { ask, status } = open({}, { now: () => now })
    await ask("PUT", "/f", {}, "one")
    const lock = await ask("LOCK", "/f", { timeout: "Infinite, Second-4100000000" }, lockBody())
    assert.include(lock.text, "Second-3600")
    assert.strictEqual(await status("PUT", "/f", {}, "two"), 423)
    assert.strictEqual(await status("LOCK", "/f", {}, lockBody("shared")), 423)
    now += 3_599_000
    assert.strictEqual(await status("DELETE", "/f"), 423)
    now += 1000
    assert.strictEqual(await status("PUT", "/f", {}, "two"), 204)
  })

  it("lists a folder of many pages, each name once, and no whole tree at once", async () => {
    const { ask, fileSystem } = open({ isLate: false })
    for (let index = 0; index < 1700; index++)
      fileSystem.create(1, `name & ${index}`, 0o644, fileSystem.owner, { reads: false, writes: true })
    const { text } = await ask("PROPFIND", "/", { depth: "1" }, propfind("getetag"))
    const found = [...text.matchAll(/<D:href>([^<]*)</g)].map((each) => each[1])
    assert.strictEqual(found.length, 1701)
    assert.strictEqual(new Set(found).size, 1701)
    assert.include(found, "/name%20%26%2017")
    const whole = await ask("PROPFIND", "/")
    assert.strictEqual(whole.status, 403)
    assert.include(whole.text, "propfind-finite-depth")
  })

  it("finds a name however its marks are spelled", async () => {
    const { ask, status } = open()
    assert.strictEqual(await status("PUT", encodeURI("/e\u0301"), {}, "one"), 201)
    assert.strictEqual((await ask("GET", encodeURI("/\u00e9"))).text, "one")
    assert.strictEqual(await status("PUT", encodeURI("/e\u0301"), {}, "two"), 204)
    assert.include((await ask("PROPFIND", "/", { depth: "1" })).text, "/%C3%A9<")
  })

  it("only reads where the file system is read-only", async () => {
    const { status } = open({ isReadOnly: true })
    for (const method of ["PUT", "DELETE", "MKCOL", "LOCK", "PROPPATCH", "MOVE", "PATCH"])
      assert.strictEqual(await status(method, "/f", { destination: "/g" }), 403, method)
    assert.strictEqual(await status("PROPFIND", "/", { depth: "1" }), 207)
  })

  it("answers bad input with what is wrong, never with a failure of its own", async () => {
    const { ask, status, faults } = open()
    await ask("PUT", "/f", {}, "one")
    const entity = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><propfind xmlns="DAV:"><prop>&b;</prop></propfind>`
    const external = `<!DOCTYPE x SYSTEM "file:///etc/passwd"><propfind xmlns="DAV:"><allprop/></propfind>`
    const bodies: ReadonlyArray<readonly [string, string, number]> = [
      ["PROPFIND", entity, 400],
      ["PROPFIND", external, 400],
      ["PROPFIND", "<propfind", 400],
      ["PROPFIND", `<x:propfind><x:prop/></x:propfind>`, 400],
      ["PROPFIND", `<propfind xmlns="DAV:" xmlns:b=""><prop><b:x/></prop></propfind>`, 400],
      ["PROPFIND", `${"<a>".repeat(100)}${"</a>".repeat(100)}`, 400],
      ["PROPFIND", `<propfind xmlns="DAV:"><prop>${"<a/>".repeat(20_000)}</prop></propfind>`, 413],
      ["PROPPATCH", "", 400],
      ["PROPPATCH", `<propfind xmlns="DAV:"/>`, 400],
      ["LOCK", `<lockinfo xmlns="DAV:"/>`, 400],
      ["MKCOL", "anything", 415]
    ]
    for (const [method, body, expected] of bodies)
      assert.strictEqual(
        await status(method, method === "MKCOL" ? "/n" : "/f", { depth: "0" }, body),
        expected,
        body.slice(0, 80)
      )
    const paths: ReadonlyArray<readonly [string, number]> = [
      ["/a/../f", 400],
      ["/%2e%2e/f", 400],
      ["/..%2ff", 400],
      ["/a%5cb", 400],
      ["/a%00b", 400],
      ["/%ff", 400],
      ["/%zz", 400],
      ["/f#g", 400],
      ["f", 400],
      [`/${"n".repeat(20_000)}`, 400],
      ["/.ourclone-put-x", 403]
    ]
    for (const [path, expected] of paths)
      assert.strictEqual(await status("PUT", path, {}, "x"), expected, path.slice(0, 40))
    assert.strictEqual(await status("PUT", "/f", { if: "(<unclosed" }, "x"), 400)
    assert.strictEqual(await status("PUT", "/f", { if: "(<urn:none>)" }, "x"), 412)
    assert.strictEqual(await status("PROPFIND", "/f", { depth: "2" }), 400)
    assert.strictEqual(await status("UNLOCK", "/f"), 400)
    assert.strictEqual(await status("BREW", "/f"), 405)
    assert.strictEqual((await ask("GET", "/f")).text, "one")
    assert.deepEqual(faults, [])
  })

  it("tells what the file system refuses in HTTP's words", async () => {
    const { ask, status, fileSystem } = open({ capacity: 100 })
    assert.strictEqual(await status("PUT", "/big", { "content-length": "1000" }, "x".repeat(1000)), 507)
    assert.strictEqual(await status("PUT", "/big", {}, "x".repeat(1000)), 507)
    await ask("PUT", "/f", {}, "one")
    fileSystem.refuseNext("open", "TimedOut")
    assert.strictEqual(await status("GET", "/f"), 504)
    fileSystem.refuseNext("read", "Failed")
    assert.strictEqual((await ask("GET", "/f")).text, "broken")
    fileSystem.refuseNext("lookup", "Failed", 9)
    assert.strictEqual(await status("GET", "/f"), 502)
  })
})

describe("who may come in", () => {
  const access = {
    users: [{ name: "ann", password: Redacted.make("pass:word") }],
    hostNames: ["nas.example"]
  }
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` })
  const good = basic("ann:pass:word")
  const cases: ReadonlyArray<readonly [string, Record<string, string>, number]> = [
    ["nobody without a password", {}, 401],
    ["a user with the password", good, 207],
    ["nobody with a wrong password", basic("ann:other"), 401],
    ["nobody with an empty password", basic("ann:"), 401],
    ["nobody under an unknown name", basic("bob:pass:word"), 401],
    ["nobody with the password as a bearer's token", { authorization: "Bearer pass:word" }, 401],
    ["nobody with what is no password at all", { authorization: "Basic %%%" }, 401],
    ["a user under a name of this server", { ...good, host: "nas.example:8080" }, 207],
    ["a user under an address", { ...good, host: "[::1]:8080" }, 207],
    ["nobody under a foreign name", { ...good, host: "evil.example" }, 403],
    ["nobody from a page of another site", { ...good, origin: "https://evil.example" }, 403],
    ["nobody from a page that says so", { ...good, "sec-fetch-site": "cross-site" }, 403],
    ["nobody from a page of another port", { ...good, "sec-fetch-site": "same-site" }, 403],
    ["a user from a page of this server, as its browser says", { ...good, "sec-fetch-site": "same-origin" }, 207],
    ["a user from a page of this server", { ...good, origin: "http://localhost" }, 207]
  ]
  it("whoever asks from this machine, where there is no password, but no page of another site", async () => {
    const { status } = open()
    assert.strictEqual(await status("PROPFIND", "/", { depth: "0" }), 207)
    assert.strictEqual(await status("PROPFIND", "/", { depth: "0", host: "evil.example" }), 403)
    assert.strictEqual(await status("DELETE", "/f", { origin: "https://evil.example" }), 403)
  })

  for (const [name, headers, expected] of cases)
    it(name, async () => {
      const { ask } = open({}, { access })
      const answer = await ask("PROPFIND", "/", { depth: "0", ...headers })
      assert.strictEqual(answer.status, expected)
      if (expected === 401) assert.match(answer.headers.get("www-authenticate") ?? "", /^Basic realm=/)
      if (expected !== 207) assert.notInclude(answer.text, "multistatus")
    })
})
