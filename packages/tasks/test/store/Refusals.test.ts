import { expect, it } from "vitest"
import { notNow } from "../../src/store/TaskError.ts"
import { arrows, type StateTag } from "../../src/task/TaskState.ts"

const wishes = ["Pause", "Resume", "Cancel", "Again"] as const

it("whatever can not be asked of a task in its state is refused with the state and with what can be asked instead", () => {
  const told: Array<string> = []
  for (const state of Object.keys(arrows) as ReadonlyArray<StateTag>) {
    for (const wish of wishes) {
      if (arrows[state][wish] === undefined) told.push(notNow("1a", state, wish).message)
    }
  }
  for (const message of told) expect(message).toMatch(/^task 1a is [a-z]+ and can not be [a-z]+ now; .+/)
  expect(told).toContain("task 1a is done and can not be paused now; retry it for it to run once more")
  expect(told).toContain("task 1a is paused and can not be retried now; resume it")
  expect(told).toContain("task 1a is running and can not be resumed now; it goes on already, there is nothing to do")
  expect(notNow("1a", "Done", "Prioritize").message).toContain("retry it")
})
