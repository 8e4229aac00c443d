import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as HandMade from "../support/HandMadeSnapshot.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { file, folder, link } = HandMade

const write = (path: string): void => {
  fs.mkdirSync(join(path, ".."), { recursive: true })
  fs.writeFileSync(path, "mine")
}

const patterns = (...list: ReadonlyArray<string>) => ({ patterns: list, insensitivePatterns: [] })
const including = (...list: ReadonlyArray<string>) => ({ includes: patterns(...list), excludes: patterns() })
const excluding = (...list: ReadonlyArray<string>) => ({ includes: patterns(), excludes: patterns(...list) })

const tree = [folder("d", [file("a", "a"), file("b", "b")]), folder("e", [file("c", "c")]), file("top", "t")]
const restored = { "d/": "", "d/a": "a", "d/b": "b", "e/": "", "e/c": "c", top: "t" }

describe("A restore with --delete", () => {
  it.effect("deletes what the snapshot does not have, and follows no link", () =>
    Effect.gen(function* () {
      const outside = yield* TestRepository.folder
      write(join(outside, "precious"))
      const { restore, target } = yield* HandMade.make(tree)
      write(join(target, "d/surplus"))
      write(join(target, "other/deep/surplus"))
      fs.symlinkSync(outside, join(target, "other/link"))
      fs.symlinkSync(outside, join(target, "d/link"))
      const { summary } = yield* restore({ delete: true })
      expect(HandMade.listing(target)).toEqual(restored)
      expect(HandMade.listing(outside)).toEqual({ precious: "mine" })
      expect(summary).toMatchObject({ filesDeleted: 6, failures: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("deletes nothing without it", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(tree)
      write(join(target, "d/surplus"))
      yield* restore()
      expect(HandMade.listing(target)).toEqual({ ...restored, "d/surplus": "mine" })
    }).pipe(Effect.scoped)
  )

  it.effect("leaves alone what is not selected", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(tree)
      for (const path of ["d/surplus", "e/surplus", "surplus", "other/keep", "other/go"]) write(join(target, path))
      yield* restore({ delete: true, selection: including("/d") })
      expect(Object.keys(HandMade.listing(target)).sort()).toEqual(
        ["d/", "d/a", "d/b", "e/", "e/surplus", "other/", "other/go", "other/keep", "surplus"].sort()
      )
      yield* restore({ delete: true, selection: excluding("/other/keep", "/e") })
      expect(Object.keys(HandMade.listing(target)).sort()).toEqual(
        ["d/", "d/a", "d/b", "e/", "e/surplus", "other/", "other/keep", "top"].sort()
      )
    }).pipe(Effect.scoped)
  )

  it.effect("deletes what is selected in a folder that is not, and keeps the folder", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(tree)
      write(join(target, "other/go"))
      yield* restore({ delete: true, selection: including("/other/go", "/top") })
      expect(HandMade.listing(target)).toEqual({ "other/": "", top: "t" })
    }).pipe(Effect.scoped)
  )

  it.effect("deletes nothing when anything could not be restored", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([...tree, folder("lost", [], { subtree: "ab".repeat(32) })])
      write(join(target, "surplus"))
      const { failed, summary } = yield* restore({ delete: true })
      expect(failed.map(([path]) => path)).toEqual(["/lost", "/"])
      expect(failed[1]![1]).toContain("nothing was deleted")
      expect(summary.filesDeleted).toBe(0)
      expect(HandMade.listing(target)).toEqual({ ...restored, "lost/": "", surplus: "mine" })
    }).pipe(Effect.scoped)
  )
})

/** Whether one folder can be shown at another place here: that takes a machine of one's own. */
const canMount = (() => {
  const folder = fs.mkdtempSync(join(tmpdir(), "ourclone-mount-"))
  const isMounted = spawnSync("mount", ["--bind", folder, folder]).status === 0
  if (isMounted) spawnSync("umount", [folder])
  fs.rmdirSync(folder)
  return isMounted
})()

/** Shows a folder at another place until the scope closes. */
const bind = (from: string, to: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      fs.mkdirSync(to, { recursive: true })
      expect(spawnSync("mount", ["--bind", from, to]).status).toBe(0)
    }),
    () => Effect.sync(() => spawnSync("umount", [to]))
  )

const refusal = (target: string, restore: (options: HandMade.Options) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function* () {
    const before = HandMade.listing(target)
    for (const dryRun of [true, false]) {
      const error = yield* Effect.flip(restore({ delete: true, dryRun }))
      expect(error).toMatchObject({ _tag: "GuardStopped", message: expect.stringContaining("nothing was restored") })
    }
    expect(
      Object.keys(HandMade.listing(target)).filter((path) => before[path] === undefined && !path.endsWith("/"))
    ).toEqual([])
    for (const [path, content] of Object.entries(before)) expect(HandMade.listing(target)[path]).toBe(content)
  })

/** A repository on the disk that a folder `target` is beside or around, with a snapshot of `tree`. */
const inTarget = Effect.fnUntraced(function* (nodes: ReadonlyArray<HandMade.HandMade>, isBehindServer = false) {
  const { repository: found, root } = yield* TestRepository.inFolder()
  const id = yield* HandMade.store(found, nodes)
  const { capabilities, locate, ...rest } = found.provider
  const served = { ...rest, capabilities: { ...capabilities, isLocal: false } }
  const repository = isBehindServer ? { ...found, provider: served } : found
  return {
    root,
    restoreTo: (target: string) => (options: HandMade.Options) => HandMade.restore(repository, id, target, options)
  }
})

describe("A restore with --delete into a target that holds the repository", () => {
  it.effect("is refused before anything is written or deleted", () =>
    Effect.gen(function* () {
      const { restoreTo, root } = yield* inTarget(tree)
      const target = join(root, "..")
      write(join(target, "surplus"))
      yield* refusal(target, restoreTo(target))
      yield* refusal(root, restoreTo(root))
      yield* refusal(root, restoreTo(join(root, "data")))
    }).pipe(Effect.scoped)
  )

  it.effect(
    "is refused where it goes through a link, or a folder with the repository stands in the way of a file",
    () =>
      Effect.gen(function* () {
        const { restoreTo, root } = yield* inTarget([file("repository", "it is a file there")])
        const link = join(yield* TestRepository.folder, "link")
        fs.symlinkSync(join(root, ".."), link)
        yield* refusal(join(root, ".."), restoreTo(link))
      }).pipe(Effect.scoped)
  )

  it.effect.skipIf(!canMount)("is refused where a folder of the repository is mounted", () =>
    Effect.gen(function* () {
      const { restoreTo, root } = yield* inTarget(tree)
      const target = yield* TestRepository.folder
      for (const part of ["", "index", "data"]) {
        const place = join(target, `mounted-${part}`, "deep")
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* bind(join(root, part), place)
            yield* refusal(target, restoreTo(target))
          })
        )
      }
    }).pipe(Effect.scoped)
  )

  it.effect("is refused where a server of this machine has the repository, which can not say where it lies", () =>
    Effect.gen(function* () {
      const { restoreTo, root } = yield* inTarget(tree, true)
      yield* refusal(join(root, ".."), restoreTo(join(root, "..")))
      yield* refusal(root, restoreTo(root))
      write(join(root, "../d/config"))
      expect((yield* restoreTo(join(root, "../d"))({ delete: true })).summary.failures).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.effect("goes on where the repository is left out, and beside it", () =>
    Effect.gen(function* () {
      const { restoreTo, root } = yield* inTarget(tree)
      const target = join(root, "..")
      write(join(target, "surplus"))
      const { summary } = yield* restoreTo(target)({ delete: true, selection: excluding("/repository") })
      expect(summary).toMatchObject({ filesDeleted: 1, failures: 0 })
      expect((yield* restoreTo(join(target, "d"))({ delete: true })).summary.failures).toBe(0)
      expect(fs.existsSync(join(root, "config"))).toBe(true)
    }).pipe(Effect.scoped)
  )
})

describe("A restore of a part", () => {
  it.effect("makes the folders on the way only where something in them is selected", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([
        folder("a", [folder("b", [file("x.txt", "x"), file("y", "y")]), folder("c", [file("z", "z")])])
      ])
      const { summary } = yield* restore({ selection: including("*.txt") })
      expect(HandMade.listing(target)).toEqual({ "a/": "", "a/b/": "", "a/b/x.txt": "x" })
      expect(summary).toMatchObject({ totalFiles: 3, filesRestored: 3 })
    }).pipe(Effect.scoped)
  )

  it.effect("does not touch the metadata of folders that were there and are only on the way", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([folder("a", [file("x", "x"), file("y", "y")])])
      fs.mkdirSync(join(target, "a"), { recursive: true, mode: 0o700 })
      yield* restore({ selection: including("/a/x") })
      expect(fs.statSync(join(target, "a")).mode & 0o777).toBe(0o700)
      yield* restore({ selection: including("/a") })
      expect(fs.statSync(join(target, "a")).mode & 0o777).toBe(0o755)
    }).pipe(Effect.scoped)
  )
})

describe("A restore with --dry-run", () => {
  it.effect("says what it would do and changes nothing", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([...tree, link("link", "to")])
      write(join(target, "d/a"))
      write(join(target, "d/surplus"))
      fs.writeFileSync(join(target, "d/b"), "b")
      const before = HandMade.listing(target)
      const { facts, summary } = yield* restore({ dryRun: true, delete: true, items: true })
      expect(HandMade.listing(target)).toEqual(before)
      const items = facts.flatMap((fact) => (fact._tag === "Would" ? [`${fact.deed} ${fact.item}`] : []))
      expect(items.sort()).toEqual(
        [
          "removed /d/surplus",
          "restored /e",
          "restored /e/c",
          "restored /link",
          "restored /top",
          "same /d",
          "same /d/b",
          "updated /d/a"
        ].sort()
      )
      expect(summary).toMatchObject({ dryRun: true, filesDeleted: 1, bytesRestored: 3, failures: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("does not even make the target", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(tree)
      const { summary } = yield* restore({ dryRun: true })
      expect(fs.existsSync(target)).toBe(false)
      expect(summary.filesRestored).toBe(6)
    }).pipe(Effect.scoped)
  )
})
