import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { orderKey } from "@ourclone/core/contract/Entry"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as LocalProvider from "../src/LocalProvider.ts"
import { at, failureOf, lines, list, modifiedAt, source, withFolder, withProvider } from "./TemporaryFolder.ts"

const write = (root: string, ...paths: ReadonlyArray<string>): void => {
  for (const path of paths) {
    fs.mkdirSync(`${root}/${path.slice(0, Math.max(0, path.lastIndexOf("/")))}`, { recursive: true })
    fs.writeFileSync(`${root}/${path}`, path)
  }
}

const isLinux = process.platform === "linux"

describe("a listing of a folder", () => {
  it.live(
    "is in the order of the bytes of whole paths",
    withProvider(function* (provider, root) {
      write(root, "a", "a.txt", "d/x", "d-b", "d.txt", "d0", "é", "～", "😀", "B")
      const keys = (yield* list(provider)).map(orderKey)
      assert.deepStrictEqual(keys, ["B", "a", "a.txt", "d-b", "d.txt", "d/x", "d0", "é", "～", "😀"])
    })
  )

  it.live(
    "comes in chunks, ordered and complete, from a directory of thousands of files",
    withProvider(function* (provider, root) {
      for (let index = 0; index < 3000; index++) fs.writeFileSync(`${root}/${index}`, "")
      const chunks: Array<number> = []
      const paths: Array<string> = []
      yield* Stream.runForEachArray(provider.list(RemotePath.root), (chunk) =>
        Effect.sync(() => {
          chunks.push(chunk.length)
          for (const entry of chunk) paths.push(entry.path)
        })
      )
      assert.deepStrictEqual(paths, Array.from({ length: 3000 }, (_, index) => String(index)).sort())
      assert.isAtMost(Math.max(...chunks), 512)
      assert.isAbove(Math.max(...chunks), 50)
    })
  )

  it.live(
    "lets other work of the thread go on",
    withProvider(function* (provider, root) {
      for (let index = 0; index < 3000; index++) fs.writeFileSync(`${root}/${index}`, "")
      let ticks = 0
      const timer = setInterval(() => ticks++, 0)
      yield* Stream.runDrain(provider.list(RemotePath.root))
      clearInterval(timer)
      assert.isAbove(ticks, 1)
    })
  )

  it.live(
    "reports only empty directories, and every directory of one level",
    withProvider(function* (provider, root) {
      write(root, "d/e/f")
      fs.mkdirSync(`${root}/d/empty`)
      assert.deepStrictEqual(lines(yield* list(provider)), ["File d/e/f", "Directory d/empty/"])
      assert.deepStrictEqual(lines(yield* list(provider, { depth: 1 })), ["Directory d/"])
    })
  )

  it.live(
    "passes over its own files that are not whole yet, and over no others",
    withProvider(function* (provider, root) {
      const yours = [".x.ourclone-part", ".x.zzzzzzzz.ourclone-part", "x.1a2b3c4d.ourclone-part"]
      write(root, ".x.1a2b3c4d.ourclone-part", ".x.1a2b3c4d.ourclone-part.json", ...yours)
      assert.deepStrictEqual(
        lines(yield* list(provider)),
        yours.sort().map((name) => `File ${name}`)
      )
    })
  )

  it.live(
    "names what is neither a file nor a folder, and goes on",
    withProvider(function* (provider, root) {
      write(root, "a", "z")
      assert.strictEqual(spawnSync("mkfifo", [`${root}/pipe`]).status, 0)
      const server = createServer().listen(`${root}/socket`)
      yield* Effect.promise(() => new Promise((resolve) => server.once("listening", resolve)))
      const entries = yield* list(provider)
      server.close()
      assert.deepStrictEqual(lines(entries), ["File a", "Skipped pipe", "Skipped socket", "File z"])
      const because = entries.map((entry) => (entry._tag === "Skipped" ? entry.because : ""))
      assert.deepStrictEqual(because, ["", "it is a named pipe", "it is a socket", ""])
    })
  )

  it.live.runIf(isLinux)(
    "spells names that are not valid UTF-8 or hold control characters, in the order of paths",
    withProvider(function* (provider, root) {
      write(root, "a", "b\ufffd", "z", "Icon\r", "Icon.png", "\u007f", "real␍", "lit‛E9")
      fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), "")
      const folder = Buffer.concat([Buffer.from(`${root}/dir`), Buffer.from([0xff])])
      fs.mkdirSync(folder)
      fs.mkdirSync(`${root}/empty\n`)
      fs.writeFileSync(Buffer.concat([folder, Buffer.from("/x")]), "")
      const found = lines(yield* list(provider))
      assert.deepStrictEqual(found, [
        "File Icon.png",
        "File Icon␍",
        "File a",
        "File b\ufffd",
        "File caf‛E9",
        "File dir‛FF/x",
        "Directory empty␊/",
        "File lit‛‛E9",
        "File real‛␍",
        "File z",
        "File ␡"
      ])
    })
  )

  it.live.runIf(isLinux)(
    "fails a directory that can not be read alone",
    withProvider(function* (provider, root) {
      write(root, "a", "z")
      // Root may read any directory, but nobody reads one whose path is too long.
      const name = "n".repeat(250)
      const cwd = process.cwd()
      process.chdir(root)
      for (let depth = 0; depth < 18; depth++) {
        fs.mkdirSync(name)
        process.chdir(name)
      }
      process.chdir(cwd)
      const found = yield* list(provider)
      assert.deepStrictEqual(
        found.map((entry) => (entry._tag === "Skipped" ? entry.isFailure : entry.path)),
        ["a", true, "z"]
      )
      spawnSync("rm", ["-rf", `${root}/${name}`])
    })
  )

  it.live("fails when the folder itself is a file, and is empty when there is none", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        write(root, "file")
        const provider = yield* LocalProvider.make({ root: `${root}/file` })
        const error = yield* failureOf(list(provider))
        assert.strictEqual(error.reason._tag, "InvalidRequest")
        const nowhere = yield* LocalProvider.make({ root: `${root}/none` })
        assert.deepStrictEqual(yield* list(nowhere), [])
      })
    )
  )

  it.live(
    "is afresh each time, and is of a directory that was removed meanwhile what is left",
    withProvider(function* (provider, root) {
      write(root, "a/1", "b/2")
      assert.strictEqual((yield* list(provider)).length, 2)
      fs.rmSync(`${root}/a`, { recursive: true })
      assert.deepStrictEqual(lines(yield* list(provider)), ["File b/2"])
    })
  )

  it.live(
    "tells mtime to the millisecond, whoever set it",
    withProvider(function* (provider, root) {
      write(root, "a")
      fs.utimesSync(`${root}/a`, 1, 1_700_000_000.9999)
      const [a] = yield* list(provider)
      assert.strictEqual(a?._tag === "File" ? a.modifiedAt : 0, 1_700_000_000_999)
      for (const time of [modifiedAt, 0, 1, 1_709_209_800_999, 4_102_444_800_001]) {
        yield* provider.put(at("b"), source("b"), { modifiedAt: time })
        assert.strictEqual((yield* provider.stat(at("b"))).modifiedAt, time)
      }
    })
  )
})
