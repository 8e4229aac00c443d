/**
 * Runs each job in a process of its own, so that whatever happens to that one, a crash, a kill or a disk that hangs,
 * happens to nobody else. `RunWire.ts` says what goes between the two.
 */
import { type ChildProcess, spawn } from "node:child_process"
import * as Envelope from "@ourclone/core/events/Envelope"
import type { Failure } from "@ourclone/core/events/Failure"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { SinkFailed } from "@ourclone/core/events/Tell"
import type { Rates } from "@ourclone/core/layers/Bandwidth"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { JobKind } from "../kind/JobKind.ts"
import { type JobRunner, RunFailed, type RunOptions } from "./JobRunner.ts"
import { encodeOrder, encodeWish, endMillis, type Wish } from "./RunWire.ts"

export interface ProcessOptions {
  /** The program and its arguments: always the composition root that knows every provider. They hold nothing of the request. */
  readonly command: readonly [program: string, ...words: ReadonlyArray<string>]
  readonly environment: { readonly [variable: string]: string | undefined }
}

type Finished = Extract<Fact, { readonly _tag: "Finished" }>

interface Runner {
  readonly child: ChildProcess
  /** Says how the process ended, once it has. */
  readonly ended: Promise<string>
}

const start = ({ command, environment }: ProcessOptions): Runner => {
  const [program, ...words] = command
  const child = spawn(program, words, { env: { ...environment }, stdio: ["pipe", "pipe", "ignore"] })
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`))
    child.once("exit", (code, signal) => resolve(signal === null ? `ended with ${code}` : `was ended by ${signal}`))
  })
  // A process that is gone takes no wishes, and its end says enough.
  child.stdin?.on("error", () => {})
  return { child, ended }
}

const wish = ({ child }: Runner, what: Wish): void => void child.stdin?.write(`${encodeWish(what)}\n`)

/** Asks the run to end, and ends its process where it does not. */
const end = (runner: Runner, by: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    wish(runner, { _tag: "Cancel", by })
    const gone = Effect.promise(() => runner.ended)
    return Effect.flatMap(Effect.timeoutOption(gone, endMillis + 1_000), (ended) =>
      Option.isSome(ended)
        ? Effect.void
        : Effect.andThen(
            Effect.sync(() => void runner.child.kill("SIGKILL")),
            gone
          )
    )
  })

const readLine = (line: string): Option.Option<Envelope.Read> => {
  try {
    return Envelope.read(JSON.parse(line))
  } catch {
    return Option.none()
  }
}

/** What comes out, in the pieces in which it comes. What is no envelope is passed over. */
const read = <E>({ child }: Runner, take: (batch: ReadonlyArray<Envelope.Read>) => Effect.Effect<void, E>) =>
  Stream.fromAsyncIterable(child.stdout as AsyncIterable<Uint8Array>, (error) => error).pipe(
    Stream.orDie,
    Stream.decodeText,
    Stream.splitLines,
    Stream.runForEachArray((lines) => take(lines.flatMap((line) => Option.toArray(readLine(line)))))
  )

const died = (how: string): Failure => ({
  code: "RunnerDied",
  message: `the process of the run ${how}`,
  isRetryable: true
})

const run = (options: ProcessOptions) =>
  Effect.fnUntraced(function* <Request, Summary>(
    kind: JobKind<string, Request, Summary>,
    request: Request,
    { cancelledBy, isPreview = false, limits, pausing, secrets, sink }: RunOptions
  ): Effect.fn.Return<Summary, RunFailed | SinkFailed> {
    const encoded = Schema.encodeSync(Schema.toCodecJson(kind.request))(request)
    const plain = Object.fromEntries([...secrets].map(([name, secret]) => [name, Redacted.value(secret)]))
    const order = encodeOrder({ v: 1, type: kind.type, request: encoded, isPreview, secrets: plain })

    let finished: Finished | undefined
    let seq = 0
    const take = (batch: ReadonlyArray<Envelope.Read>): Effect.Effect<void, SinkFailed> => {
      const known = batch.filter((read): read is Envelope.Envelope => read.event !== undefined)
      for (const { event, seq: number } of known) {
        seq = number ?? seq
        if (event._tag === "Finished") finished = event
      }
      return known.length === 0 ? Effect.void : Effect.uninterruptible(sink(known))
    }
    /** Told in the place of a process that could not tell it any more. */
    const conclude = (event: Finished) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) => take([{ v: Envelope.version, seq: seq + 1, at, event }]))

    yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const runner = start(options)
        runner.child.stdin?.write(`${order}\n`)
        const pass = (rates: Rates | undefined) =>
          Effect.sync(() =>
            wish(
              runner,
              rates === undefined
                ? { _tag: "OwnLimits" }
                : { _tag: "Limits", up: rates.up ?? null, down: rates.down ?? null }
            )
          )
        yield* limits?.heed(pass) ?? Effect.void
        yield* pausing?.heed((isHeld) => wish(runner, { _tag: isHeld ? "Pause" : "Resume" })) ?? Effect.void
        // Reads on while the run is asked to end: how it ends is told last.
        const reading = yield* Effect.forkChild(Effect.interruptible(read(runner, take)))
        const exit = yield* Effect.exit(restore(Fiber.join(reading)))
        const by = Exit.hasInterrupts(exit) ? (cancelledBy?.() ?? "its caller") : "the receiver of its events"
        if (Exit.isFailure(exit)) {
          yield* end(runner, by)
          yield* Effect.timeoutOption(Fiber.await(reading), endMillis)
        }
        const how = yield* Effect.promise(() => runner.ended)
        if (finished === undefined) {
          yield* Exit.isFailure(exit)
            ? Effect.ignore(conclude({ _tag: "Finished", outcome: "cancelled", by }))
            : conclude({ _tag: "Finished", outcome: "failed", failure: died(how) })
        }
        return yield* exit
      }).pipe(Effect.scoped)
    )
    const outcome = finished as Finished | undefined
    if (outcome?.outcome === "done") {
      return yield* Effect.orDie(Schema.decodeUnknownEffect(Schema.toCodecJson(kind.summary))(outcome.summary))
    }
    const cancelled: Failure = {
      code: "Cancelled",
      message: `cancelled by ${outcome?.by ?? "somebody"}`,
      isRetryable: false
    }
    return yield* new RunFailed({ failure: outcome?.failure ?? cancelled })
  })

export const make = (options: ProcessOptions): JobRunner<never> => ({ run: run(options) })
