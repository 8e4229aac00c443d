import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Stream from "effect/Stream"
import { afterEach, vi } from "vitest"
import { makeId, temporaryName } from "../src/unfinished/TemporaryName.ts"
import { at, modifiedAt, source, withProvider } from "./TemporaryFolder.ts"

const put = { modifiedAt }
const left = ".a.txt.1a2b3c4d.ourclone-part"
const resumable = ".big.1a2b3c4e.ourclone-part"

const leaveBehind = (folder: string): void => {
  fs.mkdirSync(folder, { recursive: true })
  for (const name of [left, resumable, `${resumable}.json`, ".mine.ourclone-part"]) {
    fs.writeFileSync(join(folder, name), "half")
  }
}

const later = (minutes: number) => {
  const now = Date.now()
  vi.spyOn(Date, "now").mockReturnValue(now + minutes * 60_000)
}

describe("what a killed run left behind", () => {
  afterEach(() => void vi.restoreAllMocks())

  it.effect(
    "is cleared away when something is stored beside it, and what can be resumed stays",
    withProvider(function* (provider, root) {
      leaveBehind(root)
      leaveBehind(join(root, "sub"))
      later(2)
      yield* provider.put(at("sub/b.txt"), source("b"), put)
      assert.deepStrictEqual(fs.readdirSync(join(root, "sub")).sort(), [
        resumable,
        `${resumable}.json`,
        ".mine.ourclone-part",
        "b.txt"
      ])
      assert.isFalse(fs.existsSync(join(root, left)))
    })
  )

  it.effect(
    "stays while another run may still be writing it",
    withProvider(function* (provider, root) {
      leaveBehind(root)
      yield* provider.put(at("b.txt"), source("b"), put)
      assert.isTrue(fs.existsSync(join(root, left)))
    })
  )

  it.live(
    "goes at once where its process has ended, beside what is stored and where a listing came by",
    withProvider(function* (provider, root) {
      const ended = spawnSync(process.execPath, ["-e", ""]).pid
      const own = makeId()
      const idOf = (pid: number) => own.slice(0, 4) + pid.toString(16).padStart(6, "0") + own.slice(10)
      const names = {
        dead: temporaryName("a.txt", idOf(ended)),
        resumable: temporaryName("big", idOf(ended)),
        alive: temporaryName("a.txt", idOf(process.ppid)),
        elsewhere: temporaryName("a.txt", `${own.startsWith("0000") ? "1111" : "0000"}${idOf(ended).slice(4)}`)
      }
      const write = (folder: string) => {
        fs.mkdirSync(folder, { recursive: true })
        for (const name of [...Object.values(names), `${names.resumable}.json`])
          fs.writeFileSync(join(folder, name), "half")
      }
      const left = [names.alive, names.elsewhere, names.resumable, `${names.resumable}.json`]
      for (const folder of ["stored", "listed/deep", "neither"]) write(join(root, folder))
      yield* provider.put(at("stored/b.txt"), source("b"), put)
      assert.sameMembers(fs.readdirSync(join(root, "stored")), [...left, "b.txt"])
      yield* Stream.runDrain(provider.list(at("listed")))
      assert.include(fs.readdirSync(join(root, "listed/deep")), names.dead)
      yield* provider.tidy!
      assert.sameMembers(fs.readdirSync(join(root, "listed/deep")), left)
      assert.include(fs.readdirSync(join(root, "neither")), names.dead)
    })
  )

  it.live(
    "of a large file that is another one now goes when the new one is begun",
    withProvider(function* (provider, root) {
      const script = `
        import { make } from ${JSON.stringify(new URL("../src/LocalProvider.ts", import.meta.url).href)}
        import { runPromise } from ${JSON.stringify(import.meta.resolve("effect/Effect"))}
        const { largeFile } = await runPromise(make({ root: ${JSON.stringify(root)} }))
        const options = { modifiedAt: 1, size: 6, partSize: 3 }
        for (const path of ["big", "other"]) await runPromise(largeFile.start(path, options))`
      assert.strictEqual(spawnSync(process.execPath, ["--input-type=module", "-e", script]).status, 0)
      assert.lengthOf(fs.readdirSync(root), 4)
      const before = fs.readdirSync(root)
      yield* provider.largeFile!.start(at("big"), { modifiedAt: 2, size: 8, partSize: 4 })
      const names = fs.readdirSync(root)
      assert.lengthOf(names, 4)
      assert.deepStrictEqual(
        names.filter((name) => before.includes(name)).map((name) => name.slice(0, 7)),
        [".other.", ".other."]
      )
      const [mine] = yield* Stream.runCollect(provider.largeFile!.unfinished(at("big")))
      yield* provider.largeFile!.start(at("big"), { modifiedAt: 3, size: 8, partSize: 4 })
      assert.lengthOf(yield* Stream.runCollect(provider.largeFile!.unfinished(at("big"))), 2)
      assert.deepInclude(mine, { modifiedAt: 2 })
    })
  )
})
