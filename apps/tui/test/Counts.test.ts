/** What is said of nothing, of one, and of several. */
import type { Outcome } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import * as Linear from "../src/linear/Linear.ts"
import * as List from "../src/lists/List.ts"
import { kind as find } from "../src/screens/backup/Find.ts"
import { kind as outcomes } from "../src/screens/tasks/Outcomes.ts"
import { rig, task, world } from "./Rig.ts"

describe("a task without a file that failed", () => {
  const failure = { code: "Unavailable", message: "nobody answers", isRetryable: true }
  const cases: ReadonlyArray<readonly [string, Task["state"], string]> = [
    ["queued", { _tag: "Queued", notBefore: null }, "Nothing has failed and nothing was skipped so far."],
    ["running", { _tag: "Running", take: 1 }, "Nothing has failed and nothing was skipped so far."],
    ["failed", { _tag: "Failed", failure }, "It failed as a whole; L shows the log."],
    ["cancelled", { _tag: "Cancelled", by: "ann" }, "Nothing had failed and nothing was skipped until then."],
    ["done", { _tag: "Done", failed: 0 }, "Nothing failed and nothing was skipped."]
  ]

  it.for(cases)("%s, says what is known", async ([, state, says]) => {
    const one = task({ state, owner: null, isRecord: false })
    const { close, keys, text } = await rig(
      {
        tasks: Stream.concat(Stream.succeed([one]), Stream.never),
        details: () => Effect.succeed({ task: one, facts: [], causes: [] })
      },
      { tab: "tasks" }
    )
    await keys("enter")
    assert.include(text(), says)
    await close()
  })
})

it("one file is one file", () => {
  const list = List.make<Outcome>({ keyOf: ({ path }) => path, textOf: ({ path }) => path })
  const cause = { kind: "failed", code: "NotFound", message: "gone", remedy: null, path: "a", files: 1 } as const
  assert.strictEqual(outcomes.status?.({ cause, list, without: "" }, world()), "1 file")
})

it("several matches are matches", () => {
  const list = List.make<object>({ keyOf: () => "", textOf: () => "" }, [{}, {}])
  assert.strictEqual(find.status?.({ isLoading: false, problem: "", list } as never, world()), "2 matches")
})

it("a choice names what there is to choose, and no empty one", async () => {
  const { app, close } = await rig()
  for (const line of ["mounts", "n", "photos:", "~/here", "perhaps"]) Linear.answer(app, line)
  assert.strictEqual(app.view().world.notices.at(-1)?.text, "Choose one of: no, yes")
  await close()
})
