import type { RunEvent } from "@ourclone/core/events/RunEvent"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { failed } from "../src/link/Link.ts"
import { envelopes, rig, task } from "./Rig.ts"

describe("a plan", () => {
  it("that can not be says why, whole, and with nothing in it that a terminal obeys", async () => {
    const message = `the folder \u001b[31m\nred of a name that is so long that it takes more than one line is not there`
    const { close, keys, lines } = await rig(
      { preview: () => Stream.fail(failed("NotFound", message)) },
      { tab: "migrate", directory: "/home/\u001b[2Jann" }
    )
    await keys("text:here", "enter", "text:there", "ctrl-s")
    const said = lines(60, 20)
    assert.notInclude(said.join(), "Nothing to do")
    assert.include(said.join(" ").replace(/\s+/g, " "), "takes more than one line is not there")
    await keys("W")
    for (const line of [...said, ...lines(60, 20)]) assert.notMatch(line, /\p{Control}/u)
    await close()
  })

  it("counts folders and links of a restore apart from its files", async () => {
    const { close, keys, text } = await rig(
      {
        preview: () =>
          Stream.succeed(
            envelopes(
              { _tag: "Would", deed: "restored", item: "folder", what: "folder" },
              { _tag: "Would", deed: "restored", item: "folder/link", what: "link" },
              { _tag: "Would", deed: "restored", item: "folder/a", bytes: 3 },
              { _tag: "Finished", outcome: "done" }
            )
          )
      },
      { tab: "migrate", kept: { migrate: { source: "/a", destination: "/b", mode: "copy" } } }
    )
    await keys("ctrl-s")
    assert.match(text(), /Copy new +1 +3 B/)
    assert.match(text(), /Folders +1 /)
    assert.match(text(), /Others +1 /)
    await close()
  })

  it("says in its start how many files it deletes, and can not be started past a guard", async () => {
    const guard = { code: "GuardStopped", message: "more than half would go", isRetryable: false }
    let isStopped = false
    const { asked, close, keys, text } = await rig(
      {
        preview: () =>
          Stream.succeed(
            envelopes(
              { _tag: "Would", deed: "removed", item: "old", bytes: 1 },
              { _tag: "Would", deed: "removed", item: "older", bytes: 1 },
              isStopped
                ? { _tag: "Finished", outcome: "failed", failure: guard }
                : { _tag: "Finished", outcome: "done" }
            )
          )
      },
      { tab: "migrate", kept: { migrate: { source: "/a", destination: "/b", mode: "sync" } } }
    )
    await keys("enter")
    assert.include(text(), "Start and delete 2 files")
    isStopped = true
    await keys("esc", "enter", "S")
    assert.include(text(), "more than half would go")
    assert.isUndefined(asked.find(([name]) => name === "start"))
    isStopped = false
    await keys("esc", "enter", "S")
    // Who saw the plan is asked too, with Back chosen first.
    assert.isUndefined(asked.find(([name]) => name === "start"))
    assert.include(text(), "Deletes 2 files in /b.")
    assert.include(text(), "> Back")
    await keys("up", "enter")
    const [, , request] = asked.find(([name]) => name === "start") ?? []
    assert.strictEqual((request as { maxDelete?: number } | undefined)?.maxDelete, 2)
    await close()
  })
})

it("the plan of a move says what goes at the source, also of what is at the destination already", async () => {
  const { asked, close, keys, text } = await rig(
    {
      preview: () =>
        Stream.succeed(
          envelopes(
            { _tag: "Would", deed: "moved", item: "a", bytes: 3, because: "missing" },
            { _tag: "Would", deed: "moved", item: "b", because: "same at the destination" },
            { _tag: "Would", deed: "touched", item: "c", because: "time differs" },
            { _tag: "Finished", outcome: "done" }
          )
        )
    },
    { tab: "migrate", kept: { migrate: { source: "/a", destination: "/b", mode: "move" } } }
  )
  await keys("enter")
  assert.match(text(), /Copy new +1 +3 B/)
  assert.match(text(), /Remove at the source +3 /)
  assert.notInclude(text(), "Delete")
  assert.include(text(), "Start and remove 3 files at the source")
  // Only what is copied; then only what has its time set; then all that goes at the source.
  await keys("tab", "tab", "tab")
  for (const name of ["a", "b", "c"]) assert.match(text(), new RegExp(`^.. ${name} `, "m"))
  await keys("S")
  assert.strictEqual(asked.filter(([name]) => name === "start").length, 1)
  await close()
})

it("the plan says of what is overwritten and deleted what the destination keeps of it, once that is told", async () => {
  const facts: ReadonlyArray<RunEvent> = [
    { _tag: "Would", deed: "stored", item: "a", bytes: 3, because: "size differs" },
    { _tag: "Would", deed: "removed", item: "b", bytes: 3 },
    { _tag: "Finished", outcome: "done" }
  ]
  const shown = async (...told: ReadonlyArray<RunEvent>) => {
    const { close, keys, text } = await rig(
      { preview: () => Stream.succeed(envelopes(...told, ...facts)) },
      { tab: "migrate", kept: { migrate: { source: "/a", destination: "/b", mode: "sync" } } }
    )
    await keys("enter")
    const said = text()
    await close()
    return said
  }
  const keeps = (replaced: boolean, removed: boolean) =>
    shown({ _tag: "Step", name: "destinationKeeps", values: { replaced, removed } })
  const disk = await keeps(false, false)
  assert.match(disk, /Overwrite +1 +3 B +the old ones are gone, no versions kept/)
  assert.match(disk, /Delete +1 +3 B +gone for good, no versions kept/)
  const bucket = await keeps(true, true)
  assert.match(bucket, /Overwrite +1 +3 B +old versions stay until/)
  assert.match(bucket, /Delete +1 +3 B +hidden until/)
  assert.notInclude(await shown(), "versions")
})

describe("a plan that has to be thought of", () => {
  const migrate = (mode: string) => ({
    tab: "migrate" as const,
    kept: { migrate: { source: "/a", destination: "/b", mode } }
  })
  const removed = { _tag: "Would", deed: "removed", item: "home/config", bytes: 1 } as const
  const done = { _tag: "Finished", outcome: "done" } as const

  it("says what to think of, and asks before it starts, with that and the number of files in the question", async () => {
    const message = "home/ is a backup repository: all its snapshots would be deleted"
    const note = { _tag: "Note", code: "removesRepository", message, item: "home/" } as const
    const { asked, close, keys, text } = await rig(
      { preview: () => Stream.succeed(envelopes(removed, note, done)) },
      migrate("sync")
    )
    const starts = () => asked.filter(([name]) => name === "start").length
    await keys("enter")
    assert.include(text(), message)
    await keys("S", "enter")
    assert.strictEqual(starts(), 0)
    await keys("S")
    assert.include(text().slice(text().indexOf("Start?")), message)
    assert.include(text(), "Back")
    await keys("up")
    assert.include(text(), "> Start and delete 1 file")
    await keys("enter")
    assert.strictEqual(starts(), 1)
    assert.include(text(), "Tasks › Sync /a → /b")
    await close()
  })

  const slowly = async (mode: string, ...events: ReadonlyArray<RunEvent>) => {
    let end = (): void => {}
    const ends = new Promise<void>((resolve) => {
      end = resolve
    })
    const preview = () =>
      Stream.concat(Stream.drain(Stream.fromEffect(Effect.promise(() => ends))), Stream.succeed(envelopes(...events)))
    return { ...(await rig({ preview }, migrate(mode))), end }
  }

  it("starts when it is complete, of who said so before", async () => {
    const { app, asked, close, end, text } = await slowly("copy", done)
    app.press("enter")
    app.press("S")
    assert.include(text(), "It starts when the plan is complete")
    assert.include(text(), "it starts then")
    end()
    await app.whenIdle()
    assert.strictEqual(asked.filter(([name]) => name === "start").length, 1)
    await close()
  })

  it("that deletes asks first, of who said so before it was seen", async () => {
    const { app, asked, close, end, text } = await slowly("sync", removed, done)
    app.press("enter")
    app.press("S")
    end()
    await app.whenIdle()
    assert.include(text(), "Start and delete 1 file")
    assert.include(text(), "> Back")
    assert.isUndefined(asked.find(([name]) => name === "start"))
    await close()
  })
})

describe("what a plan costs, and a task that is taken back", () => {
  const cost = { currency: "USD", asOf: "2026-09-07", once: 0.001, monthly: 0.11, sentBytes: 4_096, fetchedBytes: 0 }

  it("is said before the start", async () => {
    const { close, keys, text } = await rig(
      {
        preview: () =>
          Stream.succeed(
            envelopes(
              { _tag: "Would", deed: "stored", item: "a", bytes: 4_096, because: "missing" },
              { _tag: "Finished", outcome: "done", summary: { cost } }
            )
          )
      },
      { tab: "migrate", kept: { migrate: { source: "/a", destination: "photos:b", mode: "copy" } } }
    )
    await keys("enter")
    const said = text().replace(/\s+/g, " ")
    assert.include(
      said,
      "Sends 4.0 KiB, costs less than 0.01 USD at once and 0.11 a month, by the rates of 2026-09-07 without"
    )
    assert.include(said, "without what is free")
    await close()
  })

  it("is planned first, and says what it leaves", async () => {
    const done = task({ id: "b", state: { _tag: "Done", failed: 0 }, endedAt: 0 })
    const { asked, close, keys, text } = await rig(
      {
        tasks: Stream.concat(Stream.succeed([done]), Stream.never),
        preview: () =>
          Stream.succeed(
            envelopes(
              { _tag: "Would", deed: "restored", item: "a", bytes: 1 },
              { _tag: "Skipped", item: "b", because: "it was changed since" },
              { _tag: "Finished", outcome: "done" }
            )
          )
      },
      { tab: "tasks" }
    )
    await keys("U")
    assert.include(text(), "Plan › Undo: Sync ~/Pictures → photos:my-bucket/pictures")
    assert.include(text(), "Bring back")
    assert.include(text(), "Start, and leave 1 file as they are")
    await keys("S")
    assert.deepStrictEqual(asked.find(([name]) => name === "start")?.slice(1, 3), ["undo", { task: "b", partly: true }])
    await close()
  })
})
