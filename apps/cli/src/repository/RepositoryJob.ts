/** Runs what a request asks of a repository: passwords beside it, events to a view, failures in words. */

import { isStorageError, PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import * as RunView from "@ourclone/core/events/RunView"
import type { Sink, Tell } from "@ourclone/core/events/Tell"
import { ofWaiting } from "@ourclone/core/events/WaitingText"
import type { JobError } from "@ourclone/jobs/kind/JobError"
import type { Beside, BytesKind, JobKind, QueryKind, SecretName } from "@ourclone/jobs/kind/JobKind"
import * as RunHere from "@ourclone/jobs/run/RunHere"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CommandError } from "../ExitCode.ts"
import type { Dumped } from "../far/FarQuery.ts"
import { inputStays, server } from "../far/Server.ts"
import * as JobWords from "../JobWords.ts"
import type { Output } from "../Output.ts"
import * as StayAwake from "../process/StayAwake.ts"
import type { Streams } from "../Streams.ts"
import * as Asking from "../task/Asking.ts"
import * as RunRecord from "../task/RunRecord.ts"
import * as WaitingNotes from "../WaitingNotes.ts"
import * as Password from "./Password.ts"

/** Where a password comes from; when nobody gives it, from a question on the terminal. */
export interface PasswordSource {
  readonly input: Password.PasswordInput
  readonly question: string
  /** Of something new: asked for twice. */
  readonly isNew?: boolean
}

export type PasswordSources = ReadonlyMap<SecretName, PasswordSource>

export interface View {
  readonly onEvent: (event: RunEvent) => void
  /** Shows how far the run is, until the scope closes. */
  readonly show?: Effect.Effect<void, never, Streams | Scope.Scope>
}

export interface JobOptions {
  readonly passwords: PasswordSources
  readonly isPreview?: boolean | undefined
  readonly input?: Beside["input"]
  /** Whether the command can do without a lock. */
  readonly hasNoLock?: boolean | undefined
}

const mistypedTries = 3

/** Where no lock can be written, a command that only reads can do without. */
const withLockHint = <E>(error: E): E | StorageError => {
  if (!isStorageError(error) || error.reason._tag !== "PermissionDenied") return error
  if (error.path?.startsWith("locks") !== true) return error
  const message = `${error.reason.message}; what may only be read is read with --no-lock`
  return new StorageError({ ...error, reason: new PermissionDenied({ message }) })
}

/** Says what is waited for: a lock at once, a service that does not answer after a while. Everything else is for the view. */
const receive = (output: Output, onEvent: View["onEvent"]): ((envelope: Envelope) => void) => {
  let view = RunView.empty
  const note = WaitingNotes.teller(output)
  return (envelope) => {
    const { event } = envelope
    view = RunView.fold(view, envelope)
    if (event._tag !== "Progress") output.trace(() => JSON.stringify(event))
    if (event._tag !== "Waiting") onEvent(event)
    else if (event.for === "lock" && view.waiting !== undefined) output.note(ofWaiting(view.waiting, envelope.at))
    else note(view)
  }
}

/** Passwords that the request needs. `asked` are those that were typed, and may be typed again. */
const gather = Effect.fnUntraced(function* (names: ReadonlyArray<SecretName>, sources: PasswordSources) {
  const secrets = new Map<SecretName, Redacted.Redacted<string>>()
  const asked = new Set<SecretName>()
  for (const name of names) {
    const source = sources.get(name)
    if (source === undefined) continue
    if (source.isNew === true) {
      secrets.set(name, yield* Password.chosen(source.input, source.question))
      continue
    }
    const { password, wasAsked } = yield* Password.existing(source.input, source.question)
    secrets.set(name, password)
    if (wasAsked) asked.add(name)
  }
  return { secrets, asked }
})

/** Runs `attempt` with the passwords; one that was typed wrongly may be typed again. */
export const withPasswords = Effect.fnUntraced(function* <A, R>(
  output: Output,
  names: ReadonlyArray<SecretName>,
  { hasNoLock, passwords }: JobOptions,
  attempt: (secrets: Beside["secrets"]) => Effect.Effect<A, CommandError, R>
) {
  const { asked, secrets } = yield* gather((yield* server) === undefined ? names : [], passwords)
  for (let tries = 1; ; tries++) {
    const mayTryAgain = (secret: SecretName) => asked.has(secret) && tries < mistypedTries
    const outcome = yield* attempt(secrets).pipe(
      Effect.map((value) => ({ value })),
      Effect.catchTag("SecretRefused", (error) =>
        mayTryAgain(error.secret) ? Effect.succeed({ again: error.secret }) : Effect.fail(error)
      ),
      Effect.catchTag("InvalidJob", (error) => Effect.fail(JobWords.ofInvalid(error))),
      Effect.mapError((error) => (hasNoLock === true ? withLockHint(error) : error))
    )
    if ("value" in outcome) return outcome.value
    output.problem("that is not the password; try again")
    const source = passwords.get(outcome.again)!
    secrets.set(outcome.again, (yield* Password.existing(source.input, source.question)).password)
  }
})

/** Runs a job and shows what it tells. */
export const run = Effect.fnUntraced(function* <Request, Summary>(
  output: Output,
  kind: JobKind<string, Request, Summary>,
  request: Request,
  view: View,
  options: JobOptions
) {
  const refused = kind.refuse?.(request)
  if (refused !== undefined) return yield* JobWords.ofInvalid(refused)
  yield* Asking.answer(kind, request, { hasInput: options.input !== undefined, isPreview: options.isPreview === true })
  const take = receive(output, view.onEvent)
  const sink: Sink = (batch) => Effect.sync(() => batch.forEach(take))
  const isPreview = options.isPreview === true
  const service = yield* server
  if (service !== undefined && options.input !== undefined) return yield* inputStays
  return yield* withPasswords(output, kind.needs(request), options, (secrets) => {
    if (service !== undefined) {
      const far = service.job(kind, request, { sink, isPreview, note: output.note, problem: output.problem })
      return Effect.scoped(Effect.andThen(view.show ?? Effect.void, far))
    }
    const record = isPreview ? RunRecord.none : RunRecord.make(kind, request, output)
    const told = { sink: record.sink(sink), cancelledBy: record.cancelledBy }
    const running = RunHere.run(kind, request, { ...told, secrets, input: options.input, isPreview })
    const awake = StayAwake.during(kind.type)(running)
    return Effect.scoped(Effect.andThen(view.show ?? Effect.void, record.around(awake)))
  })
})

/** Tells at once: a query has no run that facts could be kept of. */
const tellNow = (output: Output, onEvent: View["onEvent"]): Tell => {
  const take = receive(output, onEvent)
  return {
    fact: (event) => take({ v: 1, at: Date.now(), event }),
    gauge: () => {},
    room: Effect.void,
    isBehind: () => false
  }
}

/** Hands the rows of a query on, some at a time. */
export const query = Effect.fnUntraced(function* <Request, Row>(
  output: Output,
  kind: QueryKind<string, Request, Row>,
  request: Request,
  take: (rows: ReadonlyArray<Row>) => Effect.Effect<void>,
  options: JobOptions & { readonly onEvent?: View["onEvent"] }
) {
  const refused = kind.refuse?.(request)
  if (refused !== undefined) return yield* JobWords.ofInvalid(refused)
  const service = yield* server
  if (service !== undefined) return yield* Stream.runForEachArray(service.rows(kind, request), take)
  const tell = tellNow(output, options.onEvent ?? (() => {}))
  return yield* withPasswords(output, kind.needs(request), options, (secrets) =>
    Stream.runForEachArray(kind.run(request, { tell, secrets }), take)
  )
})

/** All rows of a query that has few. */
export const rows = Effect.fnUntraced(function* <Request, Row>(
  output: Output,
  kind: QueryKind<string, Request, Row>,
  request: Request,
  options: JobOptions & { readonly onEvent?: View["onEvent"] }
) {
  const all: Array<Row> = []
  yield* query(output, kind, request, (some) => Effect.sync(() => void all.push(...some)), options)
  return all
})

/** Hands bytes on, piece by piece. */
export const bytes = Effect.fnUntraced(function* <Request, E extends JobError, R>(
  output: Output,
  kind: BytesKind<string, Request>,
  request: Request,
  take: (piece: Uint8Array) => Effect.Effect<void, E, R>,
  options: JobOptions & { readonly onEvent: View["onEvent"] }
) {
  const service = yield* server
  if (service !== undefined) {
    return yield* Stream.runForEach(service.dump(request as Dumped), take)
  }
  const tell = tellNow(output, options.onEvent)
  return yield* withPasswords(output, kind.needs(request), options, (secrets) =>
    Stream.runForEach(kind.run(request, { tell, secrets }), take)
  )
})
