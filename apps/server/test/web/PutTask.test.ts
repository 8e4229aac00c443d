import { QueryClient } from "@tanstack/react-query"
import { expect, test } from "vitest"
import type { TaskAnswer } from "../../src/api/tasks/TaskAnswer.ts"
import { putTask, task } from "../../web/src/api/tasks.ts"

test("a task that has ended stays so when an answer of before comes late", () => {
  const client = new QueryClient()
  const at = (seq: number, state: TaskAnswer["state"]) =>
    ({ id: "1", seq, state, progress: null }) as unknown as TaskAnswer
  const shown = () => client.getQueryData(task("1").queryKey)?.state._tag
  putTask(client, at(3, { _tag: "Done", failed: 0 }), 1)
  putTask(client, at(2, { _tag: "Running", take: 1 }), 2)
  expect(shown()).toBe("Done")
  // One without a fact of its own.
  putTask(client, at(3, { _tag: "Queued", notBefore: null }), 3)
  expect(shown()).toBe("Queued")
})
