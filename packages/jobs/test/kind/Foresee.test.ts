import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as JobKinds from "../../src/JobKinds.ts"
import { makeWorld } from "../JobWorld.ts"

describe("whoever asks for a run is told before it begins", () => {
  const fieldOf = (type: string, request: object) =>
    Effect.flatMap(JobKinds.load(type), (kind) => kind.foresee(request)).pipe(
      Effect.as(undefined),
      Effect.catch(({ field, message }) => Effect.succeed(`${field}: ${message}`))
    )

  it.live("that a folder to mount on is not there, or is none", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("file", "a")
      world.write("folder/a", "a")
      if (process.platform !== "linux") return
      const of = (point: string, more = {}) => fieldOf("mount", { path: world.at("folder"), point, ...more })
      assert.match((yield* of(world.at("none"))) ?? "", /^point: .* there is no such directory; choose another folder/)
      assert.match((yield* of(world.at("file"))) ?? "", /^point: .* it is no directory; choose another folder/)
      assert.match((yield* of(world.folder)) ?? "", /^point: .* lie in each other/)
      world.write("full/a", "a")
      assert.match((yield* of(world.at("full"))) ?? "", /^point: .* it is not empty, .*; choose an empty folder/)
      assert.isUndefined(yield* of(world.at("full"), { allowNonEmpty: true }))
      fs.mkdirSync(world.at("free"))
      assert.isUndefined(yield* of(world.at("free")))
      assert.match((yield* of("/proc")) ?? "", /^point: .*proc.* is mounted there; unmount \/proc first$/)
      const snapshots = yield* fieldOf("mountSnapshots", {
        repository: world.at("repository"),
        point: world.at("file")
      })
      assert.match(snapshots ?? "", /^point: .* it is no directory; /)
    })
  )

  it.live("that nothing of what is to be backed up is there", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("file", "a")
      const of = (...names: ReadonlyArray<string>) =>
        fieldOf("backup", { repository: world.at("repository"), paths: names.map(world.at) })
      assert.strictEqual(yield* of("gone"), `paths: there is nothing at ${world.at("gone")}`)
      assert.isUndefined(yield* of("gone", "file"))
    })
  )

  it.live("that a bucket can not be called so", () =>
    Effect.gen(function* () {
      const of = (bucket: string) => fieldOf("createBucket", { bucket })
      for (const name of ["Bad Bucket!", "ab", "-ab", "a".repeat(64), "a/b"]) {
        assert.include(yield* of(`photos:${name}`), `bucket: "${name}" can name no bucket`)
      }
      for (const name of ["my-bucket", "old_one.2024", "a".repeat(63)]) assert.isUndefined(yield* of(`photos:${name}`))
    })
  )
})
