import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { type Fact, isOfFile } from "@ourclone/core/events/RunEvent"
import { Effect } from "effect"
import { smallestPatched } from "../../src/restore/ExistingFile.ts"
import * as HandMade from "../support/HandMadeSnapshot.ts"

const { file, folder, link } = HandMade

const modified = new Date("2024-02-29T11:34:56Z")
const write = (path: string, text: string, time?: Date): void => {
  fs.mkdirSync(join(path, ".."), { recursive: true })
  fs.writeFileSync(path, text)
  if (time !== undefined) fs.utimesSync(path, time, time)
}

const deeds = (facts: ReadonlyArray<Fact>): Record<string, string> =>
  Object.fromEntries(facts.flatMap((fact) => (fact._tag === "Done" ? [[fact.item, fact.deed]] : [])))

describe("A restore over what is there", () => {
  it.effect("counts as files what a backup counts, and says of the rest what it is", () =>
    Effect.gen(function* () {
      const { restore } = yield* HandMade.make([folder("sub", [file("a", "one")]), file("b", "two"), link("l", "b")])
      for (const run of ["anew", "once more"]) {
        const { facts, progress, summary } = yield* restore({ items: true })
        expect(progress?.files, run).toBe(2)
        expect(facts.find((fact) => fact._tag === "Planned")).toMatchObject({ files: 2 })
        expect(facts.flatMap((fact) => (fact._tag === "Done" && isOfFile(fact) ? [fact.item] : [])).sort()).toEqual([
          "/b",
          "/sub/a"
        ])
        const others = facts.flatMap((fact) => (fact._tag === "Done" && fact.what !== undefined ? [fact] : []))
        expect(Object.fromEntries(others.map(({ item, what }) => [item, what])), run).toEqual({
          "/l": "link",
          "/sub": "folder"
        })
        // In restic's own figures they all are files.
        expect(summary.totalFiles).toBe(4)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("writes nothing the second time, and still sets the metadata", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([file("a", "one", "two"), file("b"), link("l", "a")])
      yield* restore()
      const before = fs.statSync(join(target, "a")).ino
      fs.chmodSync(join(target, "a"), 0o600)
      fs.utimesSync(join(target, "a"), 1, 1)
      const { facts, summary } = yield* restore({ items: true })
      expect(summary).toMatchObject({
        filesRestored: 0,
        filesSkipped: 3,
        bytesRestored: 0,
        bytesSkipped: 6,
        failures: 0
      })
      expect(deeds(facts)).toEqual({ "/a": "same", "/b": "same", "/l": "same" })
      const after = fs.statSync(join(target, "a"))
      expect(after.ino).toBe(before)
      expect(after.mode & 0o777).toBe(0o644)
      expect(after.mtime).toEqual(modified)
    }).pipe(Effect.scoped)
  )

  it.effect("replaces what differs, and takes over the pieces that are right", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([file("a", "right", "new"), file("short", "abc"), file("empty")])
      write(join(target, "a"), "rightold and longer")
      write(join(target, "short"), "a")
      write(join(target, "empty"), "not empty")
      const { facts, summary } = yield* restore({ items: true, verify: true })
      expect(HandMade.listing(target)).toEqual({ a: "rightnew", short: "abc", empty: "" })
      expect(summary).toMatchObject({
        bytesRestored: 6,
        bytesSkipped: 5,
        filesRestored: 3,
        filesVerified: 3,
        failures: 0
      })
      expect(deeds(facts)).toEqual({ "/a": "updated", "/short": "updated", "/empty": "updated" })
    }).pipe(Effect.scoped)
  )

  it.effect("keeps what the user has when its replacement is damaged", () =>
    Effect.gen(function* () {
      const { restore, root, target } = yield* HandMade.make([file("a", "new content")])
      write(join(target, "a"), "mine")
      damagePacks(root)
      const { failed, summary } = yield* restore()
      expect(HandMade.listing(target)).toEqual({ a: "mine" })
      expect(summary.failures).toBe(1)
      expect(failed[0]![0]).toBe("/a")
    }).pipe(Effect.scoped)
  )

  it.effect("--overwrite never keeps every file and adds what is missing", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([
        folder("d", [file("a", "new"), file("b", "new")]),
        link("l", "x")
      ])
      write(join(target, "d/a"), "mine")
      write(join(target, "l"), "mine")
      const { summary } = yield* restore({ overwrite: "never" })
      expect(HandMade.listing(target)).toEqual({ "d/": "", "d/a": "mine", "d/b": "new", l: "mine" })
      expect(summary).toMatchObject({ filesSkipped: 2, filesRestored: 1, failures: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("--overwrite if-newer keeps files that are not older than those of the snapshot", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(["newer", "same", "older"].map((name) => file(name, "snap")))
      write(join(target, "newer"), "mine", new Date(modified.getTime() + 1000))
      write(join(target, "same"), "mine", modified)
      write(join(target, "older"), "mine", new Date(modified.getTime() - 1000))
      yield* restore({ overwrite: "if-newer" })
      expect(HandMade.listing(target)).toEqual({ newer: "mine", same: "mine", older: "snap" })
    }).pipe(Effect.scoped)
  )

  it.effect("--overwrite if-changed takes the same size and time for the same content; always does not", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([
        file("same", "snap"),
        file("later", "snap"),
        file("longer", "snap")
      ])
      write(join(target, "same"), "mine", modified)
      write(join(target, "later"), "mine", new Date(modified.getTime() + 1))
      write(join(target, "longer"), "mine!", modified)
      yield* restore({ overwrite: "if-changed" })
      expect(HandMade.listing(target)).toEqual({ same: "mine", later: "snap", longer: "snap" })
      yield* restore()
      expect(HandMade.listing(target)).toEqual({ same: "snap", later: "snap", longer: "snap" })
    }).pipe(Effect.scoped)
  )

  it.effect("--overwrite keep-both touches nothing that is there, and restores what differs beside it, once", () =>
    Effect.gen(function* () {
      const nodes = [
        file("differs.txt", "snap"),
        file("same", "snap"),
        file("new", "snap"),
        file("folder-here", "snap"),
        folder("d", [file("empty")]),
        folder("file-here", [file("x", "x")]),
        link("l", "there"),
        link("same-link", "there")
      ]
      const { restore, target } = yield* HandMade.make(nodes)
      write(join(target, "differs.txt"), "mine")
      write(join(target, "same"), "snap", new Date(modified.getTime() + 5000))
      write(join(target, "folder-here/precious"), "mine")
      write(join(target, "d/empty"), "mine")
      write(join(target, "file-here"), "mine")
      fs.symlinkSync("elsewhere", join(target, "l"))
      fs.symlinkSync("there", join(target, "same-link"))
      const before = HandMade.listing(target)
      const expected = {
        ...before,
        "differs (snapshot 00000000).txt": "snap",
        new: "snap",
        "folder-here (snapshot 00000000)": "snap",
        "d/empty (snapshot 00000000)": "",
        "l (snapshot 00000000)": "-> there"
      }
      const planned = yield* restore({ overwrite: "keep-both", dryRun: true })
      expect(HandMade.listing(target)).toEqual(before)
      const { failed, summary } = yield* restore({ overwrite: "keep-both", verify: true })
      expect(HandMade.listing(target)).toEqual(expected)
      expect(failed.map(([path]) => path)).toEqual(["/file-here"])
      expect(summary.filesRestored).toBe(planned.summary.filesRestored)
      expect(fs.statSync(join(target, "same")).mtime).toEqual(new Date(modified.getTime() + 5000))
      // Again: what was put beside is the same. What was changed since is kept, too.
      write(join(target, "d/empty (snapshot 00000000)"), "mine too")
      const again = yield* restore({ overwrite: "keep-both" })
      expect(HandMade.listing(target)).toEqual({
        ...expected,
        "d/empty (snapshot 00000000)": "mine too",
        "d/empty (snapshot 00000000 2)": ""
      })
      expect(again.summary.filesRestored).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.effect("replaces entries of another kind, but a folder with something in it only with --delete", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make([
        file("empty-folder", "f"),
        file("full-folder", "f"),
        folder("file", [file("x", "x")]),
        link("link", "there")
      ])
      fs.mkdirSync(join(target, "empty-folder"), { recursive: true })
      write(join(target, "full-folder/precious"), "mine")
      write(join(target, "file"), "old")
      fs.mkdirSync(join(target, "link"))
      const { failed } = yield* restore()
      expect(failed).toEqual([["/full-folder", "a directory with something in it is in its place"]])
      const others = { "empty-folder": "f", "file/": "", "file/x": "x", link: "-> there" }
      expect(HandMade.listing(target)).toEqual({ ...others, "full-folder/": "", "full-folder/precious": "mine" })
      const second = yield* restore({ delete: true })
      expect(second.failed).toEqual([])
      expect(HandMade.listing(target)).toEqual({ ...others, "full-folder": "f" })
    }).pipe(Effect.scoped)
  )

  it.effect("links names to one file where they are two, and leaves them where they are one already", () =>
    Effect.gen(function* () {
      const names = ["first", "second"].map((name) => ({ ...file(name, "x"), links: 2, inode: 7n, deviceId: 1n }))
      const { restore, target } = yield* HandMade.make(names)
      write(join(target, "first"), "x")
      write(join(target, "second"), "x")
      yield* restore()
      const [first, second] = ["first", "second"].map((name) => fs.statSync(join(target, name)).ino)
      expect(first).toBe(second)
      const { summary } = yield* restore()
      expect(summary).toMatchObject({ filesRestored: 0, filesSkipped: 2 })
      expect(fs.readdirSync(target).sort()).toEqual(["first", "second"])
    }).pipe(Effect.scoped)
  )

  it.effect("writes only the bytes that differ into a large file, where it lies", () =>
    Effect.gen(function* () {
      const pieces = Array.from({ length: 9 }, (_, at) => Buffer.alloc(smallestPatched / 8, at + 1))
      const { restore, target } = yield* HandMade.make([file("large", ...pieces)])
      fs.mkdirSync(target)
      const path = join(target, "large")
      fs.writeFileSync(path, Buffer.concat([...pieces.slice(0, 8), Buffer.alloc(1000)]))
      const before = fs.statSync(path).ino
      const { summary } = yield* restore({ verify: true })
      expect(summary).toMatchObject({
        bytesRestored: smallestPatched / 8,
        bytesSkipped: smallestPatched,
        filesVerified: 1
      })
      expect(fs.statSync(path).ino).toBe(before)
      expect(fs.readFileSync(path).equals(Buffer.concat(pieces))).toBe(true)
    }).pipe(Effect.scoped)
  )

  it.effect("writes zeros over other bytes, also with --sparse", () =>
    Effect.gen(function* () {
      const [right, zeros] = [Buffer.alloc(4096, "a"), Buffer.alloc(16_384)]
      const { restore, target } = yield* HandMade.make([file("f", right, zeros)])
      write(join(target, "f"), `${right}${"other".repeat(2000)}`)
      yield* restore({ sparse: true })
      expect(fs.readFileSync(join(target, "f")).equals(Buffer.concat([right, zeros]))).toBe(true)
    }).pipe(Effect.scoped)
  )

  it.effect("continues a large file that an earlier run has begun", () =>
    Effect.gen(function* () {
      const pieces = ["a", "b", "c"].map((text) => `${text.repeat(5000)}${Math.random()}`)
      const { restore, target, tree } = yield* HandMade.make([file("big", ...pieces)], { packSize: 10 })
      const { temporaryName } = yield* Effect.promise(() => import("../../src/restore/RestoreTarget.ts"))
      write(join(target, temporaryName(tree, Buffer.from("big")).toString()), pieces[0]!)
      const { summary } = yield* restore()
      expect(HandMade.listing(target)).toEqual({ big: pieces.join("") })
      expect(summary.bytesSkipped).toBe(pieces[0]!.length)
      expect(summary.bytesRestored).toBe(pieces[1]!.length + pieces[2]!.length)
    }).pipe(Effect.scoped)
  )
})

/** Turns one byte over in the middle of every pack. */
const damagePacks = (root: string): void => {
  for (const name of fs.readdirSync(join(root, "data"), { recursive: true, encoding: "utf8" })) {
    const path = join(root, "data", name)
    if (!fs.statSync(path).isFile()) continue
    const bytes = fs.readFileSync(path)
    if (isTreePack(bytes)) continue
    bytes[20]! ^= 1
    fs.chmodSync(path, 0o600)
    fs.writeFileSync(path, bytes)
  }
}

/** Packs of trees are told by their size here: a tree is longer than the content. */
const isTreePack = (bytes: Buffer): boolean => bytes.length > 200
