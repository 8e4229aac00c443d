import { execFileSync } from "node:child_process"
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Told from "@ourclone/core/testing/Told"
import { Effect } from "effect"
import * as BlobIndex from "../../src/repository/BlobIndex.ts"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as Restorer from "../../src/restore/Restorer.ts"
import { temporaryName } from "../../src/restore/RestoreTarget.ts"
import * as HandMade from "../support/HandMadeSnapshot.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { file, folder } = HandMade

const pieces = ["a", "b", "c", "d"].map((text) => text.repeat(5000) + Math.random())

/** Where the only blob of a piece lies. */
const find = Effect.fnUntraced(function* (repository: Repository, piece: string) {
  const { index } = yield* IndexLoader.load(repository)
  for (let entry = 0; entry < index.size; entry++) {
    if (index.typeOf(entry) === 0 && index.plainLengthOf(entry) === piece.length) {
      return { pack: index.packId(index.packOf(entry)), offset: index.offsetOf(entry), length: index.lengthOf(entry) }
    }
  }
  throw new Error("no such piece")
})

const change = (root: string, pack: string, edit: (bytes: Buffer) => Buffer): void => {
  const path = join(root, "data", pack.slice(0, 2), pack)
  fs.chmodSync(path, 0o600)
  fs.writeFileSync(path, edit(fs.readFileSync(path)))
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes[at]! ^= 1
  return bytes
}

describe("A restore from a damaged repository", () => {
  for (const packSize of [1_000_000, 10]) {
    const where = packSize === 10 ? "in packs of their own" : "in one pack"
    it.effect(`leaves out the files that need a bad blob, names them, and restores all others (${where})`, () =>
      Effect.gen(function* () {
        const bad = `${"bad".repeat(3000)}!`
        const { repository, restore, root, target } = yield* HandMade.make(
          [
            file("good", pieces[0]!),
            folder("d", [file("bad", bad)]),
            file("half", pieces[1]!, bad, pieces[2]!),
            file("last", pieces[3]!)
          ],
          { packSize }
        )
        const { length, offset, pack } = yield* find(repository, bad)
        change(root, pack, flip(offset + length - 1))
        const { failed, summary } = yield* restore()
        expect(failed.map(([path]) => path).sort()).toEqual(["/d/bad", "/half"])
        expect(failed[0]![1]).toContain(pack.slice(0, 8))
        expect(HandMade.listing(target)).toEqual({ good: pieces[0], "d/": "", last: pieces[3] })
        expect(summary).toMatchObject({ failures: 2, filesRestored: 3, totalFiles: 5 })
      }).pipe(Effect.scoped)
    )
  }

  it.effect("restores what lies in a second place, where the first is bad or gone", () =>
    Effect.gen(function* () {
      const { repository, restore, root, target, tree } = yield* HandMade.make([
        file("f", pieces[0]!),
        file("g", pieces[1]!)
      ])
      yield* HandMade.store(repository, [file("g", pieces[1]!), file("f", pieces[0]!)])
      const { index } = yield* IndexLoader.load(repository)
      const first = index.packId(index.packOf(index.findHex(0, hashOf(pieces[0]!))))
      change(root, first, flip(40))
      expect((yield* restore()).failed).toEqual([])
      fs.rmSync(join(root, "data", first.slice(0, 2), first))
      fs.rmSync(target, { recursive: true })
      const { failed } = yield* HandMade.restore(repository, tree, target)
      expect(failed).toEqual([])
      expect(HandMade.listing(target)).toEqual({ f: pieces[0], g: pieces[1] })
    }).pipe(Effect.scoped)
  )

  it.effect("takes no other blob for the one it needs, though it was sealed with the right key", () =>
    Effect.gen(function* () {
      const { repository, tree, target } = yield* HandMade.make([file("f", "wanted"), file("g", "others")])
      const { index } = yield* IndexLoader.load(repository)
      const [wanted, other] = ["wanted", "others"].map((text) => index.findHex(0, hashOf(text)))
      const lie = new BlobIndex.BlobIndex()
      for (let entry = 0; entry < index.size; entry++) {
        const from = entry === wanted ? other! : entry
        const pack = lie.addPack(index.packId(index.packOf(from)))
        const [offset, length, plain] = [index.offsetOf(from), index.lengthOf(from), index.uncompressedLengthOf(from)]
        lie.add(index.typeOf(entry), index.idOf(entry), 0, pack, offset, length, plain)
      }
      const tell = Told.make()
      yield* Restorer.restore(repository, BlobReader.make(repository, lie), {
        snapshot: { id: tree, tree },
        target,
        tell
      })
      expect(tell.of("Failed").map(({ failure }) => failure.item)).toEqual(["/f"])
      expect(HandMade.listing(target)).toEqual({ g: "others" })
    }).pipe(Effect.scoped)
  )

  it.effect("tells each file of a pack that is gone", () =>
    Effect.gen(function* () {
      const { repository, restore, root, target } = yield* HandMade.make([
        file("f", pieces[0]!),
        file("g", "other"),
        file("empty")
      ])
      const { pack } = yield* find(repository, "other")
      fs.rmSync(join(root, "data", pack.slice(0, 2), pack))
      const { failed } = yield* restore()
      expect(failed.map(([path]) => path).sort()).toEqual(["/f", "/g"])
      expect(HandMade.listing(target)).toEqual({ empty: "" })
    }).pipe(Effect.scoped)
  )

  it.effect("fails as a whole when the tree of the snapshot can not be read", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const target = join(yield* TestRepository.folder, "target")
      const error = yield* Effect.flip(HandMade.restore(repository, "ab".repeat(32), target))
      expect(error).toMatchObject({ _tag: "RepositoryError", reason: { _tag: "Missing" } })
    }).pipe(Effect.scoped)
  )
})

const hashOf = (text: string): string => hash("sha256", text)

const mountSmall = (path: string): boolean => {
  fs.mkdirSync(path)
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", path], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

describe("A restore to a disk that gets full", () => {
  for (const packSize of [1_000_000, 10]) {
    it.effect(`stops, says what is incomplete and leaves no half file (packs of ${packSize} bytes)`, (context) =>
      Effect.gen(function* () {
        const large = Array.from({ length: 20 }, (_, at) => String.fromCharCode(97 + at).repeat(30_000))
        const { repository, tree, target } = yield* HandMade.make([file("first", "fits"), file("large", ...large)], {
          packSize
        })
        if (process.platform !== "linux" || !mountSmall(target)) {
          context.skip("needs the right to mount a small file system")
          return
        }
        yield* Effect.addFinalizer(() => Effect.sync(() => execFileSync("umount", [target])))
        const error = yield* Effect.flip(HandMade.restore(repository, tree, target))
        expect(error).toMatchObject({ _tag: "RepositoryError", reason: { _tag: "LocalFailure", code: "ENOSPC" } })
        expect(error.message).toContain('"/large" could not be written')
        const { first: _whole, ...left } = HandMade.listing(target)
        expect(left).toEqual({})
        expect(fs.existsSync(join(target, temporaryName(tree, Buffer.from("large")).toString()))).toBe(false)
      }).pipe(Effect.scoped)
    )
  }
})

describe("A restore with --verify", () => {
  it.effect("finds a file that changed after it was written", () =>
    Effect.gen(function* () {
      const { repository, tree, target } = yield* HandMade.make([file("a", "right"), file("b", "right too")])
      yield* HandMade.restore(repository, tree, target)
      fs.writeFileSync(join(target, "a"), "wrong")
      const stats = fs.statSync(join(target, "b"))
      fs.utimesSync(join(target, "a"), stats.atime, stats.mtime)
      const { failed, summary } = yield* HandMade.restore(repository, tree, target, {
        overwrite: "if-changed",
        verify: true
      })
      expect(failed).toEqual([["/a", "piece 1 of the restored file is not what the snapshot has"]])
      expect(summary).toMatchObject({ failures: 1, filesVerified: 1 })
    }).pipe(Effect.scoped)
  )
})
