import * as Stream from "effect/Stream"
import { assert, it } from "vitest"
import * as Linear from "../src/linear/Linear.ts"
import { envelopes, rig } from "./Rig.ts"

it("a transfer is said line by line: fields one after the other, then the plan, then the start", async () => {
  const { app, asked, close } = await rig(
    {
      preview: () =>
        Stream.succeed(
          envelopes(
            { _tag: "Would", deed: "stored", item: "a", bytes: 3, because: "missing" },
            { _tag: "Finished", outcome: "done" }
          )
        )
    },
    { tab: "migrate" }
  )
  const say = async (line: string): Promise<string> => {
    assert.notStrictEqual(Linear.answer(app, line), "unknown", line)
    await app.whenIdle()
    return [...Linear.screen(app.view()), Linear.prompt(app.view())?.text ?? ""].join("\n")
  }
  assert.include(Linear.screen(app.view()).join("\n"), "1. From: needed")
  assert.include(await say("1"), "From, A folder")
  assert.include(await say("~/Pictures"), "To, The folder")
  assert.include(await say("photos:my-bucket"), "1 copy, 2 move, 3 sync")
  await say("3")
  const plan = await say(".done")
  assert.include(plan, "Copy new")
  assert.include(plan, "1. a, 3 B, Copy new")
  await say("S")
  assert.deepStrictEqual(asked.find(([name]) => name === "start")?.slice(1, 3), [
    "sync",
    { source: "/home/ann/Pictures", destination: "photos:my-bucket", maxDelete: 0 }
  ])
  assert.include(await say("migrate"), "1. From: ~/Pictures")
  await close()
})

it("what means nothing is not done", async () => {
  const { app, close } = await rig()
  assert.strictEqual(Linear.answer(app, "99"), "unknown")
  assert.strictEqual(Linear.answer(app, "nonsense"), "unknown")
  await close()
})
