/**
 * The service: what it takes when nothing happens, how soon others hear of what does, and how fast it answers while eight tasks
 * run and others listen.
 */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as http from "node:http"
import * as os from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { current } from "@ourclone/core/machine/ProcessIdentity"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import { noTotals } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import { pageFigures } from "./pageFigures.ts"

const tasks = 8
const listeners = 20
const connections = 20
const measureMillis = 5_000

interface Service {
  /** For the first password. */
  readonly setUpLink: string
  readonly child: ChildProcess
  readonly socket: string
  readonly folder: string
}

const start = async (program: ReadonlyArray<string>): Promise<Service> => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-bench-service-")))
  const socket = path.join(folder, "socket")
  const data = path.join(folder, "data")
  fs.mkdirSync(data)
  const [command = "", ...words] = program
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_STATE_HOME: path.join(folder, "state"),
    XDG_CACHE_HOME: path.join(folder, "cache"),
    OURCLONE_CONFIG: path.join(folder, "settings", "config.toml")
  }
  const child = spawn(command, [...words, "serve", "--addr", "127.0.0.1:0", "--socket", socket, "--root", data], {
    env,
    stdio: ["ignore", "ignore", "pipe"]
  })
  const lines = createInterface({ input: child.stderr! })
  let setUpLink = ""
  for await (const line of lines) {
    setUpLink = /set it up.*?(http:\S+)/.exec(line)?.[1] ?? ""
    if (setUpLink !== "") break
  }
  child.stderr?.resume()
  return { child, socket, folder, setUpLink }
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 })

const ask = (socketPath: string, pathname: string, method = "GET", body?: unknown): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" }
    const request = http.request({ socketPath, path: pathname, method, agent, headers }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece
      })
      response.once("end", () => resolve(text))
    })
    request.once("error", reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })

const quantile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** Requests one after the other on each of some connections. */
const load = async (name: string, socket: string, pathname: string): Promise<number> => {
  const times: Array<number> = []
  const until = performance.now() + measureMillis
  const one = async () => {
    while (performance.now() < until) {
      const began = performance.now()
      await ask(socket, pathname)
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  times.sort((left, right) => left - right)
  const rate = Math.round((times.length * 1000) / measureMillis)
  const [middle, late] = [quantile(times, 0.5), quantile(times, 0.99)]
  console.log(`  ${name}: ${rate} a second, median ${middle.toFixed(1)} ms, p99 ${late.toFixed(1)} ms`)
  return late
}

/** Resident bytes, and ticks of the processor, of a process of Linux. */
const usage = (pid: number): { readonly megabytes: number; readonly ticks: number } => {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8")
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return {
    megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
    ticks: Number(fields[11]) + Number(fields[12])
  }
}

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

interface Heard {
  readonly seen: () => number
  /** The longest time, in milliseconds, from when a fact happened until it was heard. */
  readonly late: () => number
  /** Says whether any was missing. */
  readonly stop: () => boolean
}

/** Facts of one task, by number, until it is stopped. Reads no more of them than that, so as to take little from who is measured. */
const listen = (socketPath: string, id: string): Heard => {
  let text = ""
  let seq = 0
  let late = 0
  let isGapless = true
  const request = http.get({ socketPath, path: `/api/v1/events?tasks=${id}&after=0`, agent: false }, (response) => {
    response.setEncoding("utf8").on("data", (piece: string) => {
      text += piece
      const end = text.lastIndexOf("\n\n")
      let at = Number.POSITIVE_INFINITY
      for (const [, next, happened] of text.slice(0, Math.max(0, end)).matchAll(/"seq":(\d+),"at":(\d+)/g)) {
        isGapless &&= Number(next) === seq + 1
        seq = Number(next)
        at = Math.min(at, Number(happened))
      }
      late = Math.max(late, Date.now() - at)
      text = text.slice(Math.max(0, end))
    })
    response.once("error", () => {})
  })
  request.once("error", () => {})
  const stop = () => {
    request.destroy()
    return isGapless
  }
  return { seen: () => seq, late: () => late, stop }
}

const eventsASecond = 10_000
const eventSeconds = 10
const stepMillis = 100

/** Writes facts of one task as its runner would, and says how those who listen hear them. */
const events = async ({ folder, socket }: Service): Promise<void> => {
  const steps = (eventSeconds * 1_000) / stepMillis
  const each = eventsASecond / (1_000 / stepMillis)
  const write = Effect.gen(function* () {
    const store = yield* SqliteStore.make(tasksFile(path.join(folder, "state", "ourclone")))
    const { id } = yield* store.create({ kind: "sync", request: null, origin: "command", isRecord: true })
    const claim = yield* store.claim(current(), 60_000, id)
    if (claim === undefined) throw new Error("the task is not to be had")
    const heard = Array.from({ length: listeners }, () => listen(socket, id))
    const began = performance.now()
    for (let step = 0; step < steps; step++) {
      yield* Effect.promise(() => pause(Math.max(0, began + step * stepMillis - performance.now())))
      const at = Date.now()
      const facts = Array.from({ length: each }, (_, index) => ({
        at,
        fact: { _tag: "Done" as const, deed: "stored" as const, item: `folder/file-${step}-${index}`, bytes: 1_000 }
      }))
      yield* store.commit(claim, { facts, totals: noTotals, outcomes: [], mended: [] }, 60_000)
    }
    const seconds = (performance.now() - began) / 1_000
    const all = steps * each
    for (const end = performance.now() + 30_000; performance.now() < end; ) {
      if (heard.every(({ seen }) => seen() === all)) break
      yield* Effect.promise(() => pause(20))
    }
    const complete = heard.filter((one) => one.stop() && one.seen() === all).length
    const late = Math.max(...heard.map((one) => one.late()))
    yield* store.settle(id, { _tag: "Finished", take: claim.take, failed: 0 })
    console.log(
      `  ${Math.round(all / seconds)} events a second for ${seconds.toFixed(1)} s to ${listeners} listeners: ` +
        `${complete} heard all without a gap, the latest after ${late} ms`
    )
  })
  await Effect.runPromise(Effect.scoped(write))
}

export const service = async (program: ReadonlyArray<string>): Promise<void> => {
  console.log("\nthe service")
  const started = await start(program)
  const { child, folder, socket } = started
  try {
    if (process.platform === "linux" && child.pid !== undefined) {
      await pause(3_000)
      const before = usage(child.pid)
      await pause(10_000)
      const after = usage(child.pid)
      console.log(`  idle: ${after.megabytes.toFixed(0)} MB, ${(after.ticks - before.ticks) / 10} % of a processor`)
    }
    const health = await load("/health, idle", socket, "/health")
    await load("list of tasks, idle", socket, "/api/v1/tasks")
    await events(started)
    await pageFigures(started.setUpLink, path.join(folder, "state", "ourclone"))

    const data = path.join(folder, "data")
    for (let index = 0; index < tasks; index++) {
      const from = path.join(data, `from${index}`)
      fs.mkdirSync(from)
      for (let file = 0; file < 1_500; file++) fs.writeFileSync(path.join(from, `${file}`), "x".repeat(2_000))
    }
    await ask(socket, "/api/v1/settings", "PATCH", { runningAtOnce: tasks })
    const ids: Array<string> = []
    for (let index = 0; index < tasks; index++) {
      const request = {
        source: path.join(data, `from${index}`),
        destination: path.join(data, `to${index}`),
        bwlimit: "200k"
      }
      ids.push((JSON.parse(await ask(socket, "/api/v1/tasks", "POST", { kind: "sync", request })) as { id: string }).id)
    }
    const followed = Array.from({ length: listeners }, (_, index) => ({
      id: ids[index % tasks]!,
      heard: listen(socket, ids[index % tasks]!)
    }))
    for (;;) {
      const { tasks: running } = JSON.parse(await ask(socket, "/api/v1/tasks?state=Running")) as {
        tasks: Array<unknown>
      }
      if (running.length === tasks) break
      await pause(200)
    }
    const busyHealth = await load(`/health, ${tasks} syncs and ${listeners} listeners`, socket, "/health")
    const list = await load("list of tasks, the same", socket, "/api/v1/tasks")
    console.log(`  p99 of the list: ${(list / Math.max(busyHealth, health, 0.1)).toFixed(1)} times that of /health`)
    const facts = followed.map(({ heard, id }) => ({ id, seen: heard.seen(), isGapless: heard.stop() }))
    const gapless = facts.filter(({ isGapless }) => isGapless).length
    const sum = facts.reduce((total, { seen }) => total + seen, 0)
    console.log(`  ${sum} facts to ${listeners} listeners, ${gapless} of them without a gap`)
    for (const id of ids) await ask(socket, `/api/v1/tasks/${id}/cancel`, "POST")
    await pause(1_500)
  } finally {
    const ended = new Promise((resolve) => child.once("exit", resolve))
    child.kill("SIGTERM")
    await ended
    agent.destroy()
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 })
  }
}
