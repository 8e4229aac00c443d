import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it, vi } from "vitest"
import * as Linear from "../src/linear/Linear.ts"
import * as LinearMain from "../src/linear/LinearMain.ts"
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
  assert.include(Linear.prompt(app.view())?.text ?? "", "From, A folder")
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

it("everything that a hint offers can be said as it is written there", async () => {
  for (const tab of ["storage", "migrate", "tasks", "backup", "schedules", "log"] as const) {
    const open = async () => {
      const { app, close } = await rig({}, { tab })
      while (Linear.prompt(app.view()) !== undefined) {
        Linear.answer(app, "")
        await app.whenIdle()
      }
      return { app, close }
    }
    const first = await open()
    const [, offered = ""] = /: (.*?)\. Screens: /.exec(Linear.hint(first.app.view())) ?? []
    await first.close()
    assert.notStrictEqual(offered, "", tab)
    for (const piece of offered.split(", ")) {
      const [, said = ""] = /\((an empty line|\.)\)$/.exec(piece) ?? /^(\S) \S/.exec(piece) ?? [undefined, piece]
      const { app, close } = await open()
      assert.notStrictEqual(Linear.answer(app, said === "an empty line" ? "" : said), "unknown", `${tab}: ${piece}`)
      await close()
    }
  }
})

it("what means nothing is not done", async () => {
  const { app, close } = await rig()
  assert.strictEqual(Linear.answer(app, "99"), "unknown")
  assert.strictEqual(Linear.answer(app, "nonsense"), "unknown")
  await close()
})

it("a mistake of the program ends the lines with two that say where it is written down", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tui-"))
  vi.stubEnv("XDG_STATE_HOME", folder)
  try {
    const out: Array<string> = []
    const code = await LinearMain.run({
      input: process.stdin,
      write: (text) => void out.push(text),
      make: () => Effect.die(new Error("bro\u001bken"))
    })
    const [, file = ""] = /^error: .*: bro␛ken\nTasks go on\. What happened is in (.*)\n$/.exec(out.join("")) ?? []
    assert.include(fs.readFileSync(file, "utf8"), "Linear.test.ts")
    assert.strictEqual(code, 1)
  } finally {
    vi.unstubAllEnvs()
    fs.rmSync(folder, { recursive: true })
  }
})

it("a choice that is none is asked for once more, by number and by name", async () => {
  const { app, close } = await rig({}, { tab: "migrate" })
  for (const line of ["~/Pictures", "photos:my-bucket"]) Linear.answer(app, line)
  for (const line of ["4", "0", "clone"]) {
    Linear.answer(app, line)
    assert.match(Linear.prompt(app.view())?.text ?? "", /^Mode/, line)
    assert.strictEqual(app.view().notice?.text, "Choose one of: copy, move, sync")
  }
  Linear.answer(app, "sy")
  assert.match(Linear.prompt(app.view())?.text ?? "", /^Exclude/)
  app.press("up")
  assert.strictEqual(app.top().typing(app.view().world)?.value, "sync")
  await close()
})

it("a path or an empty line on a form presses no button, and / filters a list", async () => {
  const kept = { migrate: { source: "/a", destination: "/b", mode: "move" } }
  const { app, asked, close } = await rig({}, { tab: "migrate", kept })
  for (const line of ["/home/ann/Pictures", "/", "", "  "]) {
    assert.strictEqual(Linear.answer(app, line), "unknown", line)
    await app.whenIdle()
  }
  assert.match(Linear.hint(app.view()), /^Say a number, or/)
  assert.isUndefined(asked.find(([name]) => name === "preview"))
  assert.strictEqual(app.top().name, "Form")
  Linear.answer(app, "storage")
  assert.strictEqual(Linear.answer(app, "/nothing"), "done")
  assert.strictEqual(app.top().choices(app.view().world)?.count, 0)
  await close()
})

describe("whatever is asked", () => {
  const needsPassword = {
    needs: () => Effect.succeed({ wanted: ["repository:home"], missing: ["repository:home"] })
  }
  const kinds: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ["a field", ["mounts", "n"]],
    ["a choice", ["mounts", "n", "photos:", "~/here"]],
    ["a password", ["mounts", "n", "photos:", "~/here", ".done"]],
    ["a question", ["mounts", "n", "photos:", "."]],
    ["a list", ["tasks"]],
    ["a command to be found", [":"]],
    ["help", ["help"]]
  ]

  it.for(kinds)("%s: . goes back, and any other word with a dot works or says what does", async ([, lines]) => {
    const { app, close, quits } = await rig(needsPassword)
    const say = async (line: string): Promise<Linear.Heard> => {
      const heard = Linear.answer(app, line)
      await app.whenIdle()
      return heard
    }
    const come = async (): Promise<string> => {
      for (const line of lines) assert.strictEqual(await say(line), "done", line)
      return app.top().name
    }
    const name = await come()
    assert.strictEqual(await say(".nonsense"), "unknown")
    assert.match(Linear.hint(app.view()), /\.done ends, \. goes back|Say/)
    const before = app.top().id
    const done = await say(".done")
    const says = app.view().notice?.text ?? ""
    assert.isTrue(app.top().id !== before || done === "unknown" || says !== "", `${name}: .done did nothing`)
    if (app.top().id === before) {
      const back = await say(".")
      assert.isTrue(back === "first" || app.top().id !== before, `${name}: . did nothing`)
    }
    await say(".quit")
    assert.strictEqual(quits(), 0)
    await close()
  })

  it("a password that is asked for is gone back from, waits for one at .done, and is never said back", async () => {
    const { app, close } = await rig(needsPassword)
    const say = async (line: string): Promise<Linear.Heard> => {
      const heard = Linear.answer(app, line)
      await app.whenIdle()
      return heard
    }
    for (const line of ["mounts", "n", "photos:", "~/here", ".done"]) await say(line)
    assert.strictEqual(app.top().name, "Password")
    assert.strictEqual(await say(".done"), "done")
    assert.strictEqual(app.view().notice?.text, "Type the password first")
    assert.strictEqual(await say(".help"), "unknown")
    await say(".")
    assert.strictEqual(app.top().name, "Form")
    await close()
  })

  it("a text that begins with a dot is said after a backslash", async () => {
    const { app, close } = await rig()
    for (const line of ["mounts", "n", "\\.config"]) assert.strictEqual(Linear.answer(app, line), "done")
    assert.include(Linear.screen(app.view()).join("\n"), "New mount")
    app.press("up")
    assert.strictEqual(app.top().typing(app.view().world)?.value, ".config")
    await close()
  })
})
