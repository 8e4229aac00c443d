/** What is refused before a place is served or mounted. */
import { assert, describe, it } from "@effect/vitest"
import type { Purpose } from "@ourclone/core/contract/Keys"
import * as Effect from "effect/Effect"
import * as MountJob from "../../src/mount/MountJob.ts"
import * as ServeWebdav from "../../src/mount/ServeWebdavJob.ts"
import { open } from "../../src/place/ServedPlace.ts"
import * as ServeHttp from "../../src/serve/ServeHttpJob.ts"
import * as ServeRestic from "../../src/serve/ServeResticJob.ts"
import { type JobWorld, makeWorld } from "../JobWorld.ts"
import { secret, serviceFactory } from "../ServiceFactory.ts"

const silent = { fact: () => {}, gauge: () => {}, room: Effect.void, isBehind: () => false }

/** Refused after the place is looked at, so that nothing is served however wrong this goes. */
const address = "192.0.2.1"

const ways: Readonly<Record<string, (world: JobWorld, path: string) => Effect.Effect<unknown, Error>>> = {
  "serve http": (world, path) => world.run(ServeHttp.kind, { path, address }),
  "serve restic": (world, path) => world.run(ServeRestic.kind, { path, address }),
  "serve webdav": (world, path) => world.run(ServeWebdav.kind, { path, address }),
  mount: (world, path) => world.run(MountJob.kind, { path, point: world.at("nowhere") })
}

describe("a place that is to be served", () => {
  for (const [name, run] of Object.entries(ways)) {
    it.live(`is refused by ${name} where it is not there, and where it is a file`, () =>
      Effect.gen(function* () {
        const world = makeWorld()
        world.write("from/a.txt", "a")
        const missing = yield* Effect.flip(run(world, world.at("form")))
        assert.include(missing.message, `${world.at("form")}: there is no such folder`)
        const file = yield* Effect.flip(run(world, world.at("from/a.txt")))
        assert.include(file.message, `${world.at("from/a.txt")}: this is a file, not a folder`)
      })
    )
  }

  /** A bucket of a service that keeps no folders, whose key lacks what `lacks` says. */
  const inService = (purpose: Purpose, lacks: (purpose: Purpose) => ReadonlyArray<string> = () => []) => {
    const factory = serviceFactory({ missing: lacks })
    const world = makeWorld([factory])
    world.write("config.toml", `[remotes.s]\ntype = "service"\nkey = "${secret}"\n`)
    return Effect.scoped(open("s:bucket/new", silent, { purpose, verb: "serve" })).pipe(Effect.provide(world.layer))
  }

  it.live("may be new where folders come with their first file, unless it is only to be read", () =>
    Effect.gen(function* () {
      yield* inService("mount")
      const refused = yield* Effect.flip(inService("read"))
      assert.include(refused.message, "s:bucket/new: there is no such folder")
    })
  )

  it.live("is refused with each capability that its key lacks for that, and for nothing that it lacks besides", () =>
    Effect.gen(function* () {
      const lacks = (purpose: Purpose) => (purpose === "backup" ? ["put", "remove"] : [])
      const refused = yield* Effect.flip(inService("backup", lacks))
      assert.strictEqual(refused._tag === "StorageError" && refused.reason._tag, "PermissionDenied")
      assert.include(refused.message, `the key own-key lacks the capabilities "put", "remove"`)
      yield* inService("mount", lacks)
    })
  )
})
