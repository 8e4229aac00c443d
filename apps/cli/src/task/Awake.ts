/** Whether the machine may sleep while a task or a command works, and what keeps it from that. */
import * as WakeLock from "@ourclone/core/machine/WakeLock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { wakePrograms } from "../process/WakePrograms.ts"
import type { StreamsShape } from "../Streams.ts"
import { lasting } from "./TaskProgram.ts"

/** Until the scope closes, for that kind of job. What lasts as long as the machine does would never let it sleep. */
export const hold = (
  kind: string,
  environment: StreamsShape["environment"],
  program = wakePrograms[process.platform]
): Effect.Effect<void, never, Scope.Scope> =>
  environment.OURCLONE_MAY_SLEEP === "1" || lasting.has(kind) ? Effect.void : WakeLock.hold(program, environment)
