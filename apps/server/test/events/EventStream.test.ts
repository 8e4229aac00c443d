import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import { noTotals } from "@ourclone/tasks/task/Task"
import { Context, Effect, Schema } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { TaskListAnswer } from "../../src/api/tasks/TaskAnswer.ts"
import * as EventStream from "../../src/events/EventStream.ts"
import * as Position from "../../src/events/Position.ts"
import * as RecentChanges from "../../src/events/RecentChanges.ts"
import * as SharedReading from "../../src/events/SharedReading.ts"
import * as TaskListing from "../../src/handlers/TaskListing.ts"

interface Heard {
  readonly event: string
  readonly id: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the test knows it to be
  readonly data: any
}

const parse = (text: string): ReadonlyArray<Heard> =>
  text
    .split("\n\n")
    .filter((block) => block.includes("event: "))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? ""
      return { event: field("event"), id: field("id"), data: JSON.parse(field("data")) }
    })

const withStore = <A>(use: (store: TaskStore) => Promise<A>): Promise<A> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-events-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(SqliteStore.make(path.join(folder, "tasks")), (store) => Effect.promise(() => use(store)))
    )
  )
}

const run = Effect.runPromise
const owner: typeof ProcessIdentity.Type = { host: "here", pid: 1, birth: "b" }
const fact = (name: string) => ({ at: 1, fact: { _tag: "Step" as const, name } })

const claimed = async (store: TaskStore) => {
  const { id } = await run(store.create({ kind: "copy", request: {}, origin: "service" }))
  const claim = await run(store.claim(owner, 60_000, id))
  const tell = (...names: ReadonlyArray<string>) =>
    run(store.commit(claim!, { facts: names.map(fact), totals: noTotals, outcomes: [], mended: [] }, 60_000))
  return { id, tell }
}

/** Reads until `isEnough`, and goes away. */
const listen = async (
  store: TaskStore,
  from: string | undefined,
  tasks: ReadonlyArray<string>,
  isEnough: (heard: ReadonlyArray<Heard>) => boolean,
  endsAt: number | null = null
): Promise<ReadonlyArray<Heard>> => {
  const start = await run(EventStream.start(store, from, tasks))
  const reader = EventStream.open({
    context: Context.empty(),
    reading: SharedReading.make(store),
    start,
    endsAt,
    mayStay: () => true,
    signal: new AbortController().signal,
    onOver: () => {}
  }).getReader()
  let text = ""
  while (!isEnough(parse(text))) {
    const { done, value } = await reader.read()
    if (done) break
    text += new TextDecoder().decode(value)
  }
  await reader.cancel()
  return parse(text)
}

const facts = (heard: ReadonlyArray<Heard>) =>
  heard.filter(({ event }) => event === "fact").map(({ data }) => data.envelope.seq as number)

test("who comes back after the last id they saw misses no fact and hears none twice", () =>
  withStore(async (store) => {
    const { id, tell } = await claimed(store)
    await tell("a", "b", "c")
    const first = await listen(store, "0", [id], (heard) => facts(heard).length > 0)
    const partial = first.filter(({ event }) => event === "fact").slice(0, 2)
    await tell("d", "e")
    const second = await listen(store, partial[1]!.id, [id], (heard) => facts(heard).includes(5))
    expect([...facts(partial), ...facts(second)]).toEqual([1, 2, 3, 4, 5])
  }))

test("a task is told of when it changes, after the facts that it says to have", () =>
  withStore(async (store) => {
    const { id, tell } = await claimed(store)
    const position = await run(store.position)
    await tell("a")
    const heard = await listen(store, String(position), [id], (all) => all.some(({ event }) => event === "task"))
    expect(heard.map(({ event }) => event)).toEqual(["fact", "task"])
    expect(heard[1]?.data).toMatchObject({ id, seq: 1, run: 1, host: "here" })
    expect(JSON.stringify(heard)).not.toContain('"pid"')
  }))

test("a task is not told to have got further than its facts, when it changes between two looks", () =>
  withStore(async (store) => {
    const { id, tell } = await claimed(store)
    const position = await run(store.position)
    await tell("a")
    let isFirst = true
    const moving: TaskStore = {
      ...store,
      facts: (task, after, limit) =>
        Effect.tap(store.facts(task, after, limit), () => {
          if (!isFirst) return Effect.void
          isFirst = false
          return Effect.promise(() => tell("b"))
        })
    }
    const heard = await listen(moving, String(position), [id], (all) => facts(all).includes(2))
    const at = heard.findIndex(({ data, event }) => event === "task" && data.seq === 2)
    expect(heard.slice(0, at < 0 ? undefined : at).some(({ data }) => data.envelope?.seq === 2)).toBe(true)
  }))

test("whoever begins far behind hears of each task, also when somebody else is far ahead", () =>
  withStore(async (store) => {
    for (let task = 0; task < 450; task++) await run(store.create({ kind: "copy", request: {}, origin: "service" }))
    const changesAfter = RecentChanges.make(store)
    const all = async (from: number): Promise<ReadonlyArray<number>> => {
      const numbers: Array<number> = []
      for (let after = from; ; ) {
        const some = await run(changesAfter(after))
        if (some.length === 0) return numbers
        numbers.push(...some.map(({ number }) => number))
        after = some.at(-1)!.number
      }
    }
    const end = await run(store.position)
    expect(await all(end)).toEqual([])
    const numbers = await all(0)
    expect(new Set(numbers).size).toBe(450)
    expect(numbers).toHaveLength(450)
    expect(await all(end - 10)).toEqual(numbers.slice(-10))
  }))

test("a text that is nearly a position is no trouble", () => {
  expect(Position.read(`1;1:${"11111111:".repeat(40)}!`)).toBeUndefined()
  expect(Position.read("812;01abc:57,01abd:3")?.facts.get("01abd")).toBe(3)
})

test("a position that this journal has not reached is answered by a reset", () =>
  withStore(async (store) => {
    await claimed(store)
    for (const from of ["999999", "nonsense", "1;x"]) {
      const heard = await listen(store, from, [], (all) => all.length > 0)
      expect(heard[0]).toMatchObject({ event: "reset", id: String(await run(store.position)) })
    }
  }))

test("facts that are not kept any more are answered by a reset", () =>
  withStore(async (store) => {
    const { id, tell } = await claimed(store)
    await tell("a", "b")
    const gone: TaskStore = { ...store, facts: (task, after, limit) => store.facts(task, Math.max(after, 1), limit) }
    const heard = await listen(gone, "0", [id], (all) => facts(all).length > 0)
    expect(heard.slice(0, 2)).toMatchObject([{ event: "reset", id: `0;${id}:1` }, { event: "fact" }])
  }))

test("twenty that listen to one task ask the journal as often as one, and each hears all of it", () =>
  withStore(async (store) => {
    const { id, tell } = await claimed(store)
    for (let batch = 0; batch < 10; batch++) {
      await tell(...Array.from({ length: 200 }, (_, index) => `step ${batch * 200 + index}`))
    }
    let asked = 0
    const counted: TaskStore = {
      ...store,
      facts: (task, after, limit) =>
        Effect.suspend(() =>
          Effect.andThen(
            Effect.sync(() => void asked++),
            store.facts(task, after, limit)
          )
        )
    }
    const reading = SharedReading.make(counted)
    const start = await run(EventStream.start(store, "0", [id]))
    const heard = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const signal = new AbortController().signal
        const reader = EventStream.open({
          context: Context.empty(),
          reading,
          start,
          endsAt: null,
          mayStay: () => true,
          signal,
          onOver: () => {}
        }).getReader()
        let text = ""
        while (facts(parse(text)).length < 2000) text += new TextDecoder().decode((await reader.read()).value)
        await reader.cancel()
        return facts(parse(text))
      })
    )
    const all = Array.from({ length: 2000 }, (_, index) => index + 1)
    for (const one of heard) expect(one).toEqual(all)
    // Pieces of five hundred, and none of them twenty times.
    expect(asked).toBeLessThan(20)
  }))

test("whoever has fallen behind goes on by what others were given, and costs the journal nothing", () =>
  withStore(async (store) => {
    const { id, tell } = await claimed(store)
    await tell(...Array.from({ length: 1_700 }, (_, index) => `step ${index}`))
    let asked = 0
    const counted: TaskStore = {
      ...store,
      facts: (task, after, limit) => Effect.tap(store.facts(task, after, limit), () => Effect.sync(() => void asked++))
    }
    const reading = SharedReading.make(counted)
    const { position } = await run(EventStream.start(store, "0", [id]))
    const follow = async () => {
      let at = position
      let count = 0
      while (count < 1_700) {
        const piece = await run(reading(at))
        at = piece.position
        count += facts(parse(new TextDecoder().decode(piece.bytes))).length
      }
      return Position.write(at)
    }
    const end = await follow()
    const before = asked
    await new Promise((done) => setTimeout(done, 700))
    expect([await follow(), asked]).toEqual([end, before])
  }))

test("those who follow other tasks are told of all tasks, and each change is read and written once for all of them", () =>
  withStore(async (store) => {
    const tasks = await Promise.all(Array.from({ length: 8 }, () => claimed(store)))
    let [asked, read] = [0, 0]
    const counted: TaskStore = {
      ...store,
      changes: (after, limit) =>
        Effect.tap(store.changes(after, limit), ({ tasks }) =>
          Effect.sync(() => {
            asked++
            read += tasks.length
          })
        )
    }
    const reading = SharedReading.make(counted)
    const position = await run(store.position)
    const over = new AbortController()
    const texts = tasks.map(() => "")
    const listening = tasks.map(async ({ id }, index) => {
      const start = await run(EventStream.start(store, String(position), [id]))
      const options = {
        context: Context.empty(),
        reading,
        start,
        endsAt: null,
        mayStay: () => true,
        signal: over.signal,
        onOver: () => {}
      }
      const reader = EventStream.open(options).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        texts[index] += new TextDecoder().decode(value)
      }
    })
    for (const { tell } of tasks) await tell("a")
    const isTold = (text: string) => {
      const heard = parse(text)
      return heard.filter(({ event }) => event === "task").length === 8 && facts(heard).length === 1
    }
    for (let tries = 0; tries < 100 && !texts.every(isTold); tries++) await new Promise((done) => setTimeout(done, 50))
    over.abort()
    await Promise.all(listening)
    expect(texts.map(isTold)).toEqual(texts.map(() => true))
    // Eight changes, and now and then a look that finds none.
    expect(read).toBeLessThan(24)
    expect(asked).toBeLessThan(texts.length * 10)
  }))

test("whoever is cut off between two tasks that changed is told of the second one when they come back", () =>
  withStore(async (store) => {
    const [first, second] = [await claimed(store), await claimed(store)]
    const position = await run(store.position)
    await first.tell("a")
    await second.tell("b")
    const heard = await listen(store, String(position), [], (all) => all.length === 2)
    expect(heard.map(({ data }) => data.id)).toEqual([first.id, second.id])
    const again = await listen(store, heard[0]!.id, [], (all) => all.length > 0)
    expect(again.map(({ data }) => data.id)).toEqual([second.id])
  }))

test("a task is not said to have got further than what was told of it, however much that is", () =>
  withStore(async (store) => {
    const { id, tell } = await claimed(store)
    await tell(...Array.from({ length: 1_200 }, (_, index) => `step ${index}`))
    const heard = await listen(store, "0", [id], (all) => all.some(({ event }) => event === "task"))
    let seen = 0
    for (const { data, event } of heard) {
      if (event === "fact") seen = data.envelope.seq
      else expect(data.seq).toBeLessThanOrEqual(seen)
    }
    expect(seen).toBe(1_200)
  }))

test("what is told of a task is what the API says of it, and nothing besides", () =>
  withStore(async (store) => {
    const { id } = await claimed(store)
    const decode = Schema.decodeUnknownSync(Schema.toCodecJson(TaskListAnswer), { onExcessProperty: "error" })
    const [task] = decode(JSON.parse(await run(TaskListing.make(store)({ limit: 10 })))).tasks
    expect(task?.id).toBe(id)
    const [told] = await listen(store, "0", [], (all) => all.length > 0)
    expect(told?.data).toEqual(JSON.parse(JSON.stringify(task)))
  }))

test("a stream ends when its session does", () =>
  withStore(async (store) => {
    const heard = await listen(store, undefined, [], () => false, Date.now())
    expect(heard).toEqual([])
  }))

test("positions are read as they are written", () => {
  const position = {
    change: 7,
    facts: new Map([
      ["01abc", 3],
      ["01abd", 0]
    ])
  }
  expect(Position.read(Position.write(position))).toEqual(position)
  expect(Position.read("7;")).toEqual({ change: 7, facts: new Map() })
  for (const text of ["", "-1", "1;a", "1;A:1", "1e9", "9".repeat(20)]) expect(Position.read(text)).toBeUndefined()
})
