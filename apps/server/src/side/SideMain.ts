/** The side process from its start to its end, which is that of the service. */
import * as fs from "node:fs"
import type { Remotes } from "@ourclone/core/configuration/Remotes"
import type * as Secret from "@ourclone/core/configuration/Secret"
import type { Surroundings } from "@ourclone/jobs/kind/Surroundings"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { listen } from "./SideServer.ts"
import { Start } from "./SideWire.ts"

export interface SideMainOptions {
  /** Standard input. */
  readonly input: AsyncIterable<Uint8Array>
  /** Hands a line to standard output. */
  readonly say: (line: string) => void
  readonly surroundings: Secret.Surroundings
}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Start))

export const main = ({
  input,
  say,
  surroundings
}: SideMainOptions): Effect.Effect<void, never, Surroundings | Remotes> =>
  Effect.gen(function* () {
    const lines = Stream.fromAsyncIterable(input, (error) => error).pipe(
      Stream.catchCause(() => Stream.empty),
      Stream.decodeText,
      Stream.splitLines
    )
    yield* Stream.runForEach(lines, (line) =>
      Effect.gen(function* () {
        const { folder, socket, token } = yield* decode(line)
        yield* Effect.addFinalizer(() => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })))
        yield* listen({ socket, token, surroundings })
        say("ready")
      })
    )
  }).pipe(Effect.scoped, Effect.orDie)
