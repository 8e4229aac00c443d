import { expect, it } from "vitest"
import { arrows, can, next, type TaskInput, type TaskState } from "../../src/task/TaskState.ts"

const failure = { code: "Unavailable", message: "away", isRetryable: true }

const states: ReadonlyArray<TaskState> = [
  { _tag: "Queued", notBefore: null },
  { _tag: "Running", take: 1 },
  { _tag: "Waiting", take: 1, for: "network", until: null },
  { _tag: "Paused", by: "ann" },
  { _tag: "Done", failed: 0 },
  { _tag: "Failed", failure },
  { _tag: "Cancelled", by: "ann" }
]

const inputs: ReadonlyArray<TaskInput> = [
  { _tag: "Claimed", take: 1 },
  { _tag: "Blocked", take: 1, for: "service", until: 5 },
  { _tag: "Unblocked", take: 1 },
  { _tag: "Finished", take: 1, failed: 2 },
  { _tag: "Broke", take: 1, failure },
  { _tag: "Deferred", take: 1, notBefore: 9 },
  { _tag: "OwnerEnded", take: 1 },
  { _tag: "Pause", by: "bob" },
  { _tag: "Resume", by: "bob" },
  { _tag: "Cancel", by: "bob" },
  { _tag: "Again", by: "bob" }
]

it("these are all arrows there are", () => {
  const found = states.flatMap((state) =>
    inputs.flatMap((input) => {
      const to = next(state, input)
      expect(can(input._tag)(state)).toBe(to._tag !== "Refused")
      return to._tag === "Refused" ? [] : [`${state._tag} -${input._tag}> ${to._tag}`]
    })
  )
  expect(found).toEqual([
    "Queued -Claimed> Running",
    "Queued -Pause> Paused",
    "Queued -Cancel> Cancelled",
    "Running -Blocked> Waiting",
    "Running -Finished> Done",
    "Running -Broke> Failed",
    "Running -Deferred> Queued",
    "Running -OwnerEnded> Queued",
    "Running -Pause> Paused",
    "Running -Cancel> Cancelled",
    "Waiting -Blocked> Waiting",
    "Waiting -Unblocked> Running",
    "Waiting -Finished> Done",
    "Waiting -Broke> Failed",
    "Waiting -Deferred> Queued",
    "Waiting -OwnerEnded> Queued",
    "Waiting -Pause> Paused",
    "Waiting -Cancel> Cancelled",
    "Paused -Resume> Queued",
    "Paused -Cancel> Cancelled",
    "Done -Again> Queued",
    "Failed -Again> Queued",
    "Cancelled -Again> Queued"
  ])
  expect(Object.keys(arrows)).toEqual(states.map(({ _tag }) => _tag))
})

it("a runner that was overtaken moves nothing", () => {
  for (const input of inputs) {
    if (!("take" in input) || input._tag === "Claimed") continue
    const answer = next({ _tag: "Waiting", take: 2, for: "network", until: null }, input)
    expect(answer).toEqual({ _tag: "Refused", because: "StaleTake" })
  }
})
