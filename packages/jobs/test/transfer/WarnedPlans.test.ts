import { assert, describe, it } from "@effect/vitest"
import * as DestinationLock from "@ourclone/core/engine/DestinationLock"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Remove from "../../src/storage/Remove.ts"
import * as Sync from "../../src/transfer/Sync.ts"
import { makeWorld } from "../JobWorld.ts"

const notesOf = (events: ReadonlyArray<Envelope>) =>
  events.flatMap(({ event }) => (event._tag === "Note" ? [[event.code, event.message]] : []))

const id = "0123456789abcdef".repeat(4)

describe("the plan of a sync", () => {
  const planned = (prepare: (world: ReturnType<typeof makeWorld>) => void) =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/a.txt", "a")
      world.write("to/old.txt", "a")
      prepare(world)
      const events: Array<Envelope> = []
      const request = { source: world.at("from"), destination: world.at("to") }
      yield* world.run(Sync.kind, request, { events, isPreview: true })
      return notesOf(events)
    })

  it.live("says that another run writes below the destination, which goes on", () =>
    Effect.scoped(
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* planned(() => {}), [])
        const world = makeWorld()
        world.write("from/a.txt", "a")
        world.write("to/2024/old.txt", "a")
        const destination = yield* LocalProvider.make({ root: world.at("to/2024") })
        const stateDirectory = world.at("state")
        yield* DestinationLock.acquire({ stateDirectory, destination, command: "ourclone copy" })
        const events: Array<Envelope> = []
        const request = { source: world.at("from"), destination: world.at("to") }
        yield* world.run(Sync.kind, request, { events, isPreview: true })
        const [[code, message] = []] = notesOf(events)
        assert.strictEqual(code, "destinationBusy")
        assert.match(message ?? "", /^another run \(ourclone copy, pid \d+, since .*to\/2024; until that has ended/)
      })
    )
  )

  it.live("names a backup repository that would be deleted, once", () =>
    Effect.gen(function* () {
      const notes = yield* planned((world) => {
        for (const name of ["config", `data/01/${id}`, `index/${id}`, `keys/${id}`, `keys/${id.replace("0", "f")}`])
          world.write(`to/backups/home/${name}`, "sealed")
      })
      assert.deepStrictEqual(notes, [
        ["removesRepository", "backups/home/ is a backup repository: all its snapshots would be deleted"]
      ])
    })
  )

  it.live("names each of several that lie in one another, and beside other files called config", () =>
    Effect.gen(function* () {
      const notes = yield* planned((world) => {
        for (const name of ["config", "data/config", "data/own/config", `data/own/keys/${id}`, `keys/${id}`])
          world.write(`to/${name}`, "sealed")
      })
      assert.deepStrictEqual(
        notes.map(([, message]) => message?.replace(/^.*\/to\b/, "to")),
        ["data/own/", "to"].map((name) => `${name} is a backup repository: all its snapshots would be deleted`)
      )
    })
  )

  it.live("is told once, also where it is made beforehand to know what it costs", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/a.txt", "a")
      const events: Array<Envelope> = []
      const hindered = { trackRenames: true, trackRenamesStrategy: "hash", maxCost: 1 }
      yield* world.run(Sync.kind, { source: world.at("from"), destination: world.at("to"), ...hindered }, { events })
      assert.deepStrictEqual(
        notesOf(events).map(([code]) => code),
        ["renamesNotTracked"]
      )
    })
  )

  it.live("takes no other folder for one", () =>
    Effect.gen(function* () {
      const notes = yield* planned((world) => {
        for (const name of ["project/config", `keys/${id}`, "project/keys/ann"]) world.write(`to/${name}`, "own")
      })
      assert.deepStrictEqual(notes, [])
    })
  )
})

describe("the plan of a removal", () => {
  it.live("says that what it removes is a backup repository", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      for (const name of ["config", `keys/${id}`]) world.write(`home/${name}`, "sealed")
      const events: Array<Envelope> = []
      const path = world.at("home")
      yield* world.run(Remove.kind, { path, recursive: true }, { events, isPreview: true })
      const message = `${path} is a backup repository: all its snapshots would be deleted`
      assert.deepStrictEqual(notesOf(events), [["removesRepository", message]])
    })
  )
})
