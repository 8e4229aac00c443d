import * as fs from "node:fs"
import * as Follow from "@ourclone/tasks/host/Follow"
import { Effect, Stream } from "effect"
import { expect, test } from "vitest"
import { sendSignal } from "../../src/process/SendSignal.ts"
import { makeCli } from "../Cli.ts"
import { makeWorld, tagged, until } from "./TaskWorld.ts"

/** Files at a rate at which the second takes minutes. */
const slow = (world: ReturnType<typeof makeWorld>) => {
  for (const name of ["a", "b", "c"]) world.write(`slow/${name}`, "x".repeat(50_000))
  return { source: world.at("slow"), destination: world.at("slow-to"), bwlimit: "off:500b" }
}

test("a task that was submitted runs in a process of its own, and who follows it has every fact once", async () => {
  const world = makeWorld()
  world.write("from/a", "one")
  world.write("from/b", "two")
  const { said, task } = await world.hosted((host, store) =>
    Effect.gen(function* () {
      const request = { source: world.at("from"), destination: world.at("to") }
      const { id } = yield* host.submit({ kind: "sync", request, origin: "service", by: "ann" })
      const said = yield* Stream.runCollect(Follow.follow(store, id))
      return { said, task: yield* store.load(id) }
    })
  )
  expect(task).toMatchObject({ state: { _tag: "Done", failed: 0 }, by: "ann", owner: null })
  expect(task.summary).toMatchObject({ stored: 2 })
  expect(task.totals).toMatchObject({ done: 2, doneBytes: 6 })
  const facts = said.flatMap((one) => (one._tag === "Facts" ? one.facts : []))
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1))
  expect(facts.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "done" })
  expect(said.at(-1)).toMatchObject({ _tag: "Task", task: { state: { _tag: "Done" } } })
  expect(fs.readFileSync(world.at("to/b"), "utf8")).toBe("two")
})

test("a runner outlives its starter, and one that was killed is followed by another that ends the task", async () => {
  const world = makeWorld()
  const request = slow(world)
  const first = await world.hosted((host, store) =>
    Effect.flatMap(host.submit({ kind: "copy", request, origin: "service" }), ({ id }) =>
      until(store, id, ({ totals }) => totals.done === 1)
    )
  )
  const { id } = first
  const pid = first.owner!.pid
  await world.withStore((store) =>
    Effect.gen(function* () {
      // Renewing its lease, it lives.
      const { leaseUntil } = yield* store.load(id)
      yield* until(store, id, (task) => task.seq >= 0 && task.state._tag === "Running")
      while ((yield* store.load(id)).leaseUntil === leaseUntil) yield* Effect.sleep(50)
    })
  )
  process.kill(pid, "SIGKILL")
  const second = await world.hosted((_, store) =>
    Effect.gen(function* () {
      const running = yield* until(store, id, (task) => task.take === 2 && task.state._tag === "Running")
      yield* store.wish(id, { _tag: "Cancel", by: "bob" })
      const ended = yield* until(store, id, tagged("Cancelled"))
      const facts = yield* store.facts(id, 0, 1000)
      return { running, ended, facts }
    })
  )
  expect(second.running.owner?.pid).not.toBe(pid)
  expect(second.ended.state).toEqual({ _tag: "Cancelled", by: "bob" })
  expect(second.facts.map(({ seq }) => seq)).toEqual(second.facts.map((_, index) => index + 1))
  expect(second.facts.at(-1)?.event).toEqual({ _tag: "Finished", outcome: "cancelled", by: "bob" })
})

test("a task whose password is not stored waits for it, and goes on when the configuration has it", async () => {
  const world = makeWorld()
  world.write("from/a", "one")
  const cli = makeCli({
    environment: {
      OURCLONE_CONFIG: world.environment.OURCLONE_CONFIG,
      OURCLONE_PASSWORD: "secret"
    }
  })
  expect((await cli.run("repo", "init", "--repo", world.at("repository"))).error).not.toContain("error:")
  const entry = `[repositories.home]\nlocation = "${world.at("repository")}"\n`
  fs.writeFileSync(world.environment.OURCLONE_CONFIG, entry)
  const { ended, shown, waiting } = await world.hosted((host, store) =>
    Effect.gen(function* () {
      const request = { repository: "home", paths: [world.at("from")] }
      const { id } = yield* host.submit({ kind: "backup", request, origin: "schedule" })
      const waiting = yield* until(store, id, tagged("Waiting"))
      const shown = yield* Effect.promise(() => makeCli({ environment: world.environment }).run("task", "show", id))
      yield* Effect.sync(() => fs.writeFileSync(world.environment.OURCLONE_CONFIG, `${entry}password = "secret"\n`))
      return { shown, waiting, ended: yield* until(store, id, tagged("Done")) }
    })
  )
  expect(waiting.state).toMatchObject({
    _tag: "Waiting",
    for: "credentials",
    failure: { message: expect.stringContaining('password of repository "home" is not stored') }
  })
  expect(shown.out).toMatch(/^why +the password of repository "home" is not stored/m)
  expect(ended.summary).toMatchObject({ filesNew: 1 })
  expect(JSON.stringify(ended)).not.toContain("secret")
})

test("a runner that can not even start is tried three times, and the task says why it failed", async () => {
  const world = makeWorld()
  const request = slow(world)
  const failed = await world.hosted(
    (host, store) =>
      Effect.flatMap(host.submit({ kind: "copy", request, origin: "service" }), ({ id }) =>
        until(store, id, tagged("Failed"))
      ),
    {
      command: () => [process.execPath, "-e", "console.error('no disk'); process.exit(9)"],
      environment: world.environment,
      sendSignal
    }
  )
  expect(failed.state).toMatchObject({ failure: { code: "RunnerDied", message: "its runner ended with 9: no disk" } })
})
