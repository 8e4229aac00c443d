/** What does not happen by itself while no service runs, said where somebody counts on it. */
import { role } from "@ourclone/tasks/host/HostRole"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as Effect from "effect/Effect"
import type { Output } from "../Output.ts"

const words = {
  schedule: "schedules run only while a service does, and none runs now; start it by: ourclone serve",
  task: "no service runs: the task goes on by itself, but not after a restart of this machine; that takes ourclone serve",
  queued: "no service runs that could start what is queued: ourclone serve does, or ourclone task resume one of them"
}

export const note = (output: Output, store: TaskStore, about: keyof typeof words) =>
  Effect.map(store.holder(role), (holder) => {
    if (holder === undefined) output.note(words[about])
  })
