/** Where tasks, listings and storage are: this machine, or a service. Screens know only this. */
import type { Envelope } from "@ourclone/core/events/Envelope"
import { Failure } from "@ourclone/core/events/Failure"
import type { Secrets } from "@ourclone/tasks/runner/StoredSecrets"
import type { Cause, Outcome } from "@ourclone/tasks/store/TaskStore"
import type { Plan, Schedule } from "@ourclone/tasks/task/Schedule"
import type { Task } from "@ourclone/tasks/task/Task"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { OptionTexts, StorageType, Wanted } from "../command/Ask.ts"
import type { Remote, Repository } from "../command/World.ts"

/** What was asked for could not be done; `failure` is in the one shape for everything. */
export class LinkFailed extends Schema.TaggedError<LinkFailed>()("LinkFailed", { failure: Failure }) {
  override get message(): string {
    return this.failure.message
  }
}

export interface Details {
  readonly task: Task
  /** After the number that was asked for, in order; not more than a few hundred, the newest. */
  readonly facts: ReadonlyArray<Envelope>
  readonly causes: ReadonlyArray<Cause>
}

/** Names of the secrets that a job wants, and of those that nobody has. */
export interface Needs {
  readonly wanted: ReadonlyArray<string>
  readonly missing: ReadonlyArray<string>
}

type Answer<A> = Effect.Effect<A, LinkFailed>

export interface Link {
  /** Every task that is kept, the newest first; then those that have changed, as they do. Ends with `LinkFailed` where it can go on no more. */
  readonly tasks: Stream.Stream<ReadonlyArray<Task>, LinkFailed>
  readonly details: (id: string, after: number) => Answer<Details>
  readonly outcomes: (id: string, code: string) => Answer<ReadonlyArray<Outcome>>
  /** Secrets are for the run that is begun by it. */
  readonly wish: (id: string, wish: Wanted, secrets: Secrets) => Answer<Task>
  /** Fails with `InvalidJob` where the request is none of that kind. */
  readonly needs: (kind: string, request: Schema.Json, given: Secrets) => Answer<Needs>
  readonly start: (kind: string, request: Schema.Json, secrets: Secrets) => Answer<Task>
  /** Rows in the pieces in which they come. Fails with the code `SecretRefused` where a secret is missing or wrong. */
  readonly rows: (
    type: string,
    request: Schema.Json,
    secrets: Secrets
  ) => Stream.Stream<ReadonlyArray<unknown>, LinkFailed>
  /** What a run would do; changes nothing. */
  readonly preview: (
    kind: string,
    request: Schema.Json,
    secrets: Secrets
  ) => Stream.Stream<ReadonlyArray<Envelope>, LinkFailed>
  readonly storage: Answer<{
    readonly remotes: ReadonlyArray<Remote>
    readonly repositories: ReadonlyArray<Repository>
  }>
  /** Says that storages, repositories or, where they are a service's, schedules may be others by now. */
  readonly storageChanges: Stream.Stream<void>
  readonly types: Answer<ReadonlyArray<StorageType>>
  /** Writes it down, after it was seen to work; says what was seen. */
  readonly addStorage: (name: string, type: string, options: OptionTexts) => Answer<string>
  readonly removeStorage: (name: string) => Answer<void>
  /** Says what was seen. */
  readonly testStorage: (name: string) => Answer<string>
  readonly schedules: Answer<ReadonlyArray<Schedule>>
  readonly addSchedule: (plan: Plan) => Answer<void>
  readonly changeSchedule: (id: string, change: Partial<Plan>) => Answer<void>
  /** Out of its turn, as it runs by itself. Fails with `NotNow` while a run of it goes on. */
  readonly runSchedule: (id: string) => Answer<Task>
  readonly removeSchedule: (id: string) => Answer<void>
  /** A service keeps the password; nobody else does. */
  readonly addRepository: (
    name: string,
    location: string,
    password: Redacted.Redacted<string> | undefined
  ) => Answer<void>
  /** Takes the name away; the repository stays as it is. */
  readonly removeRepository: (name: string) => Answer<void>
}

export const failed = (code: string, message: string, isRetryable = false): LinkFailed =>
  new LinkFailed({ failure: { code, message, isRetryable } })
