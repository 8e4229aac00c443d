import * as Envelope from "@ourclone/core/events/Envelope"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, test } from "vitest"
import * as Follow from "../../src/host/Follow.ts"
import * as ServedTask from "../../src/task/ServedTask.ts"

const told = {
  ...{ id: "1", kind: "copy", request: {}, origin: "command", by: null, schedule: null, machine: null, host: null },
  ...{ isRecord: false, priority: 0, hooks: { before: null, after: null }, wish: null, limits: null, run: 1, seq: 4 },
  ...{ summary: null, createdAt: 1, startedAt: 1, endedAt: 2 },
  state: { _tag: "Done", failed: 0, skipped: 0 },
  totals: { files: 0, bytes: 0, isFinal: true, done: 0, doneBytes: 0, skipped: 0, failed: 0 },
  progress: { _tag: "Weather", isFine: true }
}

const note = { _tag: "Note", code: "x", message: "y" }
const facts = [{ _tag: "Mounted", where: "/mnt" }, note, { _tag: "Sung" }, { _tag: "Sung" }].map((event, index) => ({
  ...{ v: 1, seq: index + 1, at: 5 },
  event
}))

test("who follows a task of a newer service passes over what it does not know, and misses nothing for that", async () => {
  const store = {
    load: () => ServedTask.read(told),
    facts: (_: string, after: number) => Effect.succeed(Envelope.readAll(facts.slice(after)).slice(0, 1))
  }
  const followed = await Effect.runPromise(Stream.runCollect(Follow.follow(store, "1")))
  expect(followed.map(({ _tag }) => _tag)).toEqual(["Facts", "Task"])
  expect(followed[0]).toMatchObject({ facts: [{ seq: 2, event: note }] })
  expect(followed[1]).toMatchObject({ task: { id: "1", progress: null } })
})
