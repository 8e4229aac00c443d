import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { letters, signs } from "../src/lines/Marks.ts"
import type { Link } from "../src/link/Link.ts"
import { rig, task } from "./Rig.ts"

describe("the browser", () => {
  const listed = (path: string) =>
    [
      { _tag: "Directory", path: "small" },
      { _tag: "Directory", path: "large" },
      { _tag: "File", path: "middle.bin", size: 500, modifiedAt: 0, checksums: { sha1: "abc" } },
      { _tag: "Usage", path: "", files: 9, bytes: 10_500 },
      { _tag: "Usage", path: "small", files: 1, bytes: 1 },
      { _tag: "Usage", path: "large", files: 7, bytes: 9_999 },
      { _tag: "Usage", path: "large/below", files: 2, bytes: 77 }
    ].filter(({ _tag }) => (path === "du" ? _tag === "Usage" : _tag !== "Usage"))
  const rows: Link["rows"] = (type) => Stream.succeed(listed(type))

  it("measures folders by one listing: the largest is first, and those below are known then", async () => {
    const { asked, close, keys, lines, text } = await rig({ rows }, { directory: "/home/ann" })
    await keys("enter", "i")
    assert.include(text(), "10.3 KiB in 9 files")
    const names = lines(130).flatMap((line) => /(large|middle|small)/.exec(line.slice(65))?.[0] ?? [])
    assert.deepStrictEqual(names, ["large", "middle", "small"])
    await keys("g", "enter")
    assert.include(text(), "9.8 KiB in 7 files")
    assert.strictEqual(asked.filter(([name, type]) => name === "rows" && type === "du").length, 1)
    await close()
  })

  it("shows what is known of the chosen one in a column, and asks the storage for nothing", async () => {
    const { asked, close, keys, text } = await rig({ rows }, { directory: "/home/ann" })
    await keys("enter", "G")
    const before = asked.length
    await keys("p")
    assert.include(text(130, 30), "sha1")
    assert.include(text(130, 30), "500 B")
    assert.include(text(60, 20), "sha1")
    assert.strictEqual(asked.length, before)
    await close()
  })

  it("takes a delete back only once it was begun: whoever said Back has nothing to undo", async () => {
    const { asked, close, keys, text } = await rig(
      { rows, start: (kind, request) => Effect.succeed(task({ id: "removal", kind, request, endedAt: 1 })) },
      { directory: "/home/ann" }
    )
    await keys("enter", "G", "d", "enter", "U")
    assert.include(text(), "Nothing was deleted here")
    await keys("d", "k", "enter", "U")
    assert.deepStrictEqual(
      asked.filter(([name]) => name === "start").map(([, kind, request]) => [kind, request]),
      [
        ["remove", { path: "/home/ann/middle.bin" }],
        ["undo", { task: "removal" }]
      ]
    )
    await close()
  })

  it("keeps the marks of a delete that was thought better of, and drops them once it is begun", async () => {
    const { close, keys, text } = await rig({ rows }, { directory: "/home/ann" })
    await keys("enter", "a")
    assert.include(text(), "3 marked")
    await keys("d", "enter")
    assert.include(text(), "3 marked")
    await keys("d", "k", "enter")
    assert.notInclude(text(), "marked")
    await close()
  })

  it.for([
    ["signs", signs, "≠"],
    ["letters", letters, "!"]
  ] as const)("compares by %s, also folders, so that no colour is needed", async ([, marks, differing]) => {
    const sides: Link["rows"] = (_, request) => {
      const isOther = JSON.stringify(request).includes("photos:")
      return Stream.succeed([
        { _tag: "Directory", path: "both" },
        { _tag: "File", path: "alike", size: 1, modifiedAt: 0, checksums: {} },
        { _tag: "File", path: "changed", size: isOther ? 1 : 2, modifiedAt: 0, checksums: {} },
        ...(isOther ? [] : [{ _tag: "Directory", path: "folder" }])
      ])
    }
    const { app, close, keys, lines } = await rig({ rows: sides }, { directory: "/home/ann", marks })
    await keys("enter", "e", "text:photos:b", "ctrl-s", "tab", "=")
    const signOf = (name: string) =>
      lines(70, 24)
        .find((line) => line.includes(name))
        ?.slice(3, 4)
    assert.deepStrictEqual(["both/", "folder/", "alike", "changed"].map(signOf), [" ", "+", " ", differing])
    const choices = app.top().choices(app.view().world)
    const spoken = Array.from({ length: choices?.count ?? 0 }, (_, index) => choices?.say(index) ?? "")
    assert.lengthOf(
      spoken.filter((text) => text.includes("not at the other side")),
      1
    )
    assert.lengthOf(
      spoken.filter((text) => text.includes("another at the other side")),
      1
    )
    await close()
  })

  it("goes where it is told, and an answer finds its screen in whatever tab that is", async () => {
    const { asked, close, keys, text } = await rig({ rows }, { directory: "/home/ann" })
    await keys("enter", "e", "text:photos:b/2024", "ctrl-s")
    assert.include(text(), "photos:b/2024")
    assert.deepStrictEqual(asked.at(-1)?.slice(1, 3), ["list", { path: "photos:b/2024/", maxDepth: 1 }])
    await close()
  })
})
