/** Every kind of bytes, by its type. Each is loaded when it is asked for. */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob, type JobError } from "./kind/JobError.ts"
import type { Beside, BytesKind, SecretName } from "./kind/JobKind.ts"
import * as JsonRequest from "./kind/JsonRequest.ts"
import type { Surroundings } from "./kind/Surroundings.ts"

/** A kind to which requests are JSON. */
export interface OfferedBytes {
  readonly type: string
  readonly request: Schema.Top
  /** The secrets that a request wants. Fails with `InvalidJob` where it is none of this kind. */
  readonly needs: (request: unknown) => Effect.Effect<ReadonlyArray<SecretName>, InvalidJob>
  /** Fails with `InvalidJob` where the request is none of this kind. */
  readonly bytes: (request: unknown, beside: Beside) => Stream.Stream<Uint8Array, JobError, Surroundings>
}

const offer = <Request>(kind: BytesKind<string, Request>): OfferedBytes => {
  const decode = JsonRequest.decoder(kind)
  return {
    type: kind.type,
    request: kind.request,
    needs: (request) => Effect.map(decode(request), kind.needs),
    bytes: (request, beside) => Stream.unwrap(Effect.map(decode(request), (decoded) => kind.run(decoded, beside)))
  }
}

export const bytesKinds = {
  cat: async () => offer((await import("./storage/Cat.ts")).kind),
  dump: async () => offer((await import("./repository/DumpBytes.ts")).kind),
  object: async () => offer((await import("./repository/ObjectBytes.ts")).kind)
} satisfies Readonly<Record<string, () => Promise<OfferedBytes>>>

export type BytesType = keyof typeof bytesKinds

export const isBytesType = (type: string): type is BytesType => Object.hasOwn(bytesKinds, type)

/** The kind of that type. Fails with `InvalidJob` where there is none. */
export const load = (type: string): Effect.Effect<OfferedBytes, InvalidJob> =>
  isBytesType(type)
    ? Effect.promise(bytesKinds[type])
    : Effect.fail(new InvalidJob({ message: `there are no bytes called "${type}"` }))
