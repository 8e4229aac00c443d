import builtin, * as fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { Metadata } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Posix from "@ourclone/system/Posix"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { onTestFinished } from "vitest"
import { nameBeside } from "../src/place/LocalAttributes.ts"
import { at, contentOf, failureOf, fileOf, list, modifiedAt, noise, source, withProvider } from "./TemporaryFolder.ts"

const metadata = { metadata: true }
const takesAttributes = ((): boolean => {
  const folder = fs.mkdtempSync(join(tmpdir(), "ourclone-probe-"))
  try {
    Posix.setAttribute(Buffer.from(folder), Buffer.from("user.probe"), Buffer.from("1"))
    return true
  } catch {
    return false
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
})()

const setChmod = (fchmodSync: typeof fs.fchmodSync): void => {
  Object.assign(builtin, { fchmodSync })
  syncBuiltinESMExports()
}

const setChown = (lchownSync: typeof fs.lchownSync): void => {
  Object.assign(builtin, { lchownSync })
  syncBuiltinESMExports()
}

const modesIn = (root: string): ReadonlyArray<string> =>
  fs.readdirSync(root).map((name) => (fs.statSync(`${root}/${name}`).mode & 0o777).toString(8))

/** Notes which modes the files of `root` have while it is read. */
const watching = (root: string, seen: Array<string>): ByteSource => {
  const whole = source(noise(9_000_000))
  const look = Effect.sync(() => void seen.push(...modesIn(root)))
  return { ...whole, read: (range) => Stream.tap(whole.read(range), () => look) }
}

/** Of what this process makes. */
const owner = { uid: `${process.geteuid?.()}`, gid: `${process.getegid?.()}` }
const put = (provider: Provider, name: string, text: string, kept?: Metadata) =>
  provider.put(at(name), source(text), { modifiedAt, metadata: kept })

describe("a file that is not whole yet", () => {
  const usual = (0o666 & ~process.umask()).toString(8)
  const noteOf = { modifiedAt, metadata: { mode: "100644" } }

  it.live(
    "can be read by its owner alone, until its mode is set",
    withProvider(function* (provider, root) {
      const seen: Array<string> = []
      yield* provider.put(at("a"), watching(root, seen), noteOf)
      assert.deepStrictEqual([[...new Set(seen)], modesIn(root)], [["600"], ["644"]])
      yield* provider.remove(at("a"))
      const part = source("abc")
      const file = yield* provider.largeFile!.start(at("b"), { ...noteOf, size: 3, partSize: 3 })
      assert.include(modesIn(root), "600")
      assert.notInclude(modesIn(root), "644")
      yield* provider.largeFile!.finish(
        file,
        [yield* provider.largeFile!.uploadPart(file, 1, part, { offset: 0 })],
        noteOf
      )
      assert.deepStrictEqual(modesIn(root), ["644"])
    }, metadata)
  )

  it.live(
    "is for no more than the one that it replaces, and as any new one where there is none",
    withProvider(function* (provider, root) {
      const seen: Array<string> = []
      yield* provider.put(at("a"), watching(root, seen), noteOf)
      assert.deepStrictEqual([[...new Set(seen)], modesIn(root)], [[usual], [usual]])
      for (const mode of [0o600, 0o400]) {
        fs.chmodSync(`${root}/a`, mode)
        seen.length = 0
        yield* provider.put(at("a"), watching(root, seen), noteOf)
        assert.notInclude(seen, usual)
        assert.deepStrictEqual(modesIn(root), [mode.toString(8)])
      }
      yield* provider.largeFile!.start(at("a"), { ...noteOf, size: 3, partSize: 3 })
      assert.sameMembers([...modesIn(root)], ["400", "600", "600"])
    })
  )
})

describe("with metadata", () => {
  it.live(
    "modes, owners and links are beside the files, and a usual mode is not said",
    withProvider(function* (provider, root) {
      for (const name of ["plain", "program"]) fs.writeFileSync(`${root}/${name}`, "x")
      fs.chmodSync(`${root}/plain`, 0o644)
      fs.chmodSync(`${root}/program`, 0o4755)
      fs.symlinkSync("plain", `${root}/link`)
      const entries = yield* list(provider)
      const kept = entries.map((entry) => [String(entry.path), entry._tag === "File" ? entry.metadata : entry._tag])
      assert.deepStrictEqual(kept, [
        ["link", { mode: "120777", ...owner }],
        ["plain", owner],
        ["program", { mode: "100755", ...owner }]
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

  for (const [what, name, options] of [
    ["by its kind", "link", { metadata: true }],
    ["by its name", "link.rclonelink", { links: true }]
  ] as const) {
    it.live(
      `makes a link only where nothing is, which is known ${what}`,
      withProvider(function* (provider, root) {
        const store = (name: string, target: string) =>
          provider.putIfAbsent!(at(name), source(Buffer.from(target)), { modifiedAt, metadata: { mode: "120777" } })
        yield* store(name, "where")
        assert.deepStrictEqual([fs.readdirSync(root), fs.readlinkSync(`${root}/link`)], [["link"], "where"])
        assert.strictEqual(fs.lstatSync(`${root}/link`).mtimeMs, modifiedAt)
        fs.writeFileSync(`${root}/${name.replace("link", "file")}`, "text")
        for (const there of [name, name.replace("link", "file")]) {
          assert.strictEqual((yield* failureOf<unknown>(store(there, "other"))).reason._tag, "AlreadyExists")
        }
        assert.strictEqual(fs.readlinkSync(`${root}/link`), "where")
      }, options)
    )
  }

  it.live(
    "what is stored gets its mode, or is a link, and what was there makes way",
    withProvider(function* (provider, root) {
      const stored = yield* put(provider, "a", "one", { mode: "100700" })
      assert.deepStrictEqual(stored.metadata, { mode: "100700", ...owner })
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
      assert.deepStrictEqual(moved.metadata, { mode: "120777", ...owner })
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
      assert.deepStrictEqual(stored.metadata, { mode: "100711", ...owner })
      assert.strictEqual(fs.statSync(`${root}/large`).mode & 0o777, 0o711)
    }, metadata)
  )

  const setOn = (file: string, name: string, value: string) =>
    Posix.setAttribute(Buffer.from(file), Buffer.from(`user.${name}`), Buffer.from(value))
  const namesOf = (file: string) =>
    Posix.listAttributes(Buffer.from(file))
      .map((name) => name.toString())
      .filter((name) => name.startsWith("user."))
      .sort()

  it.live.skipIf(!takesAttributes)(
    "attributes are beside the files, and what is stored gets them",
    withProvider(function* (provider, root) {
      const stored = yield* put(provider, "a", "one", { author: "x", xattrs: "B=eQ==" })
      assert.deepStrictEqual(stored.metadata, { author: "x", xattrs: "B=eQ==", ...owner })
      assert.deepStrictEqual(namesOf(`${root}/a`), ["user.B", "user.author"])
      setOn(`${root}/a`, "mode", "1")
      const expected = { author: "x", xattrs: "B=eQ==,mode=MQ==", ...owner }
      assert.deepStrictEqual((yield* fileOf(provider, "a")).metadata, expected)
      assert.deepStrictEqual((yield* provider.stat(at("a"))).metadata, expected)
    }, metadata)
  )

  it.live.skipIf(!takesAttributes)(
    "attributes, mode and time are set anew without the bytes, also of a file that may not be written to",
    withProvider(function* (provider, root) {
      const before = yield* put(provider, "a", "one", { mode: "100444", author: "x", ...owner })
      const { ino } = fs.statSync(`${root}/a`)
      const set = yield* provider.setMetadata!(before, { mode: "100400", other: "y" }, modifiedAt + 5_000)
      assert.deepStrictEqual(set.metadata, { mode: "100400", author: "x", other: "y", ...owner })
      assert.deepStrictEqual([set.modifiedAt, fs.statSync(`${root}/a`).ino], [modifiedAt + 5_000, ino])
      // Whoever says an owner says all.
      yield* provider.setMetadata!(set, { mode: "100400", other: "y", ...owner }, modifiedAt + 5_000)
      assert.deepStrictEqual(namesOf(`${root}/a`), ["user.other"])
      yield* provider.setMetadata!(yield* provider.stat(at("a")), { xattrs: "*", ...owner }, modifiedAt)
      assert.deepStrictEqual(namesOf(`${root}/a`), ["user.other"])
      fs.writeFileSync(`${root}/b`, "another")
      const other = { ...set, path: at("b") }
      assert.strictEqual((yield* failureOf(provider.setMetadata!(other, {}, modifiedAt))).reason._tag, "SourceChanged")
    }, metadata)
  )

  it.live.skipIf(!takesAttributes)(
    "an attribute that the file system has no room for is remarked with its file",
    withProvider(function* (provider, root) {
      const value = Buffer.alloc(200_000).toString("base64")
      yield* put(provider, "a", "one", { author: "x", xattrs: `large=${value}` })
      assert.deepStrictEqual(namesOf(`${root}/a`), ["user.author"])
      const [remark] = provider.remarks!()
      assert.include(remark?.message, `${root}/a is without its extended attribute "large"`)
    }, metadata)
  )

  it.live.skipIf(!takesAttributes)(
    "attributes are given to what is open: its name may lead elsewhere by then",
    withProvider(function* (provider, root) {
      const { fchmodSync } = builtin
      onTestFinished(() => setChmod(fchmodSync))
      const stored = yield* put(provider, "a", "one", { author: "x" })
      setChmod((fd, mode) => {
        if (fs.existsSync(`${root}/moved`)) return fchmodSync(fd, mode)
        fs.renameSync(`${root}/a`, `${root}/moved`)
        fs.writeFileSync(`${root}/a`, "of somebody else")
      })
      yield* provider.setMetadata!(stored, { other: "y", ...owner }, modifiedAt)
      assert.deepStrictEqual([namesOf(`${root}/a`), namesOf(`${root}/moved`)], [[], ["user.other"]])
    }, metadata)
  )

  it.live.skipIf(!takesAttributes)(
    "an attribute may have the name of what every object of JavaScript has",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/a`, "x")
      setOn(`${root}/a`, "__proto__", "p")
      setOn(`${root}/a`, "constructor", "c")
      const { metadata: kept } = yield* fileOf(provider, "a")
      yield* put(provider, "b", "x", kept)
      assert.deepStrictEqual(namesOf(`${root}/b`), ["user.__proto__", "user.constructor"])
      assert.strictEqual(`${Posix.getAttribute(Buffer.from(`${root}/b`), Buffer.from("user.__proto__"))}`, "p")
    }, metadata)
  )

  it("of macOS all attributes are the user's, but for what it notes by itself of origin and rights", () => {
    const onDisk = [
      "author",
      "com.apple.metadata:_kMDItemUserTags",
      "com.apple.FinderInfo",
      "com.apple.ResourceFork",
      "com.apple.quarantine",
      "com.apple.provenance",
      "com.apple.lastuseddate#PS",
      "com.apple.system.Security"
    ]
    const beside = onDisk.map((name) => nameBeside(name, "darwin"))
    assert.deepStrictEqual(beside, [...onDisk.slice(0, 4), undefined, undefined, undefined, undefined])
    assert.deepStrictEqual(
      ["user.author", "security.selinux", "com.apple.FinderInfo"].map((name) => nameBeside(name, "linux")),
      ["author", undefined, undefined]
    )
  })

  it.live.skipIf(process.geteuid?.() !== 0)(
    "owners are set, of links too, by root",
    withProvider(function* (provider, root) {
      yield* put(provider, "a", "one", { uid: "1234", gid: "5678" })
      yield* put(provider, "b", "a", { mode: "120777", uid: "1234", gid: "5678" })
      for (const name of ["a", "b"]) {
        const { gid, uid } = fs.lstatSync(`${root}/${name}`)
        assert.deepStrictEqual([uid, gid], [1234, 5678])
      }
    }, metadata)
  )

  it.live.skipIf(process.geteuid?.() !== 0)(
    "a file is given to its owner by what is open: its name may lead elsewhere by then",
    withProvider(function* (provider, root) {
      const { lchownSync } = builtin
      onTestFinished(() => setChown(lchownSync))
      setChown(() => assert.fail("by its name"))
      const stored = yield* put(provider, "a", "one", { uid: "1234", gid: "5678" })
      yield* provider.setMetadata!(stored, { uid: "12", gid: "56" }, modifiedAt)
      const { gid, uid } = fs.lstatSync(`${root}/a`)
      assert.deepStrictEqual([uid, gid], [12, 56])
    }, metadata)
  )
})
