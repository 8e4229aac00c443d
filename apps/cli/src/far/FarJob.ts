/** A job as a task of a service, told here as it goes, and a preview as the service makes it. */
import { json, type Service, ServiceFailed } from "@ourclone/client/Service"
import * as Streamed from "@ourclone/client/Streamed"
import * as Envelope from "@ourclone/core/events/Envelope"
import type { Failure } from "@ourclone/core/events/Failure"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { Sink, SinkFailed } from "@ourclone/core/events/Tell"
import type { JobKind } from "@ourclone/jobs/kind/JobKind"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CommandStopped, interrupted, ofCode } from "../ExitCode.ts"
import { told } from "../words/remedies.ts"
import * as FarRequest from "./FarRequest.ts"
import * as Patience from "./Patience.ts"

type Finished = Extract<Fact, { readonly _tag: "Finished" }>

interface TaskTold {
  readonly id: string
  readonly state: { readonly _tag: string; readonly by?: string; readonly failure?: Failure }
  readonly seq: number
  readonly progress: unknown
}

const lookMillis = 200
const wentWrong = new Set(["Failed", "Cancelled"])

const finishedIn = (batch: ReadonlyArray<Envelope.Envelope>): Finished | undefined =>
  batch.map(({ event }) => event).find((event): event is Finished => event._tag === "Finished")

/** A task need not tell of its end: it may be cancelled before a run of it, or no runner could begin. */
const finishedAs = ({ by, failure }: TaskTold["state"]): Finished =>
  failure === undefined
    ? { _tag: "Finished", outcome: "cancelled", ...(by === undefined ? {} : { by }) }
    : { _tag: "Finished", outcome: "failed", failure }

/** Follows the task to its end, also past an end of the service; gives the last fact of it. */
const follow = Effect.fnUntraced(function* (service: Service, id: string, sink: Sink, patiently: Patience.Patiently) {
  const read = (rest: string) => patiently(Effect.flatMap(FarRequest.ask(service, "GET", `tasks/${id}${rest}`), json))
  let seq = 0
  let last: Finished | undefined
  for (;;) {
    const task = (yield* read("")) as TaskTold
    if (task.seq > seq) {
      const { facts } = (yield* read(`/facts?after=${seq}&limit=2000`)) as { readonly facts: ReadonlyArray<unknown> }
      const came = Envelope.readAll(facts)
      const batch = Envelope.onlyKnown(came)
      last = finishedIn(batch) ?? last
      seq = came.at(-1)?.seq ?? task.seq
      yield* sink(batch)
      continue
    }
    if (task.state._tag === "Done") return last
    if (wentWrong.has(task.state._tag)) return finishedAs(task.state)
    if (task.progress !== null)
      yield* sink(Envelope.known([{ v: Envelope.version, at: Date.now(), event: task.progress }]))
    yield* Effect.sleep(lookMillis)
  }
})

const preview = Effect.fnUntraced(function* (service: Service, kind: string, request: unknown, sink: Sink) {
  let last: Finished | undefined
  const answer = yield* service.ask("POST", "/api/v1/previews", { body: { kind, request } })
  yield* Streamed.values(answer).pipe(
    Stream.runForEachArray((values) => {
      const batch = Envelope.known(values)
      last = finishedIn(batch) ?? last
      return sink(batch)
    })
  )
  return last
})

export interface FarOptions {
  readonly sink: Sink
  readonly isPreview: boolean
  /** What `--server` takes, for who is to look at the task later. */
  readonly address: string
  /** Hears, in words, that the service does not answer for a while. */
  readonly note: (text: string) => void
  /** Hears, in words, of a task that could not be cancelled. */
  readonly problem: (text: string) => void
}

/** The task is not lost with who followed it. */
const goesOn = ({ failure, status }: ServiceFailed, id: string, address: string): ServiceFailed =>
  new ServiceFailed({
    failure: {
      ...failure,
      message: `${failure.message}; task ${id} goes on at the service: ourclone task watch ${id} --server ${address}`
    },
    ...(status === undefined ? {} : { status })
  })

/** Cancels the task and waits for its end, but not for long; says where nobody knows whether that was heard. */
const cancelling = (service: Service, id: string, { address, problem }: FarOptions) =>
  Effect.suspend(() => {
    let isHeard = false
    const patiently = Patience.make(() => {})
    const hear = Effect.sync(() => {
      isHeard = true
    })
    const heard = patiently(FarRequest.ask(service, "POST", `tasks/${id}/cancel`)).pipe(
      // It has ended by itself, or had heard of it before.
      Effect.catchIf(
        ({ status }) => status === 409,
        () => Effect.void
      ),
      Effect.andThen(hear)
    )
    return Effect.andThen(
      heard,
      follow(service, id, () => Effect.void, patiently)
    ).pipe(
      Effect.timeoutOption("10 seconds"),
      Effect.ignore,
      Effect.andThen(
        Effect.sync(() => {
          if (isHeard) return
          problem(
            `task ${id} could not be cancelled, and goes on at the service: ourclone task cancel ${id} --server ${address}`
          )
        })
      )
    )
  })

/** The summary, as of a run here. When this is interrupted, the task is cancelled. */
export const run = Effect.fnUntraced(function* <Request, Summary>(
  service: Service,
  kind: JobKind<string, Request, Summary>,
  request: Request,
  options: FarOptions
): Effect.fn.Return<Summary, CommandStopped | ServiceFailed | SinkFailed> {
  const { address, isPreview, note, sink } = options
  const encoded = Schema.encodeSync(Schema.toCodecJson(kind.request))(request)
  const running = Effect.gen(function* () {
    if (isPreview) return yield* preview(service, kind.type, encoded, sink)
    const task = (yield* json(
      yield* FarRequest.ask(service, "POST", "tasks", { kind: kind.type, request: encoded })
    )) as TaskTold
    const patiently = Patience.make(() => note(Patience.waitingForService))
    const followed = Effect.catchTag(follow(service, task.id, sink, patiently), "ServiceFailed", (error) =>
      // Who stands before the service may know of nothing while that is away.
      Effect.fail(error.failure.code === "NoTask" ? error : goesOn(error, task.id, address))
    )
    return yield* Effect.onInterrupt(followed, () => cancelling(service, task.id, options))
  })
  const finished = yield* running
  if (finished?.outcome === "done") {
    return yield* Effect.orDie(Schema.decodeUnknownEffect(Schema.toCodecJson(kind.summary))(finished.summary))
  }
  if (finished?.failure !== undefined) {
    const { failure } = finished
    return yield* new CommandStopped({ code: ofCode(failure.code), message: told(failure) })
  }
  const by = finished?.by ?? "somebody"
  return yield* new CommandStopped({ code: interrupted, message: `cancelled by ${by}` })
})
