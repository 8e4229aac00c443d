import { widthOf } from "@ourclone/core/events/PrintableText"
import { plain, type Schedule } from "@ourclone/tasks/task/Schedule"
import { noTotals } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import type { StorageType } from "../src/command/Ask.ts"
import { failed } from "../src/link/Link.ts"
import { envelopes, now, rig, task } from "./Rig.ts"

const b2: StorageType = {
  type: "b2",
  description: "Backblaze B2",
  options: [
    {
      name: "keyId",
      flag: "key-id",
      description: "The id of the key",
      kind: "text",
      choices: undefined,
      isWhole: false,
      isRequired: true,
      defaultValue: undefined
    },
    {
      name: "applicationKey",
      flag: "application-key",
      description: "The key",
      kind: "secret",
      choices: undefined,
      isWhole: false,
      isRequired: true,
      defaultValue: undefined
    }
  ]
}

const hostile = "evil\u001b[31m\u0007\nname\u202e"
const rows = [
  { _tag: "Directory", path: "2024" },
  { _tag: "File", path: hostile, size: 5, modifiedAt: 0, checksums: {} },
  { _tag: "File", path: "日本語の写真.jpg", size: 4_200_000, modifiedAt: 0, checksums: {} }
]

describe("Add Storage", () => {
  it("keeps what was typed when the storage refuses, says so, and never shows the key", async () => {
    let tries = 0
    const { asked, close, keys, text } = await rig({
      types: Effect.succeed([b2]),
      addStorage: () =>
        ++tries === 1
          ? Effect.fail(failed("Unauthenticated", "photos: the key was refused"))
          : Effect.succeed("Signs in, and sees 3 buckets")
    })
    await keys("n", "enter", "text:photos", "enter", "text:0012", "enter", "text:s3cret")
    assert.notInclude(text(), "s3cret")
    await keys("ctrl-s")
    assert.include(text(), "the key was refused")
    assert.include(text(), "0012")
    await keys("ctrl-s")
    assert.include(text(), "Added photos. Signs in, and sees 3 buckets")
    assert.deepStrictEqual(asked.filter(([name]) => name === "addStorage").at(-1), [
      "addStorage",
      "photos",
      "b2",
      { keyId: "0012", applicationKey: "s3cret" }
    ])
    await close()
  })

  it("goes to the field that is missing", async () => {
    const { asked, close, keys, text } = await rig({ types: Effect.succeed([b2]) })
    await keys("n", "enter", "text:photos", "ctrl-s")
    assert.include(text(), "> Key id")
    assert.include(text(), "is needed")
    assert.isUndefined(asked.find(([name]) => name === "addStorage"))
    await close()
  })
})

describe("a browser of two places", () => {
  const listed = { rows: () => Stream.succeed(rows), tab: "storage" } as const

  it("shows names that hold commands of terminals as text, in no more columns than there are", async () => {
    const { close, keys, lines } = await rig(listed)
    await keys("enter")
    for (const [columns, height] of [
      [60, 20],
      [80, 24],
      [200, 50]
    ] as const) {
      const shown = lines(columns, height)
      assert.strictEqual(shown.length, height)
      for (const line of shown) {
        assert.isAtMost(widthOf(line), columns)
        assert.notMatch(line, /[\p{Control}\u202a-\u202e]/u)
      }
    }
    assert.include(lines(200, 50).join("\n"), "evil␛[31m␇␊name")
    await close()
  })

  it("copies what is marked by one job, and shows the plan before anything begins", async () => {
    const { asked, close, keys, text } = await rig({
      ...listed,
      preview: () =>
        Stream.succeed(
          envelopes(
            { _tag: "Would", deed: "stored", item: "2024/a.jpg", bytes: 10, because: "missing" },
            { _tag: "Finished", outcome: "done" }
          )
        )
    })
    await keys("enter", "space", "space", "c")
    assert.include(text(), "Copy new")
    assert.isUndefined(asked.find(([name]) => name === "start"))
    await keys("S")
    const [, kind, request] = asked.find(([name]) => name === "start") ?? []
    assert.strictEqual(kind, "copy")
    assert.deepStrictEqual((request as { include: ReadonlyArray<string> }).include?.[0], "/2024/**")
    await close()
  })

  it("deletes only after a question whose first choice is to go back", async () => {
    const { asked, close, keys, text } = await rig(listed)
    await keys("enter", "d")
    assert.include(text(), "1 folder with all that is in it")
    await keys("enter")
    assert.isUndefined(asked.find(([name]) => name === "start"))
    await keys("d", "up", "enter")
    assert.deepStrictEqual(asked.find(([name]) => name === "start")?.slice(1, 3), [
      "remove",
      { path: "/home/ann/2024/", recursive: true }
    ])
    await close()
  })

  it("says what failed, and lists again when asked", async () => {
    let times = 0
    const { close, keys, text } = await rig({
      rows: () => (++times <= 2 ? Stream.fail(failed("Unavailable", "photos is away")) : Stream.succeed(rows))
    })
    await keys("enter")
    assert.include(text(), "photos is away")
    await keys("u")
    assert.include(text(), "2024/")
    await close()
  })
})

describe("tasks", () => {
  const failing = task({
    id: "b",
    kind: "copy",
    state: { _tag: "Done", failed: 2 },
    totals: { ...noTotals, done: 5, failed: 2 },
    endedAt: 0
  })

  it("come with sign and word, how far they are, and what failed", async () => {
    const { close, text } = await rig(
      { tasks: Stream.concat(Stream.succeed([failing, task()]), Stream.never) },
      { tab: "tasks" }
    )
    assert.include(text(), "▶ running")
    assert.include(text(), "37 %")
    assert.include(text(), "⚠ done")
    assert.include(text(60, 20), "Sync")
    await close()
  })

  it("are paused by p, and cancelled only after a question; a key that means nothing now says why", async () => {
    const { asked, close, keys, text } = await rig(
      {
        tasks: Stream.concat(Stream.succeed([task()]), Stream.never),
        wish: (_, wish) => Effect.succeed(task({ wish: wish === "Pause" ? { _tag: "Pause", by: "ann" } : null }))
      },
      { tab: "tasks" }
    )
    await keys("r")
    assert.include(text(), "Not while it is running")
    await keys("x", "enter")
    assert.isEmpty(asked.filter(([name]) => name === "wish"))
    await keys("p")
    assert.deepStrictEqual(
      asked.filter(([name]) => name === "wish").map((one) => one.slice(1, 3)),
      [["1m8task", "Pause"]]
    )
    assert.include(text(), "pausing")
    await close()
  })

  it("are in one view each, whose numbers sum up; a view without any says what it lacks", async () => {
    const cancelled = task({ id: "c", state: { _tag: "Cancelled", by: "ann" }, endedAt: 0 })
    const paused = task({ id: "d", state: { _tag: "Paused", by: "ann" } })
    const { close, keys, lines, text } = await rig(
      { tasks: Stream.concat(Stream.succeed([failing, cancelled, paused]), Stream.never) },
      { tab: "tasks" }
    )
    assert.include(text(), "All 3  Running 0  Waiting 1  Failed 1  Done 1")
    await keys("tab")
    assert.include(text(), "Nothing runs now")
    await keys("tab")
    assert.include(lines().at(-1) ?? "", "p Resume")
    await keys("tab")
    assert.include(lines().at(-1) ?? "", "r Retry")
    await keys("shift-tab", "shift-tab")
    assert.include(text(), "Nothing runs now")
    await close()
  })

  it("such as a backup are saved as schedules, which run the same", async () => {
    const plans: Array<unknown> = []
    const request = { repository: "home", paths: ["/home/ann"] }
    const backup = task({ kind: "backup", request, state: { _tag: "Done", failed: 0 } })
    const made = await rig(
      {
        tasks: Stream.concat(Stream.succeed([backup]), Stream.never),
        addSchedule: (plan) => Effect.sync(() => void plans.push([plan.name, plan.kind, plan.request]))
      },
      { tab: "tasks" }
    )
    await made.keys("W", "text:nightly", "ctrl-s")
    assert.deepStrictEqual(plans, [["nightly", "backup", request]])
    assert.strictEqual(made.app.top().name, "Tasks")
    await made.close()
  })

  it("of a schedule are begun as it begins them, and not beside one that goes on", async () => {
    const schedule = { ...plain, id: "s1", name: "nightly", kind: "copy", request: {}, cron: "@daily", zone: "UTC" }
    const nightly: Schedule = {
      ...schedule,
      by: null,
      createdAt: 0,
      lookedAt: 0,
      lastSuccessAt: null,
      lastMissed: null
    }
    const ran: Array<string> = []
    const goesOn = failed("NotNow", "task 1m8task, the run before, has not ended")
    const made = await rig(
      {
        tasks: Stream.never,
        schedules: Effect.succeed([nightly]),
        runSchedule: (id) => (ran.push(id) > 1 ? Effect.fail(goesOn) : Effect.succeed(task({ id: "1m8task" })))
      },
      { tab: "schedules" }
    )
    await made.keys("r")
    assert.deepStrictEqual([ran, made.app.top().name], [["s1"], "Task"])
    await made.keys("6", "r")
    assert.include(made.text(), "task 1m8task, the run before, has not ended")
    await made.close()
  })

  it("that can not be done twice are not run again, and others are", async () => {
    const done = { state: { _tag: "Done", failed: 0 }, endedAt: 0 } as const
    const made = await rig(
      { tasks: Stream.concat(Stream.succeed([task({ ...done, kind: "unmount" })]), Stream.never) },
      { tab: "tasks" }
    )
    await made.keys("r")
    assert.include(made.text(), "nothing of it to run again")
    await made.close()
    const other = await rig(
      { tasks: Stream.concat(Stream.succeed([task(done)]), Stream.never), wish: () => Effect.succeed(task()) },
      { tab: "tasks" }
    )
    assert.include(other.lines().at(-1) ?? "", "r Run again")
    await other.keys("r")
    assert.deepStrictEqual(other.asked.find(([name]) => name === "wish")?.slice(1, 3), ["1m8task", "Again"])
    await other.close()
  })

  it("go on when somebody leaves, who is told so first", async () => {
    const { close, keys, quits, text } = await rig({ tasks: Stream.concat(Stream.succeed([task()]), Stream.never) })
    await keys("Q")
    assert.include(text(), "1 task goes on in the background")
    assert.isUndefined(quits())
    await keys("up", "up", "enter")
    assert.strictEqual(quits(), 0)
    await close()
  })
})

describe("passwords", () => {
  it("are asked for by what needs them, which then goes on", async () => {
    const refused = failed("SecretRefused", "no password was given")
    const withRemedy = { ...refused.failure, remedy: { code: "giveSecret", values: { secret: "repository:home" } } }
    const snapshot = { id: "abc", time: "2026-11-29T02:30:00Z", hostname: "desk", paths: ["/home/ann"], tags: [] }
    const { close, keys, text } = await rig(
      {
        storage: Effect.succeed({ remotes: [], repositories: [{ name: "home", location: "/backup" }] }),
        rows: (_, __, secrets) =>
          secrets.has("repository:home")
            ? Stream.succeed([snapshot])
            : Stream.fail(Object.assign(failed("SecretRefused", ""), { failure: withRemedy }))
      },
      { tab: "backup" }
    )
    await keys("g", "enter", "text:hunter22")
    assert.include(text(), "Password of home")
    assert.notInclude(text(), "hunter22")
    await keys("enter")
    assert.include(text(), "2026-11-29 02:30")
    await close()
  })

  it("are asked for by a task that is to go on, which then has them", async () => {
    const secret = "repository:home"
    const paused = task({ kind: "backup", request: { repository: "home" }, state: { _tag: "Paused", by: "ann" } })
    const { asked, close, keys, text } = await rig(
      {
        tasks: Stream.concat(Stream.succeed([paused]), Stream.never),
        needs: (_, __, given) => Effect.succeed({ wanted: [secret], missing: given.has(secret) ? [] : [secret] }),
        wish: () => Effect.succeed({ ...paused, state: { _tag: "Queued", notBefore: null } })
      },
      { tab: "tasks" }
    )
    await keys("p")
    assert.include(text(), "Password of home")
    assert.isUndefined(asked.find(([name]) => name === "wish"))
    await keys("text:hunter22", "enter")
    const [, id, wish, given] = asked.find(([name]) => name === "wish") ?? []
    assert.deepStrictEqual(
      [id, wish, [...(given as ReadonlyMap<string, unknown>).keys()]],
      ["1m8task", "Resume", [secret]]
    )
    await close()
  })
})

it("no first screen of a tab offers to go back", async () => {
  const { close, keys, lines } = await rig({ types: Effect.succeed([b2]) })
  for (const tab of ["1", "3", "4", "5", "6", "7"]) {
    await keys(tab)
    assert.notInclude(lines().at(-1) ?? "", "Esc Back", tab)
  }
  await close()
})

it("a window that is too small says so on one line, and is itself again when it grows", async () => {
  const { close, lines } = await rig()
  const small = lines(30, 8)
  assert.strictEqual(small.filter((line) => line !== "").length, 1)
  assert.include(lines(80, 24).join("\n"), "This computer")
  await close()
})

it("a journal that does not answer is said with its age", async () => {
  const { close, text } = await rig({ tasks: Stream.fail(failed("JournalUnavailable", "the disk is full")) })
  assert.include(text(), "No answer since")
  assert.include(text(), "the disk is full")
  await close()
})

describe("the service", () => {
  it("that is gone leaves what was seen, with its age; it is asked again, and says when it answers", async () => {
    let looks = 0
    const tasks = Stream.suspend(() =>
      ++looks === 1
        ? Stream.concat(Stream.succeed([task()]), Stream.fail(failed("ServiceGone", "the service does not answer")))
        : Stream.concat(Stream.succeed([task({ wish: { _tag: "Pause", by: "bob" } })]), Stream.never)
    )
    const { app, close, text } = await rig({ tasks }, { tab: "tasks", service: "nas" })
    assert.include(text(), "No answer since")
    assert.include(text(200), "Sync ~/Pictures")
    await new Promise<void>((resolve) => {
      const stop = app.onChange(() => {
        if (app.view().world.lost !== undefined) return
        stop()
        resolve()
      })
    })
    await app.whenIdle()
    assert.notInclude(text(), "No answer since")
    assert.include(text(), "Attached again")
    assert.include(text(), "pausing")
    await close()
  })
})

it("a task that has begun is shown to whoever waits for it, and only said to who has gone elsewhere", async () => {
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const { app, close, keys, text } = await rig(
    {
      start: () =>
        Effect.as(
          Effect.promise(() => begun),
          task({ state: { _tag: "Waiting", take: 1, for: "network", until: null } })
        )
    },
    { tab: "mounts" }
  )
  await keys("n")
  for (const letter of "/here") app.press(letter)
  app.press("enter")
  for (const letter of "/there") app.press(letter)
  app.press("ctrl-s")
  app.press("4")
  begin()
  await app.whenIdle()
  assert.include(text(), "+ New repository")
  assert.include(text(), "Started: Sync ~/Pictures")
  await close()
})

describe("a list that tasks may have changed", () => {
  const repositories = [{ name: "home", location: "/backup" }]
  const backup = (endedAt: number) =>
    task({ kind: "backup", request: { repository: "home" }, state: { _tag: "Done", failed: 0 }, endedAt })

  it("is asked for again when a task has ended once more", async () => {
    const { asked, close, keys } = await rig(
      {
        storage: Effect.succeed({ remotes: [], repositories }),
        tasks: Stream.concat(Stream.succeed([backup(now - 1_000)]), Stream.never),
        wish: () => Effect.succeed(backup(now))
      },
      { tab: "backup" }
    )
    const looks = (): number => asked.filter(([name, type]) => name === "rows" && type === "snapshots").length
    await keys("g", "enter", "3", "4")
    assert.strictEqual(looks(), 1)
    await keys("3", "r", "4")
    assert.strictEqual(looks(), 2)
    await close()
  })

  it("of mounts is asked for each time that one comes to it, as what is unsent changes without a task", async () => {
    const { asked, close, keys } = await rig()
    const looks = (): number => asked.filter(([name, type]) => name === "rows" && type === "mounts").length
    await keys("5")
    const before = looks()
    await keys("3", "5")
    assert.strictEqual(looks(), before + 1)
    await close()
  })
})

it("what happens a thousand times at once is drawn together", async () => {
  const changes = Array.from({ length: 1_000 }, (_, seq) => [task({ seq })])
  let come = (): void => {}
  const begun = new Promise<void>((resolve) => {
    come = resolve
  })
  const tasks = Stream.concat(
    Stream.succeed([task()]),
    Stream.concat(
      Stream.drain(Stream.fromEffect(Effect.promise(() => begun))),
      Stream.concat(
        Stream.mapEffect(Stream.fromIterable(changes), (some) => Effect.as(Effect.yieldNow, some)),
        Stream.never
      )
    )
  )
  const { app, close } = await rig({ tasks }, { tab: "tasks" })
  let drawn = 0
  app.onChange(() => drawn++)
  const began = performance.now()
  come()
  await new Promise<void>((resolve) => {
    const look = (): void => void (app.view().world.tasks[0]?.seq === 999 ? resolve() : setImmediate(look))
    look()
  })
  // Four times a second, however long a busy machine takes for them.
  assert.isAtMost(drawn, 2 + Math.ceil((performance.now() - began) / 250))
  await close()
})

it("a form that was sent closes in its own tab, where somebody has gone to another one meanwhile", async () => {
  let answer = (): void => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const { app, close, keys, text } = await rig({
    types: Effect.succeed([{ type: "b2", description: "B2", options: [] }]),
    addStorage: () =>
      Effect.as(
        Effect.promise(() => answered),
        "Signs in"
      )
  })
  await keys("n", "enter", "text:photos", "down")
  // Not waited for: the answer is still to come.
  app.press("enter")
  app.press("3")
  answer()
  await app.whenIdle()
  assert.include(text(), "Nothing has run yet")
  await keys("1")
  assert.include(text(), "This computer")
  assert.notInclude(text(), "What it is called here")
  await close()
})
