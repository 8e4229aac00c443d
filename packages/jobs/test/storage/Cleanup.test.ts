import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { Envelope } from "@ourclone/core/events/Envelope"
import { inWords } from "@ourclone/core/testing/Told"
import { makeId, temporaryName } from "@ourclone/provider-local/unfinished/TemporaryName"
import * as Effect from "effect/Effect"
import * as Cleanup from "../../src/storage/Cleanup.ts"
import * as Sync from "../../src/transfer/Sync.ts"
import { makeWorld } from "../JobWorld.ts"

const part = ".a.1a2b3c4d.ourclone-part"
const large = ".big.1a2b3c4e.ourclone-part"

const makeFolder = () => {
  const world = makeWorld()
  for (const name of [part, `deep/${part}`, `deep/${large}`, `deep/${large}.json`]) world.write(`to/${name}`, "half")
  for (const name of ["kept", ".a.part", ".a.1a2b3c4d.ourclone-partial", ".a.xyz.ourclone-part"]) {
    world.write(`to/${name}`, "of another program")
  }
  return world
}

const words = (events: ReadonlyArray<Envelope>): ReadonlyArray<string> =>
  events.flatMap(({ event }) => (event._tag === "Progress" ? [] : [inWords(event)]))

describe("a cleanup", () => {
  it.live("removes what runs have left in a folder and below it, and nothing of another program", () =>
    Effect.gen(function* () {
      const world = makeFolder()
      const request = { path: world.at("to"), olderThanMillis: 0 }
      const asked: Array<Envelope> = []
      const would = yield* world.run(Cleanup.kind, request, { isPreview: true, events: asked })
      assert.deepStrictEqual(would, { removed: 3, bytes: 12, kept: 0 })
      assert.sameMembers([...words(asked)].slice(0, -1), [
        `would be removed ${part}`,
        `would be removed deep/${large}`,
        `would be removed deep/${part}`
      ])
      assert.lengthOf(world.list("to"), 8)
      const events: Array<Envelope> = []
      assert.deepStrictEqual(yield* world.run(Cleanup.kind, request, { events }), would)
      assert.include(words(events), `removed deep/${large}`)
      assert.sameMembers(
        [...world.list("to")],
        ["kept", ".a.part", ".a.1a2b3c4d.ourclone-partial", ".a.xyz.ourclone-part"]
      )
    })
  )

  it.live("leaves alone what was changed within a day, or the time that is asked for", () =>
    Effect.gen(function* () {
      const world = makeFolder()
      assert.deepInclude(yield* world.run(Cleanup.kind, { path: world.at("to") }), { removed: 0, kept: 3 })
      assert.lengthOf(world.list("to"), 8)
    })
  )

  it.live("does nothing behind a symbolic link", () =>
    Effect.gen(function* () {
      const world = makeFolder()
      fs.mkdirSync(world.at("other"))
      fs.symlinkSync(world.at("to"), world.at("other/link"))
      const request = { path: world.at("other"), olderThanMillis: 0 }
      assert.deepInclude(yield* world.run(Cleanup.kind, request), { removed: 0 })
    })
  )
})

describe("a sync", () => {
  it.live("takes away what a killed run left in folders where nothing is stored any more", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/deep/a", "a")
      yield* world.run(Sync.kind, { source: world.at("from"), destination: world.at("to") })
      const ended = spawnSync(process.execPath, ["-e", ""]).pid.toString(16).padStart(6, "0")
      const id = makeId()
      const own = temporaryName("b", id.slice(0, 4) + ended + id.slice(10))
      for (const name of [part, own]) world.write(`to/deep/${name}`, "half")
      yield* world.run(Sync.kind, { source: world.at("from"), destination: world.at("to") }, { isPreview: true })
      assert.deepStrictEqual(world.list("to/deep"), [part, own, "a"].sort())
      yield* world.run(Sync.kind, { source: world.at("from"), destination: world.at("to") })
      assert.deepStrictEqual(world.list("to/deep"), [part, "a"])
    })
  )
})
