/** What is told of the hooks of a task, and how that is told without anything that they printed. */
import type { Failure } from "@ourclone/core/events/Failure"
import type { Fact } from "@ourclone/core/events/RunEvent"

/** The name of the step that tells that a hook has ended; its detail holds the output. */
export const hookEnded = "hookEnded"

/** The code of the failure of a run that a hook kept from beginning; its message ends with the last line of the output. */
export const hookFailed = "HookFailed"

export const bareFailure = (failure: Failure): Failure =>
  failure.code === hookFailed ? { ...failure, message: "the hook before the run did not end well" } : failure

export const bare = (fact: Fact): Fact => {
  if (fact._tag === "Step" && fact.name === hookEnded) {
    const { detail: _, ...rest } = fact
    return rest
  }
  return "failure" in fact && fact.failure !== undefined ? { ...fact, failure: bareFailure(fact.failure) } : fact
}
