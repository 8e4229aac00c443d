/** Runs the hooks of a task around each of its runs. */
import { type Envelope, version } from "@ourclone/core/events/Envelope"
import type { Failure } from "@ourclone/core/events/Failure"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { hookEnded, hookFailed } from "../task/HookFacts.ts"
import type { Hook } from "../task/Hooks.ts"
import type { Task } from "../task/Task.ts"
import * as HookProcess from "./HookProcess.ts"
import type { Asked, Execute, JobBroke } from "./Runner.ts"

type Which = "before" | "after"

const tell = (sink: Sink, event: RunEvent) =>
  Effect.flatMap(Clock.currentTimeMillis, (at) => Effect.ignore(sink([{ v: version, at, event }])))

/** `result`: done, failed, cancelled, paused; or stopped, where another runner goes on. */
const resultOf = (exit: Exit.Exit<unknown, JobBroke>, wish: ReturnType<Asked["wish"]>): string => {
  if (Exit.isSuccess(exit)) return "done"
  if (!Cause.hasInterruptsOnly(exit.cause)) return "failed"
  return wish === "Cancel" ? "cancelled" : wish === "Pause" ? "paused" : "stopped"
}

const codeOf = (exit: Exit.Exit<unknown, JobBroke>): string => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return ""
  return Option.getOrUndefined(Cause.findErrorOption(exit.cause))?.failure.code ?? "Defect"
}

const failureOf = ({ command: [program] }: Hook, { output, problem }: HookProcess.HookEnded): Failure => {
  const last = output.trimEnd().split("\n").at(-1)?.trim() ?? ""
  const message = `the hook before the run, ${program}, ${problem}${last === "" ? "" : `: ${last}`}`
  return { code: hookFailed, message, isRetryable: false }
}

/** `execute` with the hooks of the task around it. What it says of its end is told after the hook that follows it. */
export const around = <R>(
  { hooks, id, kind, schedule }: Task,
  surroundings: HookProcess.Surroundings,
  execute: Execute<R>
) => {
  if (hooks.before === null && hooks.after === null) return execute

  const runHook = Effect.fnUntraced(function* (which: Which, hook: Hook, sink: Sink, more: HookProcess.Environment) {
    const startedAt = yield* Clock.currentTimeMillis
    const ended = yield* HookProcess.run(hook, surroundings, {
      OURCLONE_HOOK: which,
      OURCLONE_TASK_ID: id,
      OURCLONE_TASK_KIND: kind,
      OURCLONE_TASK_SCHEDULE: schedule ?? "",
      ...more
    })
    const values = {
      hook: which,
      program: hook.command[0],
      ended: ended.problem ?? "well",
      millis: (yield* Clock.currentTimeMillis) - startedAt
    }
    yield* tell(sink, { _tag: "Step", name: hookEnded, values, detail: { output: ended.output } })
    return ended
  })

  const begin = Effect.fnUntraced(function* (sink: Sink) {
    if (hooks.before === null) return
    const ended = yield* runHook("before", hooks.before, sink, {})
    if (ended.problem === undefined) return
    const failure = failureOf(hooks.before, ended)
    yield* tell(sink, { _tag: "Finished", outcome: "failed", failure })
    return yield* Effect.fail<JobBroke>({ failure })
  })

  const finish = Effect.fnUntraced(function* (sink: Sink, result: HookProcess.Environment) {
    if (hooks.after === null) return
    const ended = yield* runHook("after", hooks.after, sink, result)
    if (ended.problem === undefined) return
    const message = `the hook after the run, ${hooks.after.command[0]}, ${ended.problem}`
    yield* tell(sink, { _tag: "Note", code: "hookFailed", message })
  })

  return (sink: Sink, asked: Asked): Effect.Effect<Schema.Json, JobBroke, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        let last: ReadonlyArray<Envelope> = []
        let failed = 0
        const holding: Sink = (batch) => {
          const isLast = batch.at(-1)?.event._tag === "Finished"
          if (isLast) last = batch.slice(-1)
          for (const { event } of batch) if (event._tag === "Failed") failed++
          return sink(isLast ? batch.slice(0, -1) : batch)
        }
        const exit = yield* Effect.exit(restore(Effect.andThen(begin(holding), execute(holding, asked))))
        yield* finish(sink, {
          OURCLONE_TASK_RESULT: resultOf(exit, asked.wish()),
          OURCLONE_TASK_REASON: codeOf(exit),
          OURCLONE_TASK_FAILED: String(failed)
        })
        yield* Effect.ignore(sink(last))
        return yield* exit
      })
    )
}
