/**
 * The requests a second of one run, beside those that its account allows. It belongs to the fibers of the run, since an
 * account that several share can not know for whom it is asked.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Provider } from "../contract/Provider.ts"
import { traced } from "../machine/Traced.ts"
import { wrap } from "./ProviderCalls.ts"
import type { RequestPace } from "./RequestPace.ts"

const RunPace = Context.Reference<RequestPace | undefined>("@ourclone/core/layers/RunPace", {
  defaultValue: () => undefined
})

/**
 * One request to a service, when it is the run's turn, and a span of it where somebody traces. Whatever counts requests for its
 * account asks this for each, too. `about` names what is asked for, without a secret, a query or a header.
 */
export const inTurn = <A, E, R>(
  asked: Effect.Effect<A, E, R>,
  about: () => Readonly<Record<string, unknown>>
): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber): Effect.Effect<A, E, R> => {
    const request = traced(asked, "request", about)
    const pace = fiber.getRef(RunPace)
    if (pace === undefined) return request
    const turn = Effect.callback<void>((resume) => {
      const leave = pace.enter(() => resume(Effect.void))
      return Effect.sync(leave)
    })
    return Effect.andThen(turn, request)
  })

/** `provider`, whose requests keep to `pace`, which others may keep to as well. */
export const paced = (provider: Provider, pace: RequestPace): Provider =>
  wrap(provider, {
    effect: (work) => Effect.provideService(work, RunPace, pace),
    stream: (work) => Stream.provideService(work, RunPace, pace)
  })
