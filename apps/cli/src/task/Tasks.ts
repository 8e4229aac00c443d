/** Tasks of this machine, or of the service that `--server` names: what commands ask of them is the same. */
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as WhatBecame from "@ourclone/tasks/host/WhatBecame"
import type { Readable } from "@ourclone/tasks/store/Readable"
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { Outcome, TaskQuery } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import type { StateTag } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import type { CommandStopped } from "../ExitCode.ts"
import { server } from "../far/Server.ts"
import type { Output } from "../Output.ts"
import * as Journal from "./Journal.ts"
import * as Unserved from "./Unserved.ts"

export type TasksFailed = TaskError | CommandStopped

type Answer<A> = Effect.Effect<A, TasksFailed>

export interface Became {
  readonly found: ReadonlyArray<{
    readonly task: Pick<Task, "id" | "kind">
    readonly at: number
    readonly fact: Fact
  }>
  readonly onlySums: number
}

/** A part of a run that several machines share. */
export interface Part {
  readonly state: StateTag
  /** The machine that has it. */
  readonly host: string | null
}

export interface Tasks extends Readable<TasksFailed> {
  /** The same for who looks on for long: a service that is started again meanwhile is waited for, and that is said. */
  readonly following: (output: Pick<Output, "note">) => Readable<TasksFailed>
  readonly list: (query: Pick<TaskQuery, "states" | "limit">) => Answer<ReadonlyArray<Task>>
  readonly outcomes: (id: string, kind: Outcome["kind"], limit: number) => Answer<ReadonlyArray<Outcome>>
  readonly why: (path: string, limit: number) => Answer<Became>
  readonly parts: (id: string) => Answer<ReadonlyArray<Part>>
  /** Says where nobody starts what is queued. */
  readonly noteQueued: (output: Output) => Answer<void>
}

const here = Effect.map(Journal.openToLook, (store): Tasks => {
  const { facts, list, load } = store
  return {
    facts,
    following: () => ({ facts, load }),
    list,
    load,
    outcomes: (id, kind, limit) => store.outcomes(id, kind, "", limit),
    why: (path, limit) =>
      Effect.map(WhatBecame.of(store, path, limit), ({ found, onlySums }) => ({
        found: found.map(({ fact: { at, fact }, task }) => ({ task, at, fact })),
        onlySums
      })),
    parts: (id) =>
      Effect.map(store.parts(id), (parts) =>
        parts.map(({ task: { owner, state } }) => ({ state: state._tag, host: owner?.host ?? null }))
      ),
    noteQueued: (output) => Unserved.note(output, store, "queued")
  }
})

export const open = Effect.gen(function* () {
  const service = yield* server
  return service === undefined ? yield* here : service.tasks
})
