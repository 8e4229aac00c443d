import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as HandMade from "../support/HandMadeSnapshot.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { file, folder, link } = HandMade

describe("A restore of a hostile snapshot", () => {
  for (const name of ["../escaped", "/tmp/escaped", "a/b", "..", ".", "", "nul\0byte"]) {
    it.effect(`refuses the name ${JSON.stringify(name)}, names it, and restores the rest`, () =>
      Effect.gen(function* () {
        const { restore, target } = yield* HandMade.make([
          file(name, "bad"),
          folder(name, [file("inside", "bad")]),
          file("good", "good")
        ])
        const { failed, summary } = yield* restore()
        expect(HandMade.listing(target)).toEqual({ good: "good" })
        expect(failed.map(([, message]) => message.startsWith("the name "))).toEqual([true, true])
        expect(summary.failures).toBe(2)
        expect(fs.readdirSync(join(target, ".."))).toEqual(["target"])
      }).pipe(Effect.scoped)
    )
  }

  for (const isLinkFirst of [true, false]) {
    it.effect(`does not write through its own link of the same name (${isLinkFirst ? "link" : "folder"} first)`, () =>
      Effect.gen(function* () {
        const outside = yield* TestRepository.folder
        const both = [link("d", outside), folder("d", [file("x", "bad"), folder("sub", [file("y", "bad")])])]
        const { restore, target } = yield* HandMade.make(isLinkFirst ? both : both.reverse())
        const { failed } = yield* restore()
        expect(fs.readdirSync(outside)).toEqual([])
        expect(failed).toEqual([["/d", "the name is in its directory twice: the second one is left out"]])
        expect(fs.lstatSync(join(target, "d")).isSymbolicLink()).toBe(isLinkFirst)
      }).pipe(Effect.scoped)
    )
  }

  it.effect("does not write a file through its own link of the same name", () =>
    Effect.gen(function* () {
      const outside = join(yield* TestRepository.folder, "victim")
      fs.writeFileSync(outside, "mine")
      const { restore } = yield* HandMade.make([link("f", outside), file("f", "bad")])
      const { failed } = yield* restore()
      expect(fs.readFileSync(outside, "utf8")).toBe("mine")
      expect(failed.length).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.effect("replaces links in the target instead of following them", () =>
    Effect.gen(function* () {
      const outside = yield* TestRepository.folder
      fs.writeFileSync(join(outside, "victim"), "mine")
      const { restore, target } = yield* HandMade.make([
        folder("d", [file("x", "new"), folder("e", [file("y", "new")])]),
        file("f", "new"),
        link("l", "elsewhere")
      ])
      fs.mkdirSync(target)
      fs.symlinkSync(outside, join(target, "d"))
      fs.symlinkSync(join(outside, "victim"), join(target, "f"))
      fs.symlinkSync(join(outside, "victim"), join(target, "l"))
      const { failed } = yield* restore()
      expect(failed).toEqual([])
      expect(HandMade.listing(outside)).toEqual({ victim: "mine" })
      expect(HandMade.listing(target)).toEqual({
        "d/": "",
        "d/x": "new",
        "d/e/": "",
        "d/e/y": "new",
        f: "new",
        l: "-> elsewhere"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("does not change other names of a file in the target", () =>
    Effect.gen(function* () {
      const other = join(yield* TestRepository.folder, "other")
      fs.writeFileSync(other, "mine")
      const { restore, target } = yield* HandMade.make([file("f", "restored")])
      fs.mkdirSync(target)
      fs.linkSync(other, join(target, "f"))
      yield* restore()
      expect(fs.readFileSync(other, "utf8")).toBe("mine")
      expect(fs.readFileSync(join(target, "f"), "utf8")).toBe("restored")
    }).pipe(Effect.scoped)
  )

  for (const kind of ["symbolic", "hard"]) {
    it.effect(`does not write through a ${kind} link where a half-written file would be continued`, () =>
      Effect.gen(function* () {
        const victim = join(yield* TestRepository.folder, "victim")
        fs.writeFileSync(victim, "mine")
        const pieces = ["a".repeat(4000), "b".repeat(4000)].map((text) => text + Math.random())
        const { restore, target, tree } = yield* HandMade.make([file("big", ...pieces)], { packSize: 10 })
        const { temporaryName } = yield* Effect.promise(() => import("../../src/restore/RestoreTarget.ts"))
        fs.mkdirSync(target)
        const partial = join(target, temporaryName(tree, Buffer.from("big")).toString())
        if (kind === "hard") fs.linkSync(victim, partial)
        else fs.symlinkSync(victim, partial)
        yield* restore()
        expect(fs.readFileSync(victim, "utf8")).toBe("mine")
        expect(HandMade.listing(target)).toEqual({ big: pieces.join("") })
      }).pipe(Effect.scoped)
    )
  }

  it.effect("makes no hard link to what it did not restore", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([
        { ...file("first", "theirs"), links: 2, inode: 7n, deviceId: 1n },
        { ...file("second", "theirs"), links: 2, inode: 7n, deviceId: 1n }
      ])
      fs.mkdirSync(target)
      fs.writeFileSync(join(target, "first"), "mine")
      const { summary } = yield* restore({ overwrite: "never" })
      expect(HandMade.listing(target)).toEqual({ first: "mine", second: "theirs" })
      expect(summary).toMatchObject({ filesRestored: 1, filesSkipped: 1, failures: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("names entries of a kind that can not be made, and files without content", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([
        { name: "odd", type: "irregular" },
        { name: "nothing", content: null, type: "file" },
        { name: "socket", type: "socket" },
        { name: "gone", type: "file", content: ["ab".repeat(32)] },
        { name: "treeless", type: "dir", mode: 0x800001ed }
      ])
      const { failed } = yield* restore()
      expect(HandMade.listing(target)).toEqual({})
      expect(failed.map(([path]) => path).sort()).toEqual(["/gone", "/nothing", "/odd", "/treeless"])
    }).pipe(Effect.scoped)
  )

  it.effect("restores times of any year", () =>
    Effect.gen(function* () {
      const at = (mtime: string) => ({ mtime, atime: mtime })
      const { restore, target } = yield* HandMade.make([
        { ...file("before", "x"), ...at("1901-12-14T00:00:00.000000001Z") },
        { ...file("read", "x"), mtime: "2020-01-01T00:00:00.5Z", atime: "2021-01-01T00:00:00.000000007Z" },
        { ...file("zero", "x"), ...at("0001-01-01T00:00:00Z") },
        { ...file("late", "x"), ...at("9999-12-31T23:59:59Z") }
      ])
      const { failed } = yield* restore()
      expect(failed).toEqual([])
      const read = fs.statSync(join(target, "read"), { bigint: true })
      expect([read.mtimeNs, read.atimeNs]).toEqual([1_577_836_800_500_000_000n, 1_609_459_200_000_000_007n])
      expect(fs.statSync(join(target, "before"), { bigint: true }).mtimeNs).toBe(-2_147_472_000_000_000_000n + 1n)
    }).pipe(Effect.scoped)
  )
})
