/** Requests that came as JSON. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "./JobError.ts"

/** Fails with `InvalidJob` where it is no request of that kind. */
export const decoder = <Request>(kind: { readonly type: string; readonly request: Schema.Codec<Request, unknown> }) => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(kind.request))
  return (request: unknown): Effect.Effect<Request, InvalidJob> =>
    Effect.mapError(
      decode(request),
      ({ message }) => new InvalidJob({ message: `the request is not one of ${kind.type}: ${message}` })
    )
}
