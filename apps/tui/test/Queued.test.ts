import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import * as QueuedWords from "../src/words/QueuedWords.ts"
import { envelopes, now, rig, task } from "./Rig.ts"

const queued = (notBefore: number | null, fields: Parameters<typeof task>[0] = {}) =>
  task({ id: "1m8later", state: { _tag: "Queued", notBefore }, take: 0, ...fields })

describe("a task that waits for its turn says why", () => {
  const of = (one: ReturnType<typeof task>, ...others: ReadonlyArray<ReturnType<typeof task>>) =>
    QueuedWords.of(one, { tasks: [one, ...others], home: "/home/ann", now }).whole
  const at = (destination: string) => ({ request: { source: "/home/ann/Pictures", destination } })

  it("of another one that writes there, around it or below it", () => {
    for (const place of ["photos:my-bucket/pictures", "photos:my-bucket", "photos:", "photos:my-bucket/pictures/2024/"])
      assert.strictEqual(
        of(queued(now + 60_000), task(at(place))),
        `It waits for Sync ~/Pictures → ${place}, which writes there; it looks again 20:46`
      )
    assert.strictEqual(of(queued(now + 60_000), task(at("photos:my-bucket/pictures2"))), "It begins 20:46")
  })

  it("of as many as may run, of the clock, and of what went wrong before", () => {
    const elsewhere = (id: string) => task({ id, ...at("photos:other") })
    assert.strictEqual(of(queued(null), elsewhere("a"), elsewhere("b")), "It waits, as 2 run already")
    assert.strictEqual(of(queued(null)), "Its turn comes")
    assert.strictEqual(of(queued(now + 60_000, { take: 1 })), "It tries again 20:46")
  })

  it("in the list and on its own screen, with what its last run said", async () => {
    const waiting = queued(now + 60_000, { take: 1 })
    const failure = { code: "Busy", message: "another run is writing to photos:my-bucket", isRetryable: true }
    const { close, keys, text } = await rig(
      {
        tasks: Stream.concat(Stream.succeed([waiting, task()]), Stream.never),
        details: () =>
          Effect.succeed({
            task: waiting,
            causes: [],
            facts: envelopes({ _tag: "Finished", outcome: "failed", failure })
          })
      },
      { tab: "tasks" }
    )
    assert.include(text(), "waits for a task")
    await keys("g", "enter")
    assert.include(text(), "It waits for Sync ~/Pictures → photos:my-bucket/pictures, which writes there;")
    assert.include(text(), "Put off: another run is writing to photos:my-bucket")
    await close()
  })
})
