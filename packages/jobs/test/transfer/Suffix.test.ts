/** Replaced files that stay beside the new ones. */
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as Effect from "effect/Effect"
import { kind as move } from "../../src/transfer/Move.ts"
import { kind as sync } from "../../src/transfer/Sync.ts"
import { makeWorld } from "../JobWorld.ts"

const make = () => {
  const world = makeWorld()
  let clock = Date.UTC(2026, 0, 1)
  const write = (name: string, content: string) => {
    world.write(name, content)
    clock += 60_000
    fs.utimesSync(world.at(name), clock / 1000, clock / 1000)
  }
  write("to/a", "before")
  write("from/a", "after, longer")
  write("from/a.bak", "a file of the source")
  return {
    write,
    read: (name: string) => fs.readFileSync(world.at(name), "utf8"),
    world,
    request: { source: world.at("from"), destination: world.at("to"), suffix: ".bak", transfers: 1 }
  }
}

describe("a file that is kept under a suffix", () => {
  for (const order of ["name", "name,desc"]) {
    for (const kind of [sync, move]) {
      it.live(`does not take the place of one of the source: ${kind.type}, by ${order}`, () =>
        Effect.gen(function* () {
          const { read, request, world } = make()
          const events: Array<Envelope> = []
          const found = yield* world.run(kind, { ...request, orderBy: order }, { events })
          assert.deepInclude(found, { failed: 1, stored: 1 })
          assert.include(JSON.stringify(events), "which is a file of the source")
          assert.deepStrictEqual(
            [read("to/a.bak"), read("to/a"), read("from/a")],
            ["a file of the source", "before", "after, longer"]
          )
        })
      )
    }
  }

  it.live("may take the name of one that a filter leaves out", () =>
    Effect.gen(function* () {
      const { read, request, world } = make()
      const found = yield* world.run(sync, { ...request, exclude: ["*.bak"] })
      assert.deepInclude(found, { failed: 0, stored: 1 })
      assert.deepStrictEqual([read("to/a"), read("to/a.bak")], ["after, longer", "before"])
    })
  )

  it.live("does not take the place of one of the source where its own is removed", () =>
    Effect.gen(function* () {
      const { read, request, world } = make()
      fs.rmSync(world.at("from/a"))
      assert.deepInclude(yield* world.run(sync, request), { failed: 1, stored: 1, removed: 0 })
      assert.deepStrictEqual([read("to/a"), read("to/a.bak")], ["before", "a file of the source"])
    })
  )
})
