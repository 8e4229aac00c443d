import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import { isInside, isSame } from "@ourclone/core/contract/PlaceIdentity"
import * as Guard from "@ourclone/core/engine/Guard"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { silent } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as LocalProvider from "../src/LocalProvider.ts"
import * as LetterCase from "../src/place/LetterCase.ts"
import { at, withFolder } from "./TemporaryFolder.ts"

const bind = (from: string, to: string): boolean => spawnSync("mount", ["--bind", from, to]).status === 0

const mayMount = (() => {
  const folder = fs.mkdtempSync(`${tmpdir()}/ourclone-mount-`)
  const mounted = bind(folder, folder)
  if (mounted) spawnSync("umount", [folder])
  fs.rmdirSync(folder)
  return mounted
})()

/** With the folder `inner` of the folder also seen at `two`. */
const withMount = <A, E>(inner: string, use: (root: string) => Effect.Effect<A, E>) =>
  withFolder((root) => {
    fs.mkdirSync(`${root}/${inner}`, { recursive: true })
    fs.mkdirSync(`${root}/two`)
    bind(`${root}/${inner}`, `${root}/two`)
    return Effect.ensuring(
      use(root),
      Effect.sync(() => spawnSync("umount", [`${root}/two`]))
    )
  })

describe("the identity of a local place", () => {
  it.live("is that of the folder and not of the name, also of what is not there yet", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        fs.mkdirSync(`${root}/real`)
        fs.symlinkSync("real", `${root}/link`)
        const { place: real } = yield* LocalProvider.make({ root: `${root}/real/new` })
        const { place: link } = yield* LocalProvider.make({ root: `${root}/link/new` })
        const { place: outer } = yield* LocalProvider.make({ root })
        assert.isTrue(isSame(real, link))
        assert.isTrue(isInside(real, outer))
        assert.isFalse(isInside(outer, real))
      })
    )
  )

  it.live.skipIf(!mayMount)("is one for a folder and its mount elsewhere, so that neither goes into the other", () =>
    withMount("one", (root) =>
      Effect.gen(function* () {
        const one = yield* LocalProvider.make({ root: `${root}/one` })
        const two = yield* LocalProvider.make({ root: `${root}/two` })
        const below = yield* LocalProvider.make({ root: `${root}/two/sub` })
        assert.include(Guard.overlap(one, two)?.message, "are the same place")
        assert.include(Guard.overlap(one, below)?.message, "lies inside")
      })
    )
  )

  it.live.skipIf(!mayMount)("knows that a mounted folder lies in the folder that it comes from", () =>
    withMount("one/inner", (root) =>
      Effect.gen(function* () {
        const one = yield* LocalProvider.make({ root: `${root}/one` })
        const two = yield* LocalProvider.make({ root: `${root}/two` })
        assert.include(Guard.overlap(one, two)?.message, "lies inside")
        assert.include(Guard.overlap(two, one)?.message, "lies inside")
      })
    )
  )

  it.live.skipIf(!mayMount)("keeps a source file that is also reached at the destination, by a last look", () =>
    withMount("one/inner", (root) =>
      Effect.gen(function* () {
        const source = yield* LocalProvider.make({ root: `${root}/two` })
        // As if the mount had been made after the guard looked.
        const destination = yield* LocalProvider.make({ root: `${root}/one/inner` })
        fs.writeFileSync(`${root}/two/a.txt`, "the only copy")
        const plan = Plan.make(source, destination, {
          comparison: { by: "time" },
          removesExtra: false,
          reportsSame: true
        })
        const summary = yield* Transfer.execute(source, destination, plan, {
          transfers: 1,
          partConcurrency: 1,
          removesSource: true,
          allowsEmptySource: true,
          tell: silent
        })
        assert.deepInclude(summary, { moved: 0, failed: 1 })
        assert.strictEqual(fs.readFileSync(`${root}/one/inner/a.txt`, "utf8"), "the only copy")
      })
    )
  )

  it.live.skipIf(!mayMount)("removes nothing at a destination that lies in the source, by a last look", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        fs.mkdirSync(`${root}/source/kept`, { recursive: true })
        fs.writeFileSync(`${root}/source/kept/a.txt`, "the only copy")
        fs.mkdirSync(`${root}/destination/extra`, { recursive: true })
        const source = yield* LocalProvider.make({ root: `${root}/source` })
        const destination = yield* LocalProvider.make({ root: `${root}/destination` })
        bind(`${root}/source/kept`, `${root}/destination/extra`)
        const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true })
        const running = Transfer.execute(source, destination, plan, {
          transfers: 1,
          partConcurrency: 1,
          allowsEmptySource: false,
          tell: silent
        })
        const summary = yield* Effect.ensuring(
          running,
          Effect.sync(() => spawnSync("umount", [`${root}/destination/extra`]))
        )
        assert.deepInclude(summary, { removed: 0, failed: 1 })
        assert.strictEqual(fs.readFileSync(`${root}/source/kept/a.txt`, "utf8"), "the only copy")
      })
    )
  )

  it.live.skipIf(!mayMount)(
    "keeps a sync from removing what is just stored under another name of the destination",
    () =>
      withFolder((root) =>
        Effect.gen(function* () {
          for (const folder of ["source/one", "to/one", "to/two"])
            fs.mkdirSync(`${root}/${folder}`, { recursive: true })
          fs.writeFileSync(`${root}/source/one/a.txt`, "new")
          fs.writeFileSync(`${root}/to/extra`, "")
          bind(`${root}/to/one`, `${root}/to/two`)
          fs.writeFileSync(`${root}/to/one/a.txt`, "old one")
          const source = yield* LocalProvider.make({ root: `${root}/source` })
          const destination = yield* LocalProvider.make({ root: `${root}/to` })
          const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true })
          const options = { transfers: 2, partConcurrency: 2, allowsEmptySource: false, tell: silent }
          const summary = yield* Effect.ensuring(
            Transfer.execute(source, destination, plan, options),
            Effect.sync(() => spawnSync("umount", [`${root}/to/two`]))
          )
          assert.deepInclude(summary, { stored: 1, removed: 1, failed: 1 })
          assert.strictEqual(fs.readFileSync(`${root}/to/one/a.txt`, "utf8"), "new")
        })
      )
  )

  it.live("is the same before and after the folder is made", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        const before = yield* LocalProvider.make({ root: `${root}/not/yet` })
        fs.mkdirSync(`${root}/not/yet`, { recursive: true })
        const after = yield* LocalProvider.make({ root: `${root}/not/yet` })
        assert.isTrue(isSame(before.place, after.place))
        assert.isTrue(isInside(yield* before.locate!(at("a.txt")), before.place))
      })
    )
  )

  it.live("of a file is one for all names of its folder", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        fs.mkdirSync(`${root}/real`)
        fs.symlinkSync("real", `${root}/link`)
        const real = yield* LocalProvider.make({ root: `${root}/real` })
        const link = yield* LocalProvider.make({ root: `${root}/link` })
        assert.isTrue(isSame(yield* real.locate!(at("a.txt")), yield* link.locate!(at("a.txt"))))
        assert.isFalse(isSame(yield* real.locate!(at("a.txt")), yield* real.locate!(at("b.txt"))))
        assert.isTrue(isInside(yield* real.locate!(at("d/a.txt")), real.place))
      })
    )
  )
})

describe("letter case", () => {
  it.live("is looked up with a name that is there, and unknown where no name has a letter", () =>
    withFolder((root) =>
      Effect.sync(() => {
        fs.mkdirSync(`${root}/folder`)
        fs.writeFileSync(`${root}/folder/1.txt`, "")
        const tells = !fs.existsSync(`${root}/FOLDER`)
        assert.strictEqual(LetterCase.isCaseSensitive(`${root}/folder`), tells)
        assert.strictEqual(LetterCase.isCaseSensitive(`${root}/folder/not/there`), tells)
      })
    )
  )

  it.live.skipIf(!mayMount)("is known of an empty disk of a kind that always tells", () =>
    withFolder((root) =>
      Effect.sync(() => {
        spawnSync("mount", ["-t", "tmpfs", "none", root])
        try {
          assert.strictEqual(LetterCase.isCaseSensitive(root), true)
        } finally {
          spawnSync("umount", [root])
        }
      })
    )
  )

  it.live.skipIf(!mayMount)(
    "is looked up when it is asked for: a place opens though a disk below it does not answer",
    () =>
      withFolder((root) =>
        Effect.gen(function* () {
          fs.mkdirSync(`${root}/outer/inner`, { recursive: true })
          const tells = LetterCase.isCaseSensitive(`${root}/outer`)
          spawnSync("mount", ["-t", "ramfs", "none", `${root}/outer/inner`])
          try {
            const { capabilities } = yield* LocalProvider.make({ root: `${root}/outer` })
            // By the time somebody asks.
            fs.writeFileSync(`${root}/outer/inner/a`, "")
            assert.strictEqual(capabilities.isCaseSensitive, tells)
          } finally {
            spawnSync("umount", [`${root}/outer/inner`])
          }
        })
      )
  )

  it.live.skipIf(!mayMount)("is unknown where a disk is mounted below that nothing tells of", () =>
    withFolder((root) =>
      Effect.sync(() => {
        fs.mkdirSync(`${root}/outer/inner`, { recursive: true })
        const tells = LetterCase.isCaseSensitive(`${root}/outer`)
        spawnSync("mount", ["-t", "ramfs", "none", `${root}/outer/inner`])
        try {
          assert.strictEqual(LetterCase.isCaseSensitive(`${root}/outer`), undefined)
          fs.writeFileSync(`${root}/outer/inner/a`, "")
          assert.strictEqual(LetterCase.isCaseSensitive(`${root}/outer`), tells)
        } finally {
          spawnSync("umount", [`${root}/outer/inner`])
        }
      })
    )
  )
})

const canMountPrograms = fs.existsSync("/dev/fuse") && spawnSync("rclone", ["version"]).status === 0

describe("a place that a program shows", () => {
  it.live.skipIf(!canMountPrograms || !mayMount)("is told from a disk by its mount", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        for (const folder of ["shown", "mount"]) fs.mkdirSync(`${root}/${folder}`)
        const started = spawnSync("rclone", ["mount", `:local:${root}/shown`, `${root}/mount`, "--daemon"])
        assert.strictEqual(started.status, 0, String(started.stderr))
        yield* Effect.gen(function* () {
          const { mountOf } = yield* LocalProvider.make({ root })
          assert.isString(yield* mountOf!(at("mount/not/there")))
          assert.strictEqual(yield* mountOf!(at("mount/a")), yield* mountOf!(at("mount")))
          assert.isUndefined(yield* mountOf!(at("shown/a")))
          assert.isUndefined(yield* mountOf!(at("mounted")))
        }).pipe(Effect.ensuring(Effect.sync(() => spawnSync("umount", ["-l", `${root}/mount`]))))
      })
    )
  )
})
