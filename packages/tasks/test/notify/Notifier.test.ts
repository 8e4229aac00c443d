import * as fs from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { onTestFinished } from "vitest"
import * as Notifier from "../../src/notify/Notifier.ts"
import * as Sending from "../../src/notify/Sending.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import { plain } from "../../src/task/Schedule.ts"

interface Heard {
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** Answers what it is told to, and keeps what it hears. */
const listen = Effect.promise(
  () =>
    new Promise<{ readonly url: string; readonly heard: Array<Heard>; answer: number }>((resolve) => {
      const heard: Array<Heard> = []
      const state = { url: "", heard, answer: 200 }
      const server = http.createServer((request, reply) => {
        let body = ""
        request.on("data", (piece) => {
          body += piece
        })
        request.on("end", () => {
          heard.push({ path: request.url ?? "", headers: request.headers, body })
          reply.writeHead(state.answer, { location: "/elsewhere" }).end()
        })
      })
      onTestFinished(() => {
        server.closeAllConnections()
        server.close()
      })
      server.listen(0, "127.0.0.1", () => {
        state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        resolve(state)
      })
    })
)

const owner = { host: "here", pid: 1, birth: "1" }
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

const prepared = Effect.gen(function* () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "notify-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const clock = yield* Clock.Clock
  yield* TestClock.setTime(Date.parse("2026-05-01T12:00:00Z"))
  const store = yield* SqliteStore.make(path.join(folder, "tasks.sqlite"), {
    clock: () => clock.currentTimeMillisUnsafe()
  })
  const sink = yield* listen
  const configuration = path.join(folder, "config.toml")
  const configure = (text: string) => fs.writeFileSync(configuration, text, { mode: 0o600 })
  configure(
    `[notifications.hook]\ntype = "webhook"\nurl = "${sink.url}/hook"\nsecret = "${secret}"\nonMyNetwork = true\n`
  )
  const surroundings = { environment: {}, home: folder, directory: folder }
  const turn = Notifier.turn({ store, configuration, surroundings })
  const schedule = yield* store.schedules.create(
    { ...plain, name: "nightly", kind: "sync", request: {}, cron: "0 2 * * *", zone: "UTC" },
    null
  )
  /** A run of the schedule that ends so. */
  const run = Effect.fnUntraced(function* (failed: number) {
    yield* TestClock.adjust(1)
    const { id } = yield* store.create({ kind: "sync", request: {}, origin: "schedule", schedule: schedule.id })
    const claim = yield* store.claim(owner, 1_000, id)
    const totals = { ...claim!.task.totals, done: 3, failed }
    const batch = { facts: [], outcomes: [], mended: [], totals }
    yield* store.settle(id, { _tag: "Finished", take: claim!.take, failed }, batch)
    return id
  })
  // What was before nobody is told of.
  yield* run(1)
  yield* turn
  return { configure, run, sink, store, turn }
})

const bodies = (heard: ReadonlyArray<Heard>) => heard.map(({ body }) => JSON.parse(body))

describe("notifications", () => {
  it("are signed as Standard Webhooks says", () => {
    expect(Sending.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')).toBe(
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
  })

  it.effect("tell of a failure and of what is well again, each once, and of nothing else", () =>
    Effect.gen(function* () {
      const { run, sink, turn } = yield* prepared
      expect(sink.heard).toEqual([])
      for (const failed of [2, 0, 0]) {
        yield* run(failed)
        yield* turn
        yield* turn
      }
      expect(bodies(sink.heard).map(({ data, type }) => [type, data.title, data.schedule])).toEqual([
        ["task.failure", "nightly: 2 failed", "nightly"],
        ["task.recovery", "nightly is well again", "nightly"]
      ])
      const [{ body, headers }] = sink.heard as [Heard]
      const [id, at] = [String(headers["webhook-id"]), Number(headers["webhook-timestamp"])]
      expect(headers["webhook-signature"]).toBe(Sending.signature(secret, id, at, body))
    })
  )

  it.effect("tell of a task that waits for a key or for space, with the reason, once for each of its runs", () =>
    Effect.gen(function* () {
      const { sink, store, turn } = yield* prepared
      const { id } = yield* store.create({ kind: "sync", request: {}, origin: "service" })
      const failure = { code: "Unauthenticated", message: "photos refused the key", isRetryable: false }
      const wait = Effect.fnUntraced(function* (reason: "credentials" | "network") {
        const { take, task } = (yield* store.claim(owner, 1_000, id))!
        const batch = { facts: [], outcomes: [], mended: [], totals: task.totals }
        const blocked = { _tag: "Blocked", take, for: reason, until: null, failure } as const
        for (const input of [blocked, { _tag: "Unblocked", take } as const, blocked]) {
          yield* store.commit({ take, task }, batch, 1_000, input)
          yield* turn
        }
        expect((yield* store.load(id)).state).toEqual({ ...blocked, _tag: "Waiting" })
        yield* store.settle(id, { _tag: "OwnerEnded", take })
      })
      for (const reason of ["credentials", "credentials", "network"] as const) yield* wait(reason)
      const told = bodies(sink.heard).map(({ data, type }) => [type, data.title, data.text.split("\n")[0]])
      const once = ["task.failure", `sync ${id} waits for another key or password`, "photos refused the key"]
      expect(told).toEqual([once, once])
    })
  )

  it.effect("that are not taken are tried again under the same id, ever later, and given up in the end", () =>
    Effect.gen(function* () {
      const { run, sink, store, turn } = yield* prepared
      sink.answer = 302
      yield* run(1)
      yield* turn
      yield* turn
      expect(sink.heard).toHaveLength(1)
      expect(yield* store.deliveries.problems(10)).toMatchObject([{ error: expect.stringContaining("answered 302") }])
      for (let hour = 0; hour < 40; hour++) {
        yield* TestClock.adjust("1 hour")
        yield* turn
      }
      const hooks = sink.heard.filter(({ body }) => JSON.parse(body).type === "task.failure")
      expect(hooks).toHaveLength(7)
      expect(new Set(hooks.map(({ headers }) => headers["webhook-id"])).size).toBe(1)
      expect(sink.heard.every((one) => one.path === "/hook")).toBe(true)
    })
  )

  it.effect("tell once that a schedule has had no good run for two turns", () =>
    Effect.gen(function* () {
      const { run, sink, turn } = yield* prepared
      yield* run(0)
      yield* TestClock.adjust("2 days")
      yield* turn
      expect(bodies(sink.heard).map(({ type }) => type)).not.toContain("task.absence")
      yield* TestClock.adjust("1 day")
      yield* turn
      yield* turn
      expect(bodies(sink.heard).filter(({ type }) => type === "task.absence")).toHaveLength(1)
    })
  )

  it.effect("reach no address of the own network unless that is said, and nobody who does not want them", () =>
    Effect.gen(function* () {
      const { configure, run, sink, store, turn } = yield* prepared
      const { url } = sink
      configure(
        `[notifications.hook]\ntype = "webhook"\nurl = "${url}"\n[notifications.name]\ntype = "ntfy"\nurl = "${url.replace("127.0.0.1", "localhost")}"\n[notifications.other]\ntype = "webhook"\nurl = "${url}"\nonMyNetwork = true\nschedules = ["another"]\n`
      )
      yield* run(1)
      yield* turn
      expect(sink.heard).toEqual([])
      const problems = yield* store.deliveries.problems(10)
      expect(problems.map(({ target }) => target).toSorted()).toEqual(["hook", "name"])
      for (const { error } of problems) expect(error).toContain("own network")
      const own = [
        ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255"],
        ...["192.168.0.1", "::", "::1", "fc00::1", "fdff::1", "fe80::1"],
        ...["::ffff:192.168.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1"]
      ]
      expect(Sending.refusal("two.example", ["8.8.8.8", "10.1.2.3"])?.message).toContain("own network")
      expect(Sending.refusal("two.example", ["8.8.8.8", "8.8.4.4"])).toBeUndefined()
      for (const address of own) expect([address, Sending.isOwn(address)]).toEqual([address, true])
      for (const address of [
        "8.8.8.8",
        "100.128.0.1",
        "172.32.0.1",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808"
      ]) {
        expect([address, Sending.isOwn(address)]).toEqual([address, false])
      }
    })
  )

  it.effect("go to a topic, and to a check that hears of each end", () =>
    Effect.gen(function* () {
      const { configure, run, sink, turn } = yield* prepared
      configure(
        `[notifications.phone]\ntype = "ntfy"\nurl = "${sink.url}/topic"\ntoken = "t"\nonMyNetwork = true\n[notifications.check]\ntype = "healthchecks"\nurl = "${sink.url}/uuid"\nonMyNetwork = true\n`
      )
      yield* run(0)
      yield* turn
      yield* run(1)
      yield* turn
      expect(sink.heard.map((one) => one.path).toSorted()).toEqual(["/topic", "/topic", "/uuid", "/uuid/fail"])
      const topic = sink.heard.find((one) => one.path === "/topic")
      expect(topic?.headers).toMatchObject({ title: "nightly is well again", authorization: "Bearer t" })
    })
  )
})
