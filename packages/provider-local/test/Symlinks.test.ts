import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LocalProvider from "../src/LocalProvider.ts"
import {
  at,
  contentOf,
  failureOf,
  fileOf,
  lines,
  list,
  modifiedAt,
  onDisk,
  sha1,
  source,
  withFolder,
  withProvider
} from "./TemporaryFolder.ts"

const links = { links: true }
const copyLinks = { copyLinks: true }

describe("symbolic links", () => {
  it.live(
    "are skipped with a note that is no failure",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/a`, "")
      fs.symlinkSync("a", `${root}/link`)
      const entries = yield* list(provider)
      assert.deepStrictEqual(lines(entries), ["File a", "Skipped link"])
      assert.deepInclude(entries[1], { because: "it is a symbolic link", remedy: { code: "followOrStoreLinks" } })
      assert.strictEqual((yield* failureOf(fileOf(provider, "link"))).reason._tag, "NotFound")
    })
  )

  it("can not be both stored and followed", async () => {
    const error = await Effect.runPromise(Effect.flip(LocalProvider.make({ root: ".", links: true, copyLinks: true })))
    assert.strictEqual(error.reason._tag, "InvalidRequest")
  })
})

describe("with links", () => {
  it.live("a link is a file of its target, and such a file becomes the link again, with its time", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        fs.mkdirSync(`${root}/from/d`, { recursive: true })
        const target = "../über/nowhere"
        fs.symlinkSync(target, `${root}/from/d/link`)
        fs.lutimesSync(`${root}/from/d/link`, 1, 1_700_000_000.5)
        const from = yield* LocalProvider.make({ root: `${root}/from`, links: true })
        const to = yield* LocalProvider.make({ root: `${root}/to`, links: true })

        const [file] = yield* list(from)
        assert.strictEqual(file?._tag, "File")
        if (file?._tag !== "File") return
        assert.deepStrictEqual(
          [file.path, file.size, file.modifiedAt],
          ["d/link.rclonelink", Buffer.byteLength(target), 1_700_000_000_500]
        )
        assert.deepStrictEqual(yield* from.stat(file.path), { ...file, modifiedAt: 1_700_000_000_500, nanoseconds: 0 })
        assert.strictEqual((yield* contentOf(from, file)).toString(), target)
        assert.strictEqual((yield* from.digest?.(file)(1_000_000, "sha1") ?? Effect.die("none")).whole, sha1(target))

        yield* to.put(file.path, source(yield* from.readAll(file)), yield* from.stat(file.path))
        assert.strictEqual(fs.readlinkSync(`${root}/to/d/link`), target)
        assert.deepStrictEqual(yield* list(to), [file])
      })
    )
  )

  it.live(
    "the order is that of names with the suffix",
    withProvider(function* (provider, root) {
      for (const name of ["a-", "a.s", "a/x", "a0"]) {
        fs.mkdirSync(`${root}/${name}`.replace("/x", ""), { recursive: true })
      }
      fs.writeFileSync(`${root}/a/x`, "")
      fs.symlinkSync("nowhere", `${root}/b`)
      for (const name of ["b.q", "b.s", "b/"]) fs.writeFileSync(`${root}/${name.replace("/", "0")}`, "")
      const keys = lines(yield* list(provider))
      assert.deepStrictEqual(keys.slice(-4), ["File b.q", "File b.rclonelink", "File b.s", "File b0"])
    }, links)
  )

  it.live(
    "a link replaces a file of its name and a file replaces a link, and neither is removed for the other",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/a`, "file")
      yield* provider.put(at("a.rclonelink"), source("somewhere"), { modifiedAt })
      yield* provider.remove(at("a"))
      assert.deepStrictEqual(lines(yield* list(provider)), ["File a.rclonelink"])
      yield* provider.put(at("a"), source("file again"), { modifiedAt })
      yield* provider.remove(at("a.rclonelink"))
      assert.deepStrictEqual(lines(yield* list(provider)), ["File a"])
      assert.strictEqual(fs.readFileSync(`${root}/a`, "utf8"), "file again")
    }, links)
  )

  it.live(
    "removing a link leaves what it points to",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/a`, "file")
      fs.symlinkSync("a", `${root}/b`)
      yield* provider.remove(at("b.rclonelink"))
      assert.deepStrictEqual(onDisk(root), ["a"])
    }, links)
  )

  it.live(
    "a file that ends in .rclonelink keeps its name when a link would have the same",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/a.rclonelink`, "file")
      fs.symlinkSync("x", `${root}/a`)
      assert.deepStrictEqual(
        lines(yield* list(provider))
          .slice()
          .sort(),
        ["Failed a", "File a.rclonelink"]
      )
      const file = yield* fileOf(provider, "a.rclonelink")
      assert.strictEqual((yield* contentOf(provider, file)).toString(), "file")
    }, links)
  )

  it.live(
    "no link is made of an empty target, a NUL or a file too long, nor in place of a folder",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/d/e`, { recursive: true })
      for (const [path, content, reason] of [
        ["a.rclonelink", "", "InvalidRequest"],
        ["a.rclonelink", "x\0y", "InvalidRequest"],
        ["a.rclonelink", "x".repeat(100_000), "InvalidRequest"],
        ["d.rclonelink", "x", "AlreadyExists"]
      ] as const) {
        const error = yield* failureOf(provider.put(at(path), source(content), { modifiedAt }))
        assert.strictEqual(error.reason._tag, reason)
      }
      assert.deepStrictEqual(onDisk(root), ["d", "d/e"])
    }, links)
  )

  it.live(
    "nothing is written behind a link that was just made",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/outside`)
      yield* provider.put(at("in.rclonelink"), source("outside"), { modifiedAt })
      const error = yield* failureOf(provider.put(at("in/passwd"), source("x"), { modifiedAt }))
      assert.strictEqual(error.reason._tag, "InvalidRequest")
      assert.include(error.message, '"in" is a symbolic link')
      assert.deepStrictEqual(onDisk(root), ["in", "outside"])
    }, links)
  )

  it.live(
    "nothing is written behind a link that took the place of an empty folder that was known",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/outside`)
      yield* provider.put(at("d/a"), source("x"), { modifiedAt })
      yield* provider.remove(at("d/a"))
      yield* provider.removeDirectory?.(at("d")) ?? Effect.void
      yield* provider.put(at("d.rclonelink"), source("outside"), { modifiedAt })
      assert.strictEqual(
        (yield* failureOf(provider.put(at("d/a"), source("x"), { modifiedAt }))).reason._tag,
        "InvalidRequest"
      )
      assert.deepStrictEqual(fs.readdirSync(`${root}/outside`), [])
    }, links)
  )
})

describe("without links", () => {
  it.live(
    "nothing is written behind a link that somebody made in place of a folder that was removed",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/outside`)
      yield* provider.put(at("d/a"), source("x"), { modifiedAt })
      yield* provider.remove(at("d/a"))
      yield* provider.removeDirectory?.(at("d")) ?? Effect.void
      fs.symlinkSync("outside", `${root}/d`)
      yield* failureOf(provider.put(at("d/a"), source("x"), { modifiedAt }))
      assert.deepStrictEqual(fs.readdirSync(`${root}/outside`), [])
    })
  )

  for (const options of [{}, copyLinks]) {
    it.live(
      `nothing is written, removed or made behind a link ${"copyLinks" in options ? "that is followed" : ""}`,
      withProvider(function* (provider, root) {
        fs.mkdirSync(`${root}/outside/d`, { recursive: true })
        fs.writeFileSync(`${root}/outside/a`, "stays")
        fs.symlinkSync("outside", `${root}/link`)
        const { largeFile, makeDirectory, removeDirectory } = provider
        const attempts = [
          provider.put(at("link/a"), source("x"), { modifiedAt }),
          provider.put(at("link/new/deep"), source("x"), { modifiedAt }),
          provider.put(at("link/big"), source(Buffer.alloc(2_000_000)), { modifiedAt }),
          provider.remove(at("link/a")),
          makeDirectory?.(at("link/e")),
          removeDirectory?.(at("link/d")),
          largeFile?.start(at("link/big"), { modifiedAt, size: 10, partSize: 10 })
        ]
        for (const attempt of attempts) {
          const error = yield* failureOf<unknown>(attempt ?? Effect.void)
          assert.strictEqual(error.reason._tag, "InvalidRequest")
          assert.include(error.message, '"link" is a symbolic link')
        }
        assert.deepStrictEqual(onDisk(root), ["link", "outside", "outside/a", "outside/d"])
        assert.strictEqual(fs.readFileSync(`${root}/outside/a`, "utf8"), "stays")
      }, options)
    )
  }

  it.live(
    "a link where a file goes is replaced, and what it points to is left",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/target`, "stays")
      fs.symlinkSync("target", `${root}/a`)
      yield* provider.put(at("a"), source("new"), { modifiedAt })
      assert.isTrue(fs.lstatSync(`${root}/a`).isFile())
      assert.strictEqual(fs.readFileSync(`${root}/target`, "utf8"), "stays")
    })
  )

  it.live(
    "nothing is listed or found behind a link",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/d`)
      fs.writeFileSync(`${root}/d/a`, "")
      fs.symlinkSync("d", `${root}/link`)
      assert.strictEqual((yield* failureOf(fileOf(provider, "link/a"))).reason._tag, "NotFound")
    })
  )
})

describe("with copyLinks", () => {
  it.live(
    "links are what they point to, in its order",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/d`)
      fs.writeFileSync(`${root}/d/a`, "content")
      fs.writeFileSync(`${root}/e-`, "")
      fs.symlinkSync("d", `${root}/e`)
      fs.symlinkSync("d/a", `${root}/f`)
      assert.deepStrictEqual(lines(yield* list(provider)), ["File d/a", "File e-", "File e/a", "File f"])
      for (const path of ["e/a", "f"]) {
        const file = yield* fileOf(provider, path)
        assert.strictEqual((yield* contentOf(provider, file)).toString(), "content")
        assert.strictEqual((yield* provider.readAll(file)).length, 7)
      }
    }, copyLinks)
  )

  it.live(
    "a loop and a link to nothing fail alone",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/d/e`, { recursive: true })
      fs.writeFileSync(`${root}/d/e/a`, "")
      fs.symlinkSync("../..", `${root}/d/e/up`)
      fs.symlinkSync("self", `${root}/self`)
      fs.symlinkSync("nowhere", `${root}/dangling`)
      fs.symlinkSync("d/e", `${root}/twice`)
      const entries = yield* list(provider)
      assert.deepStrictEqual(lines(entries), [
        "File d/e/a",
        "Failed d/e/up",
        "Failed dangling",
        "Failed self",
        "File twice/a",
        "Failed twice/up"
      ])
      const because = entries.map((entry) => (entry._tag === "Skipped" ? entry.because : ""))
      assert.include(because[1], "has no end")
      assert.include(because[2], "what it points to does not exist")
    }, copyLinks)
  )

  it.live(
    "removes the link of a file although another link or a folder bears the file's name",
    withProvider(
      function* (provider, root) {
        fs.symlinkSync("nowhere", `${root}/a`)
        fs.symlinkSync("nowhere", `${root}/a.rclonelink`)
        fs.symlinkSync("nowhere", `${root}/b`)
        fs.mkdirSync(`${root}/b.rclonelink`)
        yield* provider.remove(at("a.rclonelink"))
        yield* provider.remove(at("b.rclonelink"))
        assert.deepStrictEqual(onDisk(root), ["a.rclonelink", "b.rclonelink"])
        yield* provider.remove(at("a.rclonelink.rclonelink"))
        assert.deepStrictEqual(onDisk(root), ["b.rclonelink"])
      },
      { links: true }
    )
  )
})
