import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import * as Told from "@ourclone/core/testing/Told"
import * as Effect from "effect/Effect"
import * as LocalProvider from "../src/LocalProvider.ts"
import { noise, onDisk, withFolder } from "./TemporaryFolder.ts"

const mebibyte = 1024 * 1024

const mount = (folder: string, size: string): boolean =>
  spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", folder]).status === 0

const mayMount = (() => {
  const folder = fs.mkdtempSync(`${tmpdir()}/ourclone-mount-`)
  const mounted = mount(folder, "1m")
  if (mounted) spawnSync("umount", [folder])
  fs.rmdirSync(folder)
  return mounted
})()

/** Copies `sizes`, in bytes by name, to a disk of 8 MiB. */
const copied = (sizes: Readonly<Record<string, number>>, transfers: number) =>
  withFolder((root) =>
    Effect.gen(function* () {
      fs.mkdirSync(`${root}/from`)
      fs.mkdirSync(`${root}/to`)
      for (const [name, size] of Object.entries(sizes)) fs.writeFileSync(`${root}/from/${name}`, noise(size))
      assert.isTrue(mount(`${root}/to`, "8m"))
      const source = yield* LocalProvider.make({ root: `${root}/from` })
      const destination = yield* LocalProvider.make({ root: `${root}/to` })
      const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: false })
      const tell = Told.make()
      const options = { transfers, partConcurrency: 2, allowsEmptySource: true, tell }
      return yield* Transfer.execute(source, destination, plan, options).pipe(
        Effect.map((summary) => ({ summary, left: onDisk(`${root}/to`), failures: tell.of("Failed") })),
        Effect.ensuring(Effect.sync(() => spawnSync("umount", [`${root}/to`])))
      )
    })
  )

describe("a copy to a disk with little room", () => {
  it.live.skipIf(!mayMount)("fails by name at what is too large, and copies all that fits", () =>
    Effect.gen(function* () {
      const sizes = { a: 20 * mebibyte, b: 3 * mebibyte, c: 130 * mebibyte, d: 100, e: 2 * mebibyte }
      const { failures, left, summary } = yield* copied(sizes, 1)
      assert.deepStrictEqual(left, ["b", "d", "e"])
      assert.deepInclude(summary, { stored: 3, failed: 2 })
      assert.match(failures[0]?.failure.message ?? "", /needs 20971520 bytes and the disk has \d+ left/)
    })
  )

  it.live.skipIf(!mayMount)("gives no two files the same room, so that the rest still fits", () =>
    Effect.gen(function* () {
      const sizes = { a: 3 * mebibyte, b: 3 * mebibyte, c: 3 * mebibyte, d: 3 * mebibyte, e: 100, f: 2000 }
      const { left, summary } = yield* copied(sizes, 6)
      assert.deepInclude(summary, { stored: 4, failed: 2 })
      assert.includeMembers([...left], ["e", "f"])
      assert.lengthOf(left, 4)
    })
  )
})
