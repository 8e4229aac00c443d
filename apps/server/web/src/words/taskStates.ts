/** What a task's state is called and looks like, in every place that shows one. */
import type { StateTag, TaskState } from "@ourclone/tasks/task/TaskState"
import type { IconName } from "../ui/Icon.tsx"
import type { Tone } from "../ui/StateBadge.tsx"

export interface StateLook {
  readonly word: string
  readonly icon: IconName
  readonly tone: Tone
}

const looks: { readonly [State in StateTag]: StateLook } = {
  Queued: { word: "queued", icon: "queued", tone: "quiet" },
  Running: { word: "running", icon: "play", tone: "running" },
  Waiting: { word: "waiting", icon: "clock", tone: "waiting" },
  Paused: { word: "paused", icon: "pause", tone: "quiet" },
  Done: { word: "done", icon: "check", tone: "done" },
  Failed: { word: "failed", icon: "cross", tone: "failed" },
  Cancelled: { word: "cancelled", icon: "cancel", tone: "quiet" }
}

/** Done with failures is a look of its own: it ended, and each failure is named. */
export const lookOf = (state: TaskState): StateLook =>
  state._tag === "Done" && state.failed > 0
    ? { word: `done, ${state.failed.toLocaleString("en-US")} failed`, icon: "alert", tone: "waiting" }
    : looks[state._tag]

const waitingFor = {
  service: "the storage asks to wait",
  network: "no network",
  lock: "another run writes there",
  credentials: "a key or password is missing or refused",
  space: "no free space",
  limit: "a limit that you set"
} as const

/** What makes a task that waits go on. */
export const goesOn = (
  state: Extract<TaskState, { readonly _tag: "Waiting" }>,
  at: (moment: number) => string
): string => {
  if (state.for === "credentials") return "It goes on by itself once another key or password is there."
  if (state.for === "space") return "It goes on by itself once there is room."
  if (state.until === null) return "It goes on by itself when that has passed."
  return `It tries again by itself at ${at(state.until)}.`
}

/** Why nothing moves, as half a sentence. */
export const waitReason = (reason: keyof typeof waitingFor): string => waitingFor[reason]
