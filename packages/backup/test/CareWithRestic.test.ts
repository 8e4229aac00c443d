import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { skipWithout } from "@ourclone/core/testing/Programs"
import { Effect } from "effect"
import * as Prune from "../src/care/Prune.ts"
import * as RepairIndex from "../src/care/RepairIndex.ts"
import * as Rewrite from "../src/care/Rewrite.ts"
import * as Copy from "../src/care/SnapshotCopy.ts"
import * as fixture from "./support/fixture.ts"
import * as SampleBackup from "./support/SampleBackup.ts"
import * as samples from "./support/samples.ts"
import * as TestRepository from "./support/TestRepository.ts"

const restic = (root: string, password: string, ...rest: ReadonlyArray<string>): string =>
  execFileSync("restic", ["--no-cache", "-r", root, ...rest], {
    encoding: "utf8",
    env: { ...process.env, RESTIC_PASSWORD: password }
  })

const checked = (root: string, password = TestRepository.passwordText) => {
  const output = restic(root, password, "check", "--read-data")
  assert.include(output, "no errors were found")
  return output
}

const options = { threads: 1, maxUnused: { percent: 0 } }

const sample = Effect.gen(function* () {
  const { repository, root } = yield* TestRepository.inFolder()
  const backup = { packSize: 20_000 }
  const both = samples.names("a", 40)
  const first = yield* SampleBackup.backup(
    repository,
    samples.files("srv", [...both, ...samples.names("old", 40)]),
    backup
  )
  yield* SampleBackup.backup(repository, samples.files("srv", [...both, "new"]), backup)
  return { first, repository, root }
})

describe("care, beside restic", () => {
  it.live("leaves a repository after a prune, and after taking a path out, that restic finds clean", (context) =>
    Effect.gen(function* () {
      skipWithout(context, "restic")
      const { first, repository, root } = yield* sample
      yield* repository.remove("snapshots", first)
      yield* Prune.prune(repository, options)
      assert.notInclude(checked(root), "not referenced in any index")
      yield* Rewrite.rewrite(repository, { excludes: { patterns: ["a7"], insensitivePatterns: [] }, forget: true })
      yield* Prune.prune(repository, options)
      checked(root)
      const listed = restic(root, TestRepository.passwordText, "ls", "latest")
      assert.include(listed, "/srv/a8")
      assert.notInclude(listed, "/srv/a7\n")
    })
  )

  it.live("prunes the repository of restic's own fixture, which restic then finds clean", (context) =>
    Effect.gen(function* () {
      skipWithout(context, "restic")
      const root = join(yield* TestRepository.folder, "fixture")
      fixture.copyTo(root)
      const repository = yield* TestRepository.openFolder(root, { password: fixture.password })
      const before = yield* SampleBackup.readWhole(repository)
      const [first, second] = [...before.contents.keys()]
      yield* repository.remove("snapshots", first!)
      yield* Prune.prune(repository, options)
      const after = yield* SampleBackup.readWhole(repository)
      assert.deepStrictEqual(after.contents.get(second!), before.contents.get(second!))
      assert.strictEqual(after.unusedBytes, 0)
      checked(root, "fixture")
    })
  )

  it.live("has nothing to do after restic's prune, and restic has nothing to do after ours", (context) =>
    Effect.gen(function* () {
      skipWithout(context, "restic")
      const { first, repository, root } = yield* sample
      yield* repository.remove("snapshots", first)
      const copy = `${root}-copy`
      fs.cpSync(root, copy, { recursive: true })
      restic(copy, TestRepository.passwordText, "prune", "--max-unused", "0")
      const pruned = yield* TestRepository.openFolder(copy)
      const { plan } = yield* Prune.prepare(pruned, options)
      assert.deepStrictEqual([plan.repack, plan.remove, plan.unindexed], [[], [], []])
      assert.strictEqual((yield* SampleBackup.readWhole(pruned)).unusedBytes, 0)
      yield* Prune.prune(repository, options)
      assert.match(restic(root, TestRepository.passwordText, "prune", "--dry-run"), /total prune: +0 blobs/)
    })
  )

  it.live("makes an index, and a copy, that restic finds clean", (context) =>
    Effect.gen(function* () {
      skipWithout(context, "restic")
      const { repository, root } = yield* sample
      for (const name of fs.readdirSync(join(root, "index"))) fs.rmSync(join(root, "index", name))
      yield* RepairIndex.repairIndex(repository)
      checked(root)
      const destination = yield* TestRepository.inFolder()
      yield* Copy.copy(repository, destination.repository, { threads: 1 })
      checked(destination.root)
      assert.include(restic(destination.root, TestRepository.passwordText, "snapshots"), "2 snapshots")
    })
  )
})
