/** A place of a test's own machine that is served while the test runs. */
import { request as httpRequest } from "node:http"
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { onTestFinished } from "vitest"
import type { JobKind } from "../../src/kind/JobKind.ts"
import * as RunHere from "../../src/run/RunHere.ts"
import { serveSecret } from "../../src/serve/ServeFields.ts"
import type { JobWorld } from "../JobWorld.ts"

/** The address, once it listens. */
export const served = Effect.fnUntraced(function* <Request, Summary>(
  world: JobWorld,
  kind: JobKind<string, Request, Summary>,
  request: Request,
  password?: string
) {
  const listening = yield* Deferred.make<string>()
  const sink: Sink = (batch: ReadonlyArray<Envelope>) => {
    const begun = batch.find(({ event }) => event._tag === "Step" && event.name === "serving")?.event
    return begun?._tag === "Step" ? Effect.asVoid(Deferred.succeed(listening, String(begun.values?.url))) : Effect.void
  }
  const secrets = new Map(password === undefined ? [] : [[serveSecret, Redacted.make(password)]])
  const running = RunHere.run(kind, request, { sink, secrets })
  const fiber = yield* Effect.forkDetach(Effect.provide(running, world.layer))
  onTestFinished(() => Effect.runPromise(Effect.asVoid(Fiber.interrupt(fiber))))
  return yield* Effect.raceFirst(Deferred.await(listening), Effect.andThen(Fiber.join(fiber), Effect.never))
})

interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly text: string
}

/** Sends the path as it is, which `fetch` would tidy up first. Rejects where the answer breaks off. */
export const ask = (
  url: string,
  path: string,
  options: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: Buffer
  } = {}
): Promise<Told> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const { body, ...rest } = options
    const sent = httpRequest({ hostname, port, path, agent: false, ...rest }, (answer) => {
      const pieces: Array<Buffer> = []
      answer.on("data", (piece: Buffer) => pieces.push(piece))
      answer.on("error", reject)
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(pieces).toString() })
      )
    })
    sent.on("error", reject)
    sent.end(body)
  })
