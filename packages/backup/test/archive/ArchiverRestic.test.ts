import * as fs from "node:fs"
import { join } from "node:path"
import { assert, beforeEach, describe, it } from "@effect/vitest"
import { skipWithout } from "@ourclone/core/testing/Programs"
import { Effect } from "effect"
import * as awkwardTree from "../support/awkwardTree.ts"
import { backup, inside, restic, resticBackup } from "../support/backup.ts"
import * as TestRepository from "../support/TestRepository.ts"

const source = Effect.map(TestRepository.folder, (root) => {
  awkwardTree.write(root)
  return root
})

const checked = (root: string): void => {
  assert.include(restic(root, "check", "--read-data"), "no errors were found")
}

beforeEach((context) => skipWithout(context, "restic"))

describe("a backup, as restic sees it", { timeout: 60_000 }, () => {
  it.live.each([1, 2] as const)("restores to the same folder, from a repository of version %s", (version) =>
    Effect.gen(function* () {
      const { repository, root } = yield* TestRepository.inFolder({ version })
      const folder = yield* source
      const summary = yield* backup(repository, folder)
      assert.strictEqual(summary.failures, 0)
      checked(root)
      const target = yield* TestRepository.folder
      restic(root, "restore", "latest", "--target", target)
      const expected = awkwardTree.describe(folder)
      assert.deepEqual(awkwardTree.describe(join(target, folder)), expected)
      assert.isAbove(Object.keys(expected).length, 700)
    }).pipe(Effect.scoped)
  )

  it.live("leaves nothing for restic to add", () =>
    Effect.gen(function* () {
      const { repository, root } = yield* TestRepository.inFolder()
      yield* inside(yield* source)
      const ours = yield* backup(repository, ".")
      const theirs = resticBackup(root, ".")
      assert.strictEqual(theirs.data_added, 0)
      assert.strictEqual(theirs.files_unmodified, ours.filesNew)
      assert.strictEqual(theirs.dirs_unmodified, ours.dirsNew)
      checked(root)
    }).pipe(Effect.scoped)
  )

  it.live("adds nothing after restic, and counts as it does", () =>
    Effect.gen(function* () {
      const { repository, root } = yield* TestRepository.inFolder()
      yield* inside(yield* source)
      const theirs = resticBackup(root, ".")
      const ours = yield* backup(repository, ".")
      assert.strictEqual(ours.dataAdded, 0)
      assert.strictEqual(ours.filesUnmodified, theirs.files_new)
      assert.strictEqual(ours.dirsUnmodified, theirs.dirs_new)
      assert.strictEqual(ours.filesNew + ours.filesChanged + ours.dirsNew + ours.dirsChanged, 0)
    }).pipe(Effect.scoped)
  )

  it.live("restores a link to a name that is not UTF-8 as far as restic can", () =>
    Effect.gen(function* () {
      const { repository, root } = yield* TestRepository.inFolder()
      const folder = yield* source
      awkwardTree.writeOddLink(folder)
      yield* backup(repository, folder)
      checked(root)
      assert.include(restic(root, "ls", "latest"), "links/not UTF-8")
    }).pipe(Effect.scoped)
  )

  it.live("has every target at the same place", () =>
    Effect.gen(function* () {
      const { repository, root } = yield* TestRepository.inFolder()
      const folder = yield* TestRepository.folder
      for (const one of ["here/deep/a", "here/tmp", "deep/a/b", "tmp", "x", "here/x"]) {
        fs.mkdirSync(join(folder, one), { recursive: true })
        fs.writeFileSync(join(folder, one, "file"), one)
      }
      yield* inside(join(folder, "here"))
      const placesIn = (snapshot: string) => restic(root, "ls", snapshot).split("\n").slice(1)
      const absolute = ["deep/a/b", "deep/a", "deep", "x/../tmp/"].map((one) => `${folder}/${one}`)
      const relative = [["."], ["deep/a", "../x"], ["../tmp", "tmp"], ["deep", "../deep"], ["../here/../x", "x"]]
      for (const targets of [absolute, ...relative]) {
        restic(root, "backup", "--host", "test", ...targets)
        const theirs = placesIn("latest")
        const { snapshotId } = yield* backup(repository, ".", { paths: targets })
        assert.deepEqual(placesIn(snapshotId!), theirs, targets.join(" "))
        assert.isAbove(theirs.length, 1)
      }
    }).pipe(Effect.scoped)
  )
})
