import * as fs from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FlushJob from "../../src/mount/FlushJob.ts"
import * as MountJob from "../../src/mount/MountJob.ts"
import * as UnmountJob from "../../src/mount/UnmountJob.ts"
import { type JobWorld, makeWorld } from "../JobWorld.ts"
import { mounted, pointIn } from "../support/Mounts.ts"

const worldWithFile = (): JobWorld => {
  const world = makeWorld()
  world.write("from/a", "a")
  return world
}

const put = (url: string, text: string) =>
  Effect.promise(async () => {
    const answer = await fetch(url, { method: "PUT", body: text })
    expect(answer.status).toBe(201)
  })

describe("a mount", () => {
  it.live("sends what was written when it is asked to, and goes on", () =>
    Effect.gen(function* () {
      const world = worldWithFile()
      yield* mounted(world)
      const point = pointIn(world)
      yield* put(`${point}b`, "written here")
      expect(yield* world.run(FlushJob.kind, { point })).toEqual({ unsent: [] })
      expect(fs.readFileSync(world.at("from/b"), "utf8")).toBe("written here")
      yield* world.run(UnmountJob.kind, { point })
    })
  )

  it.live("ends when it is unmounted, with everything stored, and is no longer listed", () =>
    Effect.gen(function* () {
      const world = worldWithFile()
      const events: Array<Envelope> = []
      const running = yield* mounted(world, events)
      const point = pointIn(world)
      yield* put(`${point}c`, "until the last moment")
      expect(yield* world.run(UnmountJob.kind, { point })).toEqual({ unsent: [] })
      expect(yield* Fiber.join(running)).toEqual({ unsent: [] })
      expect(fs.readFileSync(world.at("from/c"), "utf8")).toBe("until the last moment")
      expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "done" })
      expect(pointIn(world)).toBe("none")
    })
  )

  it.live("is not opened twice for one place, and the second one is told where the first is", () =>
    Effect.gen(function* () {
      const world = worldWithFile()
      yield* mounted(world)
      fs.mkdirSync(world.at("point"))
      const again = yield* Effect.flip(world.run(MountJob.kind, { path: world.at("from"), point: world.at("point") }))
      const point = pointIn(world)
      expect(again).toMatchObject({
        message: `${world.at("from")} is mounted already, at ${point}`,
        remedy: { code: "unmountFirst", values: { point } }
      })
      yield* world.run(UnmountJob.kind, { point: pointIn(world) })
    })
  )

  it.live("is refused where it would show itself", () =>
    Effect.gen(function* () {
      const world = worldWithFile()
      const inside = world.at("from/point")
      const refused = yield* Effect.flip(world.run(MountJob.kind, { path: world.at("from"), point: inside }))
      expect(refused.message).toContain("overlap")
    })
  )

  it.live("that is not there is told of by its point", () =>
    Effect.gen(function* () {
      const world = worldWithFile()
      const refused = yield* Effect.flip(world.run(UnmountJob.kind, { point: "/nowhere" }))
      expect(refused.message).toBe("no mount of this user is at /nowhere")
    })
  )
})
