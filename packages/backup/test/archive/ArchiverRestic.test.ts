import * as fs from "node:fs"
import { join } from "node:path"
import { assert, beforeEach, describe, it } from "@effect/vitest"
import { skipWithout } from "@ourclone/core/testing/Programs"
import { Effect } from "effect"
import * as Excludes from "../../src/choose/Excludes.ts"
import * as awkwardTree from "../support/awkwardTree.ts"
import { backup, inside, restic, resticBackup } from "../support/backup.ts"
import * as TestRepository from "../support/TestRepository.ts"

const source = Effect.map(TestRepository.folder, (root) => {
  awkwardTree.write(root)
  return root
})

const placesIn = (root: string, snapshot: string): ReadonlyArray<string> =>
  restic(root, "ls", snapshot).trim().split("\n").slice(1)

/** The snapshot, or `none` where there would be nothing in it. */
const outcome = <E>(made: Effect.Effect<string, E>): Effect.Effect<string> =>
  Effect.match(made, { onSuccess: (id) => id, onFailure: () => "none" })

const checked = (root: string): void => {
  assert.include(restic(root, "check", "--read-data"), "no errors were found")
}

beforeEach((context) => skipWithout(context, "restic"))

describe("a backup, as restic sees it", () => {
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

  it.live("leaves out the same, whatever the targets are", () =>
    Effect.gen(function* () {
      const { repository, root } = yield* TestRepository.inFolder()
      const folder = yield* TestRepository.folder
      const files = ["p/.env", "p/a.txt", "p/node_modules/m.js", "p/sub/.env", "p/sub/deep/d.txt", "q/q.txt", "q/tag"]
      for (const file of files) {
        fs.mkdirSync(join(folder, file, ".."), { recursive: true })
        fs.writeFileSync(join(folder, file), file)
      }
      fs.writeFileSync(join(folder, "p/big"), "x".repeat(5000))
      yield* inside(join(folder, "p"))
      const cases: ReadonlyArray<readonly [targets: string, options: Excludes.ExcludeOptions]> = [
        [".", { patterns: [".env", "node_modules"], largerThan: 1000 }],
        ["./", { insensitivePatterns: [".ENV", "SUB"] }],
        [".", { patterns: ["*"] }],
        ["..", { patterns: ["p"] }],
        [". sub/deep", { patterns: ["sub"] }],
        ["../p sub/deep .env", { patterns: [".env", `${folder}/p/*`, `!${folder}/p/sub`] }],
        [folder, { patterns: [folder] }],
        [`${folder} .env`, { patterns: [`${folder}/*`] }],
        [".env sub", { patterns: [".env"] }],
        ["sub", { patterns: ["sub"] }],
        ["big a.txt", { largerThan: 1000 }],
        [".", { ifPresent: ["a.txt:p"] }],
        ["../q sub ../q/q.txt", { ifPresent: ["tag", "big"] }],
        ["a.txt", { ifPresent: ["big"] }]
      ]
      const outcomes = new Set<string>()
      for (const [given, options] of cases) {
        const flags = [
          ...(options.patterns ?? []).flatMap((one) => ["--exclude", one]),
          ...(options.insensitivePatterns ?? []).flatMap((one) => ["--iexclude", one]),
          ...(options.ifPresent ?? []).flatMap((one) => ["--exclude-if-present", one]),
          ...(options.largerThan === undefined ? [] : ["--exclude-larger-than", `${options.largerThan}`])
        ]
        const paths = given.split(" ")
        const excludes = yield* Excludes.resolve(options)
        const theirs = yield* outcome(Effect.try(() => resticBackup(root, "--force", ...flags, ...paths).snapshot_id))
        const ours = yield* outcome(
          Effect.map(backup(repository, ".", { excludes, force: true, paths }), ({ snapshotId }) => snapshotId!)
        )
        const [left, right] = [ours, theirs].map((id) => (id === "none" ? id : placesIn(root, id)))
        assert.deepEqual(left, right, `${given} without ${flags.join(" ")}`)
        outcomes.add(String(left))
      }
      assert.isTrue(outcomes.has("none"))
      assert.isAbove(outcomes.size, 8)
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(process.platform !== "linux" || fs.statSync("/proc").dev === fs.statSync("/").dev)(
    "stays on the same file systems, whatever the targets are",
    () =>
      Effect.gen(function* () {
        const { repository, root } = yield* TestRepository.inFolder()
        yield* inside("/")
        // Of all that is there, two files of another file system.
        const patterns = ["/*", "!/proc", "/proc/*", "!/proc/version", "!/proc/uptime"]
        const flags = ["--one-file-system", ...patterns.flatMap((one) => ["--exclude", one])]
        const excludes = yield* Excludes.resolve({ patterns, oneFileSystem: true })
        for (const paths of [["/"], ["."], ["/proc"], ["/", "/proc/version"], ["proc", "."]]) {
          const theirs = placesIn(root, resticBackup(root, "--force", ...flags, ...paths).snapshot_id)
          const { snapshotId } = yield* backup(repository, ".", { excludes, force: true, paths })
          assert.deepEqual(placesIn(root, snapshotId!), theirs, paths.join(" "))
          assert.include(theirs, "/proc")
        }
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
      const absolute = ["deep/a/b", "deep/a", "deep", "x/../tmp/"].map((one) => `${folder}/${one}`)
      const relative = [["."], ["deep/a", "../x"], ["../tmp", "tmp"], ["deep", "../deep"], ["../here/../x", "x"]]
      for (const targets of [absolute, ...relative]) {
        restic(root, "backup", "--host", "test", ...targets)
        const theirs = placesIn(root, "latest")
        const { snapshotId } = yield* backup(repository, ".", { paths: targets })
        assert.deepEqual(placesIn(root, snapshotId!), theirs, targets.join(" "))
        assert.isAbove(theirs.length, 1)
      }
    }).pipe(Effect.scoped)
  )
})
