import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { Metadata } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { at, contentOf, failureOf, fileOf, list, modifiedAt, source, withProvider } from "./TemporaryFolder.ts"

const metadata = { metadata: true }
const put = (provider: Provider, name: string, text: string, kept?: Metadata) =>
  provider.put(at(name), source(text), { modifiedAt, metadata: kept })

describe("with metadata", () => {
  it.live(
    "modes and links are beside the files, and what is usual is not said",
    withProvider(function* (provider, root) {
      for (const name of ["plain", "program"]) fs.writeFileSync(`${root}/${name}`, "x")
      fs.chmodSync(`${root}/plain`, 0o644)
      fs.chmodSync(`${root}/program`, 0o4755)
      fs.symlinkSync("plain", `${root}/link`)
      const entries = yield* list(provider)
      const kept = entries.map((entry) => [String(entry.path), entry._tag === "File" ? entry.metadata : entry._tag])
      assert.deepStrictEqual(kept, [
        ["link", { mode: "120777" }],
        ["plain", undefined],
        ["program", { mode: "100755" }]
      ])
      for (const name of ["link", "program"]) {
        const listed = entries.find((entry) => entry._tag === "File" && entry.path === name)
        const { metadata: seen } = yield* provider.stat(at(name))
        assert.deepStrictEqual(listed?._tag === "File" ? listed.metadata : undefined, seen)
      }
      const link = yield* fileOf(provider, "link")
      assert.strictEqual((yield* contentOf(provider, link)).toString(), "plain")
    }, metadata)
  )

  it.live(
    "what is stored gets its mode, or is a link, and what was there makes way",
    withProvider(function* (provider, root) {
      const stored = yield* put(provider, "a", "one", { mode: "100700" })
      assert.deepStrictEqual(stored.metadata, { mode: "100700" })
      assert.strictEqual(fs.statSync(`${root}/a`).mode & 0o7777, 0o700)
      yield* put(provider, "a", "where", { mode: "120777" })
      assert.strictEqual(fs.readlinkSync(`${root}/a`), "where")
      yield* put(provider, "a", "two", { mode: "104755" })
      assert.strictEqual(fs.lstatSync(`${root}/a`).mode & 0o7777, 0o755)
      yield* put(provider, "a", "three")
      assert.strictEqual(fs.statSync(`${root}/a`).mode & 0o7777, 0o644)
    }, metadata)
  )

  it.live(
    "nothing is written through a link that was stored",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/outside`)
      yield* put(provider, "d", "outside", { mode: "120777" })
      assert.strictEqual((yield* failureOf(put(provider, "d/a", "x"))).reason._tag, "InvalidRequest")
      assert.deepStrictEqual(fs.readdirSync(`${root}/outside`), [])
      assert.strictEqual(
        (yield* failureOf(put(provider, "empty", "", { mode: "120777" }))).reason._tag,
        "InvalidRequest"
      )
    }, metadata)
  )

  it.live(
    "a link is moved, dated and removed as a link",
    withProvider(function* (provider, root) {
      yield* put(provider, "a", "nowhere", { mode: "120777" })
      const moved = yield* provider.move!(yield* fileOf(provider, "a"), at("b"))
      assert.deepStrictEqual(moved.metadata, { mode: "120777" })
      yield* provider.touch!(moved, modifiedAt + 5_000)
      assert.strictEqual((yield* provider.stat(at("b"))).modifiedAt, modifiedAt + 5_000)
      yield* provider.remove(at("b"))
      assert.deepStrictEqual(fs.readdirSync(root), [])
    }, metadata)
  )

  it.live(
    "a file in parts gets its mode too",
    withProvider(function* (provider, root) {
      const large = provider.largeFile!
      const wanted = { modifiedAt, size: 3, partSize: 3, metadata: { mode: "100711" } }
      const file = yield* large.start(at("large"), wanted)
      const part = yield* large.uploadPart(file, 1, source("abc"), { offset: 0 })
      const stored = yield* large.finish(file, [part], wanted)
      assert.deepStrictEqual(stored.metadata, { mode: "100711" })
      assert.strictEqual(fs.statSync(`${root}/large`).mode & 0o777, 0o711)
    }, metadata)
  )
})
