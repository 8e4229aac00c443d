import type { IncomingMessage } from "node:http"
import { Readable } from "node:stream"
import type { Service } from "@ourclone/client/Service"
import * as Copy from "@ourclone/jobs/transfer/Copy"
import { Effect } from "effect"
import { expect, test } from "vitest"
import * as FarJob from "../../src/far/FarJob.ts"

/** A service whose task stands so as soon as it is asked. */
const serviceWith = (state: object): Service => ({
  where: "nowhere",
  ask: () =>
    Effect.sync(() => {
      const task = { id: "1m8mp3", state, seq: 0, progress: null }
      return Readable.from([Buffer.from(JSON.stringify(task))]) as IncomingMessage
    })
})

test.each([
  ["cancelled before it ran", { _tag: "Cancelled", by: "bob" }, 130, "cancelled by bob"],
  [
    "that no runner could begin",
    { _tag: "Failed", failure: { code: "RunnerDied", message: "its runner ended with 1", isRetryable: false } },
    1,
    "its runner ended with 1"
  ]
])(
  "a task of a service %s ends the command as that says, though no fact tells of it",
  async (_, state, code, message) => {
    const request = { source: "/from", destination: "/to" }
    const run = FarJob.run(serviceWith(state), Copy.kind, request, { sink: () => Effect.void, isPreview: false })
    expect(await Effect.runPromise(Effect.flip(run))).toMatchObject({ code, message })
  }
)
