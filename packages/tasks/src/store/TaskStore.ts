/**
 * Where tasks live. Every store keeps these promises (`testing/TaskStoreContract.ts`):
 *
 * - A fact is numbered inside the commit that stores it; who asks for facts sees no number that a crash could give again.
 * - `commit` and every other word of a runner is fenced by its take: once another has claimed the task, it fails with
 *   `LeaseLost` and changes nothing.
 * - One task is held by one runner at a time.
 * - Parts of a task are claimed like others, and are seen nowhere but among its parts. When it ends or is paused they are
 *   gone; their runners hear `LeaseLost`.
 */
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Fact, Progress } from "@ourclone/core/events/RunEvent"
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import type * as Effect from "effect/Effect"
import type { NewTask, Task, TaskLimits, Totals, Wish } from "../task/Task.ts"
import type { StateTag, TaskInput } from "../task/TaskState.ts"
import type { DeliveryStore } from "./DeliveryStore.ts"
import type { ScheduleStore } from "./ScheduleStore.ts"
import type { TaskError } from "./TaskError.ts"

/** What became of one path, for those that did not simply go well. */
export interface Outcome {
  /** As `PathKey` has it: whole, unless it is very long. */
  readonly path: string
  readonly kind: "failed" | "skipped"
  /** `Failure.code`, or "" where it was skipped. */
  readonly code: string
  readonly message: string
  /** As JSON of `Failure.remedy`. */
  readonly remedy: string | null
}

/** Outcomes of one kind and code together, and one of them as an example. */
export interface Cause extends Outcome {
  readonly files: number
}

export interface Told {
  readonly at: number
  readonly fact: Fact
}

export interface Batch {
  readonly facts: ReadonlyArray<Told>
  /** Of the whole task after this batch. */
  readonly totals: Totals
  readonly outcomes: ReadonlyArray<Outcome>
  readonly progress?: Progress | null
  /** Paths that went well in this batch though they had failed before. */
  readonly mended: ReadonlyArray<string>
  /** Parts of the task of which this batch tells. */
  readonly parts?: ReadonlyArray<PartTold>
}

/** A task that is a part of another one. */
export interface Part {
  readonly task: Task
  /** Up to which of its facts the whole has told them. */
  readonly told: number
}

export interface PartTold {
  readonly id: string
  readonly told: number
  /** All was told, and it is needed no more. */
  readonly isOver: boolean
}

/** A runner's right to write. */
export interface Claim {
  readonly task: Task
  readonly take: number
}

/** What a runner is told when it commits. */
export interface Heard {
  readonly wish: Wish | null
  readonly limits: TaskLimits | null
}

export interface TaskQuery {
  readonly states?: ReadonlyArray<StateTag> | undefined
  readonly kinds?: ReadonlyArray<string> | undefined
  readonly schedule?: string | undefined
  /** Also tasks that are parts of others. */
  readonly withParts?: boolean | undefined
  /** Only tasks made before this one. */
  readonly before?: string | undefined
  readonly limit: number
}

export interface Retention {
  /** Facts and outcomes of tasks that ended longer ago go; their tasks stay. */
  readonly factsMillis: number
  /** Tasks that ended longer ago go altogether. */
  readonly tasksMillis: number
  /** Above this many bytes the facts of the tasks that ended first go. */
  readonly maxBytes: number
}

type Answer<A> = Effect.Effect<A, TaskError>

export interface TaskStore {
  readonly schedules: ScheduleStore
  readonly deliveries: DeliveryStore
  readonly create: (task: NewTask) => Answer<Task>
  /** Fails with `NoTask`. An id may be cut short as long as it means one task. */
  readonly load: (id: string) => Answer<Task>
  /** The newest first. */
  readonly list: (query: TaskQuery) => Answer<ReadonlyArray<Task>>
  /**
   * Takes the task with that id, or without one the queued task that goes first, for `leaseMillis`. Nothing when there
   * is none to be had. A task whose owner let its lease run out is to be had too.
   */
  readonly claim: (owner: ProcessIdentity, leaseMillis: number, id?: string) => Answer<Claim | undefined>
  /** How many tasks are in each of those states; of states that none is in, nothing. */
  readonly count: (states: ReadonlyArray<StateTag>) => Answer<ReadonlyMap<StateTag, number>>
  /** Tasks that could be claimed, in the order in which they go: of those that come after one of them, or of those ids alone. */
  readonly due: (
    limit: number,
    after?: Pick<Task, "priority" | "id">,
    ids?: ReadonlyArray<string>
  ) => Answer<ReadonlyArray<Task>>
  /**
   * Whether `owner` has the role of that name from now on for `leaseMillis`; the one that has it keeps it by asking again,
   * and loses it when its lease runs out or its process has ended.
   */
  readonly hold: (role: string, owner: ProcessIdentity, leaseMillis: number) => Answer<boolean>
  /** Who has the role of that name, as far as is known. */
  readonly holder: (role: string) => Answer<ProcessIdentity | undefined>
  /** Who has a role whose name begins so. */
  readonly holders: (begin: string) => Answer<ReadonlyArray<ProcessIdentity>>
  /** The id of the task that this one is a part of; undefined where it is none. */
  readonly wholeOf: (id: string) => Answer<string | undefined>
  /** The parts of a task that are not over, in the order in which they were made. */
  readonly parts: (id: string) => Answer<ReadonlyArray<Part>>
  /**
   * Stores a batch and renews the lease; says what is wished of the task. `Blocked` and `Unblocked` move it between
   * running and waiting in the same commit. Fails with `LeaseLost`.
   */
  readonly commit: (
    claim: Claim,
    batch: Batch,
    leaseMillis: number,
    input?: Extract<TaskInput, { readonly _tag: "Blocked" | "Unblocked" }>
  ) => Answer<Heard>
  /** Moves the task along an arrow of `TaskState`, with the facts that tell of it. Fails with `NotNow` or `LeaseLost`. */
  readonly settle: (id: string, input: TaskInput, batch?: Batch, summary?: Task["summary"]) => Answer<Task>
  /** Settles it at once where nobody holds the task; else its runner will see it. Fails with `NotNow`. */
  readonly wish: (id: string, wish: Wish | Extract<TaskInput, { readonly _tag: "Resume" | "Again" }>) => Answer<Task>
  /** Says that `owner` uses the account for `leaseMillis`; gives how many do, `owner` among them. */
  readonly share: (account: string, owner: ProcessIdentity, leaseMillis: number) => Answer<number>
  /** `owner` uses it no more. */
  readonly unshare: (account: string, owner: ProcessIdentity) => Answer<void>
  /** Holds from its runner's next commit on, and for later runs; null is what the request says. Fails with `NoTask`, and for a record with `NotNow`. */
  readonly limit: (id: string, limits: TaskLimits | null) => Answer<Task>
  /** Holds whenever it is queued; one that runs goes on. Fails with `NoTask`, and for a record and what has ended with `NotNow`. */
  readonly prioritize: (id: string, priority: number) => Answer<Task>
  /** Facts after number `after`, in order. */
  readonly facts: (id: string, after: number, limit: number) => Answer<ReadonlyArray<Envelope>>
  /** In order of path, after `after`; of one code, where that is said. */
  readonly outcomes: (
    id: string,
    kind: Outcome["kind"],
    after: string,
    limit: number,
    code?: string
  ) => Answer<ReadonlyArray<Outcome>>
  /** Those of the paths that have failed. */
  readonly failedAmong: (id: string, paths: ReadonlyArray<string>) => Answer<ReadonlyArray<string>>
  /** The largest of each kind first. */
  readonly causes: (id: string) => Answer<ReadonlyArray<Cause>>
  /** What became of a path in kept runs, the newest first; only what failed, was skipped, or is in kept facts is known. */
  readonly why: (path: string, limit: number) => Answer<ReadonlyArray<{ readonly task: Task; readonly fact: Told }>>
  /** Grows with each change of any task; who has seen one asks for what changed after it. */
  readonly changes: (
    after: number,
    limit: number
  ) => Answer<{
    readonly tasks: ReadonlyArray<Task>
    /** The number of the change of each of them. */
    readonly numbers: ReadonlyArray<number>
    readonly last: number
  }>
  /** What `changes` would give as `last` to who has seen all. Another one after each change of any task, also where one is gone. */
  readonly position: Answer<number>
  readonly prune: (retention: Retention) => Answer<{ readonly tasks: number; readonly facts: number }>
}
