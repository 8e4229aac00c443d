/** What a task may be, and what may become of it. Nothing here acts: the store commits what `next` answers. */
import { Failure } from "@ourclone/core/events/Failure"
import { WaitReason } from "@ourclone/core/events/RunEvent"
import * as Schema from "effect/Schema"

/** Who said it: `ann`, `the schedule nightly`, `the command line`. */
const by = Schema.String
/** Counts the claims of a task; whoever holds an older number may write nothing more. */
const take = Schema.Int
/** Milliseconds since 1970 UTC. */
const moment = Schema.NullOr(Schema.Int)
/** What it waits for has failed so, where something has. */
const failure = Schema.optionalKey(Failure)

/** Waiting goes on by itself and keeps its runner; Paused goes on when a person resumes it. */
export const TaskState = Schema.TaggedUnion({
  Queued: { notBefore: moment },
  Running: { take },
  Waiting: { take, for: WaitReason, until: moment, failure },
  Paused: { by },
  Done: { failed: Schema.Int },
  Failed: { failure: Failure },
  Cancelled: { by }
})
export type TaskState = typeof TaskState.Type
export const StateTag = Schema.Literals(["Queued", "Running", "Waiting", "Paused", "Done", "Failed", "Cancelled"])
export type StateTag = TaskState["_tag"]

/**
 * With a take: said by the runner that holds the task, or by who finds that the runner has ended.
 * With `by` alone: the wish of a person, which reaches a task that runs through its runner only.
 */
export const TaskInput = Schema.TaggedUnion({
  Claimed: { take },
  Blocked: { take, for: WaitReason, until: moment, failure },
  Unblocked: { take },
  Finished: { take, failed: Schema.Int },
  Broke: { take, failure: Failure },
  /** Failed for a reason that may pass: queued again, not before that moment. */
  Deferred: { take, notBefore: moment },
  OwnerEnded: { take },
  Pause: { by },
  Resume: { by },
  Cancel: { by },
  Again: { by }
})
export type TaskInput = typeof TaskInput.Type
export type InputTag = TaskInput["_tag"]

type Of<Union, Tag> = Extract<Union, { readonly _tag: Tag }>
type Arrow<State, Input> = (state: Of<TaskState, State>, input: Of<TaskInput, Input>) => TaskState
type Arrows = { readonly [State in StateTag]: { readonly [Input in InputTag]?: Arrow<State, Input> } }

const queued = (): TaskState => ({ _tag: "Queued", notBefore: null })
const paused = (_: TaskState, input: { readonly by: string }): TaskState => ({ _tag: "Paused", by: input.by })
const cancelled = (_: TaskState, input: { readonly by: string }): TaskState => ({ _tag: "Cancelled", by: input.by })

const blocked = (_: TaskState, input: Of<TaskInput, "Blocked">): TaskState => ({ ...input, _tag: "Waiting" })

const held = {
  Finished: (_: TaskState, { failed }: Of<TaskInput, "Finished">): TaskState => ({ _tag: "Done", failed }),
  Broke: (_: TaskState, { failure }: Of<TaskInput, "Broke">): TaskState => ({ _tag: "Failed", failure }),
  Deferred: (_: TaskState, { notBefore }: Of<TaskInput, "Deferred">): TaskState => ({ _tag: "Queued", notBefore }),
  Blocked: blocked,
  OwnerEnded: queued,
  Pause: paused,
  Cancel: cancelled
}

/** Every arrow there is. What has none is refused by `next` and greyed out by the faces. */
export const arrows: Arrows = {
  Queued: { Claimed: (_, { take }) => ({ _tag: "Running", take }), Pause: paused, Cancel: cancelled },
  Running: held,
  Waiting: { ...held, Unblocked: ({ take }) => ({ _tag: "Running", take }) },
  Paused: { Resume: queued, Cancel: cancelled },
  Done: { Again: queued },
  Failed: { Again: queued },
  Cancelled: { Again: queued }
}

export interface Refused {
  readonly _tag: "Refused"
  readonly because: "NoArrow" | "StaleTake"
}

/** The state after `input`, or why there is none. */
export const next = (state: TaskState, input: TaskInput): TaskState | Refused => {
  const arrow = arrows[state._tag][input._tag] as ((state: TaskState, input: TaskInput) => TaskState) | undefined
  if (arrow === undefined) return { _tag: "Refused", because: "NoArrow" }
  if ("take" in state && "take" in input && state.take !== input.take) return { _tag: "Refused", because: "StaleTake" }
  return arrow(state, input)
}

/** Whether `input` means anything to a task in that state. */
export const can =
  (input: InputTag) =>
  (state: TaskState): boolean =>
    arrows[state._tag][input] !== undefined

/** Held by a runner: what a person wishes goes through that one. */
export const isHeld = (state: TaskState): state is Of<TaskState, "Running" | "Waiting"> => "take" in state

/** Waits for what only a person can give: another key or password, or room. */
export const needsSomebody = (state: TaskState): state is Of<TaskState, "Waiting"> =>
  state._tag === "Waiting" && (state.for === "credentials" || state.for === "space")

/** Of a task that has not ended. */
export const goingOn = ["Queued", "Running", "Waiting", "Paused"] as const satisfies ReadonlyArray<StateTag>

/** Nothing becomes of it by itself any more. */
export const hasEnded = ({ _tag }: TaskState): boolean => !goingOn.some((tag) => tag === _tag)
