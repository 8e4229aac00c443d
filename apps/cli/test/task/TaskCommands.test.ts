import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import * as OpenStore from "@ourclone/tasks/store/OpenStore"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { makeCli } from "../Cli.ts"
import { makeWorld, tagged, until } from "./TaskWorld.ts"

const main = path.join(import.meta.dirname, "../../src/main.ts")

const tasksOf = (out: string) =>
  out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))

test("a run that changed something is listed with what it did; one that changed nothing, or only looked, is not", async () => {
  const cli = makeCli()
  cli.write("from/a", "one")
  cli.write("from/b", "two")
  expect((await cli.run("copy", "--dry-run", "@/from", "@/to")).code).toBe(0)
  expect((await cli.run("task", "list", "--json")).out).toBe("")
  expect(await cli.run("copy", "@/from", "@/to")).toMatchObject({
    code: 0,
    error: expect.not.stringContaining("SQLite")
  })
  expect((await cli.run("copy", "@/from", "@/to")).code).toBe(0)
  expect((await cli.run("check", "@/from", "@/to")).code).toBe(0)
  expect((await cli.run("task", "list")).out).toContain("from to ")
  const [task, ...others] = tasksOf((await cli.run("task", "list", "--json")).out)
  expect(others).toEqual([])
  expect(task).toMatchObject({
    kind: "copy",
    origin: "command",
    state: { _tag: "Done", failed: 0 },
    totals: { files: 2, done: 2, doneBytes: 6 },
    summary: { stored: 2 },
    owner: null
  })
  const shown = await cli.run("task", "show", task.id.slice(0, 13))
  expect(shown.out).toContain("2 of 2 files, 6 B")
  expect((await cli.run("task", "why", "a")).out).toContain("copied a (3 B)")
  expect(await cli.run("task", "why", "none")).toMatchObject({ code: 4, error: expect.stringContaining('"none"') })
  expect(await cli.run("task", "pause", task.id)).toMatchObject({
    code: 1,
    error: expect.stringContaining(`task ${task.id} is done and can not be paused now`)
  })
  const watched = await cli.run("task", "watch", task.id)
  expect(watched).toMatchObject({ code: 0, error: expect.stringContaining("done: 2 of 2 files") })
  expect((await cli.run("task", "prune", "--older-than", "0")).error).toContain("1 tasks and")
  expect((await cli.run("task", "list", "--all")).error).toBe("no task is known\n")
  expect(await cli.run("task", "show", task.id)).toMatchObject({ code: 4 })
})

test("what failed is named with its reason, and the code is that of a run with failures", async () => {
  const cli = makeCli()
  cli.write("from/a", "one")
  cli.write("from/c/d", "two")
  cli.write("to/c", "a file where a folder should be")
  expect((await cli.run("copy", "@/from", "@/to")).code).toBe(3)
  const [task] = tasksOf((await cli.run("task", "list", "--json")).out)
  const shown = await cli.run("task", "show", task.id)
  expect(shown.out).toContain("done, 1 failed")
  expect(shown.out).toContain("  c/d: ")
  expect((await cli.run("task", "watch", task.id)).code).toBe(3)
  expect((await cli.run("task", "why", "c/d")).out).toContain("failed: ")
})

test("of a run that is divided it is said how many ranges it is cut into, and where they are", async () => {
  const cli = makeCli()
  const place = path.join(cli.folder, "state", "ourclone")
  const store = OpenStore.open({ stateDirectory: place, database: undefined })
  const asked = { kind: "sync", request: { source: "a:b", destination: "b:b" }, origin: "service" } as const
  const id = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const { claim, create } = yield* store
        const { id } = yield* create(asked)
        yield* claim({ host: "nas1", pid: 1, birth: "1" }, 600_000, id)
        const parts = [1, 2, 3, 4].map(() => create({ ...asked, kind: "range", parent: id }))
        const [one, two, three] = yield* Effect.all(parts)
        for (const part of [one, two]) yield* claim({ host: "nas2", pid: 1, birth: "1" }, 600_000, part?.id)
        yield* claim({ host: "nas1", pid: 1, birth: "1" }, 600_000, three?.id)
        return id
      })
    )
  )
  const shown = await cli.run("task", "show", id)
  expect(shown.out).toMatch(/^ranges {2}4 under way: 1 on nas1, 2 on nas2, 1 waiting$/m)
})

test("a journal that can not be written is told in one line, and changes nothing else", async () => {
  const cli = makeCli()
  cli.write("from/a", "one")
  cli.write("state/ourclone/tasks/journal.sqlite", "this is no database, whatever it is called")
  const { code, error } = await cli.run("copy", "@/from", "@/to")
  expect(code).toBe(0)
  expect(error.split("\n").filter((line) => line.includes("this run is in no list of tasks"))).toHaveLength(1)
  expect(cli.read("to/a")).toBe("one")
})

test("the journal itself is in no copy, and a sync into the folder around it leaves it alone", async () => {
  const cli = makeCli({ environment: { XDG_STATE_HOME: "@/home/state" } })
  cli.write("home/a", "one")
  expect((await cli.run("mkdir", "@/other")).code).toBe(0)
  expect(cli.list("home").filter((name) => name.startsWith("state/ourclone/tasks/"))).not.toEqual([])
  expect((await cli.run("copy", "@/home", "@/to")).code).toBe(0)
  expect(cli.list("to").filter((name) => name.includes("tasks"))).toEqual([])
  expect((await cli.run("check", "@/home", "@/to", "--exclude", "locks/**")).code).toBe(0)
  cli.write("from/b", "two")
  expect((await cli.run("sync", "@/from", "@/home", "--exclude", "locks/**")).code).toBe(0)
  expect(cli.list("home").filter((name) => !name.startsWith("state/ourclone/"))).toEqual(["b"])
  expect(JSON.parse((await cli.run("task", "list", "--json", "--limit", "1")).out).kind).toBe("sync")
})

test("a run in another terminal is cancelled here: it ends with its code and says who did it", async () => {
  const world = makeWorld()
  for (const name of ["a", "b", "c"]) world.write(`from/${name}`, "x".repeat(50_000))
  const words = ["copy", world.at("from"), world.at("to"), "--bwlimit", "off:500b"]
  const child = spawn(process.execPath, [main, ...words], {
    env: world.environment,
    stdio: ["ignore", "ignore", "pipe"]
  })
  let error = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    error += text
  })
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve))
  const task = await world.withStore((store) =>
    Effect.gen(function* () {
      for (;;) {
        const [found] = yield* store.list({ limit: 1 })
        if (found !== undefined) {
          yield* until(store, found.id, tagged("Running"))
          yield* store.wish(found.id, { _tag: "Cancel", by: "ann" })
          return yield* until(store, found.id, tagged("Cancelled"))
        }
        yield* Effect.sleep(20)
      }
    })
  )
  expect(await ended).toBe(130)
  expect(error).toContain("stopped after 1 file")
  expect(error).toContain("cancelled by ann")
  expect(task).toMatchObject({ state: { by: "ann" }, isRecord: true, totals: { done: 1 } })
  expect(fs.readdirSync(world.at("to"))).toEqual(["a"])
})

test("a task that was paused goes on when it is resumed, though no service runs", async () => {
  const world = makeWorld()
  world.write("from/a", "one")
  const cli = makeCli({ environment: { ...world.environment } })
  const request = { source: world.at("from"), destination: world.at("to") }
  const { id } = await world.withStore((store) =>
    Effect.flatMap(store.create({ kind: "copy", request, origin: "service" }), ({ id }) =>
      store.wish(id, { _tag: "Pause", by: "ann" })
    )
  )
  expect((await cli.run("task", "list")).out).toContain("paused by ann")
  expect((await cli.run("task", "resume", id)).code).toBe(0)
  await world.withStore((store) => until(store, id, tagged("Done")))
  expect(fs.readFileSync(world.at("to/a"), "utf8")).toBe("one")
  expect((await cli.run("task", "retry", id)).code).toBe(0)
  const again = await world.withStore((store) =>
    until(store, id, ({ take, state }) => take === 2 && state._tag === "Done")
  )
  expect(again.summary).toMatchObject({ stored: 0, same: 1 })
})
