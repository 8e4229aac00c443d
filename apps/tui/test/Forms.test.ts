import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { screen } from "../src/linear/Linear.ts"
import { failed, LinkFailed } from "../src/link/Link.ts"
import { rig, task } from "./Rig.ts"

const wrong = (item: string, message: string) =>
  new LinkFailed({ failure: { code: "InvalidJob", message, item, isRetryable: false } })

describe("a form whose task can not be", () => {
  it("says so at the field that is to blame, keeps what was typed, and closes once the task is there", async () => {
    let isThere = false
    const { asked, close, keys, lines, text } = await rig(
      {
        start: (kind, request) =>
          isThere
            ? Effect.succeed(task({ kind, request, state: { _tag: "Queued", notBefore: null } }))
            : Effect.fail(wrong("point", "there is no such directory"))
      },
      { tab: "mounts" }
    )
    await keys("n", "text:photos:", "enter", "text:~/nowhere", "ctrl-s")
    const at = lines().find((line) => line.includes("Folder")) ?? ""
    assert.include(at, "> Folder")
    assert.include(at, "~/nowhere")
    assert.include(at, "there is no such directory")
    assert.include(text(), "photos:")
    isThere = true
    await keys("ctrl-s")
    assert.include(text(), "Tasks › Mount photos: at ~/nowhere")
    assert.strictEqual(asked.filter(([name]) => name === "start").length, 2)
    await keys("5")
    assert.notInclude(text(), "› New mount")
    await close()
  })

  it("of a backup says it at its folders", async () => {
    const { close, keys, lines } = await rig(
      {
        storage: Effect.succeed({ remotes: [], repositories: [{ name: "home", location: "/backup" }] }),
        start: () => Effect.fail(wrong("paths", "there is nothing at /home/ann/gone"))
      },
      { tab: "backup" }
    )
    await keys("g", "enter", "b", "text:~/gone", "ctrl-s")
    assert.include(lines().find((line) => line.includes("> Folders")) ?? "", "there is nothing at /home/ann/gone")
    await close()
  })

  it("of a transfer says it there too, rather than in a plan", async () => {
    const { close, keys, lines, text } = await rig(
      { preview: () => Stream.fail(wrong("bwlimit", '"fast" is no amount of bytes')) },
      { tab: "migrate", kept: { migrate: { source: "/a", destination: "/b", mode: "copy" } } }
    )
    await keys("tab", "tab", "tab", "tab", "tab", "tab", "text:fast", "ctrl-s")
    assert.notInclude(text(), "Plan ›")
    const at = lines().find((line) => line.includes("Bytes a second")) ?? ""
    assert.include(at, "fast")
    assert.include(at, "is no amount of bytes")
    await keys("text:1")
    assert.notInclude(text(), "is no amount of bytes")
    await close()
  })

  it("waits no longer where a password is asked for that nobody gives", async () => {
    const { close, keys, text } = await rig(
      { needs: () => Effect.succeed({ wanted: ["repository:home"], missing: ["repository:home"] }) },
      { tab: "mounts" }
    )
    await keys("n", "text:photos:", "enter", "text:~/here", "ctrl-s")
    assert.include(text(), "Password of home")
    await keys("esc")
    assert.notInclude(text(), "One moment")
    await close()
  })
})

describe("a form that is left", () => {
  it("asks first where something was typed, and keeps it for who goes back", async () => {
    const { close, keys, text } = await rig({}, { tab: "mounts" })
    await keys("n", "esc")
    assert.notInclude(text(), "› New mount")
    await keys("n", "text:photos:", "esc")
    assert.include(text(), "Leave the form?")
    await keys("enter")
    assert.include(text(), "photos:")
    await keys("esc", "up", "enter")
    assert.notInclude(text(), "› New mount")
    await close()
  })

  it("says by lines which field is wrong as that is called", async () => {
    const { app, close, keys } = await rig({}, { tab: "backup" })
    await keys("G", "enter", "text:/b", "tab", "tab", "text:correct horse", "ctrl-s")
    assert.include(screen(app.view()).join("\n"), "Password again: is needed")
    await close()
  })

  it("takes any password for a new repository but an empty one, as commands and the page do", async () => {
    const { app, close, keys } = await rig({}, { tab: "backup" })
    await keys("G", "enter", "text:/b", "tab", "tab", "text:short", "tab", "text:short", "ctrl-s")
    assert.notInclude(screen(app.view()).join("\n"), "characters")
    await close()
  })
})

describe("storages that were added elsewhere", () => {
  it("are there when somebody comes back, asks for them, or the configuration is another", async () => {
    let looks = 0
    let change = (): void => {}
    const changed = new Promise<void>((resolve) => {
      change = resolve
    })
    const { app, close, keys, text } = await rig({
      storage: Effect.sync(() => ({ remotes: [{ name: `photos${++looks}`, type: "b2" }], repositories: [] })),
      storageChanges: Stream.concat(Stream.fromEffect(Effect.promise(() => changed)), Stream.never)
    })
    assert.include(text(), "photos1")
    await keys("u")
    assert.include(text(), "photos2")
    await keys("3", "1")
    assert.include(text(), "photos3")
    const seen = new Promise<void>((resolve) => {
      app.onChange(() => (text().includes("photos4") ? resolve() : undefined))
    })
    change()
    await seen
    await close()
  })

  it("can not be seen while nobody answers, which is said", async () => {
    const { close, keys, text } = await rig({ storage: Effect.fail(failed("Away", "the desk is away")) })
    await keys("u")
    assert.include(text(), "the desk is away")
    await close()
  })
})

it("a window that is too small says so whole, however small it is", async () => {
  const { close, lines } = await rig()
  for (const columns of [8, 14, 26, 30, 39, 70]) {
    const [line = ""] = lines(columns, 8)
    assert.include(line, "40×10")
    assert.notInclude(line, "…")
  }
  await close()
})
