/**
 * `npm run exec node tooling/trials/kill-tasks.ts [-- --count N --seed N --freezes N]`: kills runners of tasks, and the
 * service that starts them, with SIGKILL at random moments while bytes move; `freezes` of them stop for longer than their
 * lease and wake.
 *
 * Tasks are syncs to the B2 emulator. In the end each has completed once, its facts have no gap, what is stored is what was to be,
 * there are no more versions than files and those that a kill caught on their way, each of which is named, and the journal's
 * file is sound. Ends with 1 where not, and leaves its folder behind.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import type { Version } from "@ourclone/core/contract/Versions"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Deferral from "@ourclone/tasks/runner/Deferral"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import { build, ownRoot } from "../bench/Checkout.ts"
import { startEmulator } from "../bench/EmulatorProcess.ts"
import { compareTrees } from "../compareTrees.ts"
import { seededRandom } from "./seededRandom.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    freezes: { type: "string", default: "1" }
  }
})
const [count, seed, freezes] = [Number(values.count), Number(values.seed), Number(values.freezes)]
const random = seededRandom(seed)
const below = (limit: number) => Math.floor(random() * limit)

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-kill-tasks-"))
const at = (name: string) => path.join(folder, name)
/** Parts so small that a large file of several is sent in a moment. */
const partSize = 100_000
const emulator = await startEmulator([
  "--latency",
  "40ms",
  "--minimum-part-size",
  `${partSize}`,
  "--recommended-part-size",
  `${partSize}`
])
const { program } = build(ownRoot)
const environment = {
  ...process.env,
  OURCLONE_CONFIG: at("config.toml"),
  XDG_STATE_HOME: at("state"),
  XDG_CACHE_HOME: at("cache")
}
fs.writeFileSync(
  at("config.toml"),
  `[remotes.b2]\ntype = "b2"\nkeyId = "${emulator.keyId}"\napplicationKey = "${emulator.key}"\nendpoint = "${emulator.endpoint}"\n`,
  { mode: 0o600 }
)
const journal = tasksFile(path.join(at("state"), "ourclone"))

const ourclone = (...args: ReadonlyArray<string>): string => {
  const [command = "", ...words] = [...program, ...args]
  const ended = spawnSync(command, words, { env: environment, encoding: "utf8", maxBuffer: 1 << 28 })
  if (ended.status === 0) return ended.stdout
  throw new Error(`ourclone ${args.join(" ")} ended with ${ended.status ?? ended.signal}:\n${ended.stderr}`)
}

const fail = (message: string): never => {
  throw new Error(message)
}

let service: ChildProcess | undefined
const startService = (): void => {
  const [command = "", ...words] = [...program, "serve", "--addr", "127.0.0.1:0", "--root", folder]
  service = spawn(command, words, { env: environment, stdio: ["ignore", "ignore", "pipe"] })
  service.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (/error|runner of task/.test(text)) process.stderr.write(text)
  })
}

const endService = async (): Promise<void> => {
  if (service === undefined || service.exitCode !== null || service.signalCode !== null) return
  const ended = once(service, "exit")
  service.kill("SIGKILL")
  await ended
}

const files = 400
/** A source of its own for each task, some of it in several parts. */
const writeSource = (number: number): string => {
  const source = at(`source-${number}`)
  for (let index = 0; index < files; index++) {
    const bytes = Buffer.alloc(index % 50 === 0 ? 6 * partSize : below(8_000), `${number} ${index} `)
    fs.mkdirSync(path.join(source, `${index % 7}`), { recursive: true })
    fs.writeFileSync(path.join(source, `${index % 7}`, `file-${index}`), bytes)
  }
  return source
}

const submit = (store: TaskStore, number: number): Promise<Task> => {
  const request = { source: writeSource(number), destination: `b2:kill-tasks/${number}` }
  return Effect.runPromise(store.create({ kind: "sync", request, origin: "service" }))
}

const held = { runner: 0, service: 0, freeze: 0 }
/** When a runner of the task with that id was stopped, and when it could do nothing more. */
const stops: Array<{ readonly task: string; readonly from: number; readonly to: number }> = []
const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** Longer than a lease. */
const freezeMillis = 12_000
/** What is on its way to the storage arrives, and a runner that wakes finds that it has lost its task. */
const arrivesMillis = 5_000

/** By task and take: how much was done when its runner was seen first. */
const seen = new Map<string, number>()

/** Most of those that moved something since they began; some at any moment, but not so often that the task is given up. */
const victims = (tasks: ReadonlyArray<Task>): ReadonlyArray<readonly [id: string, pid: number]> =>
  tasks.flatMap(({ deferrals, id, owner, state, take, totals }) => {
    // One that was killed already is still said to have the task until somebody finds it dead.
    if (owner === null || hasEnded(state) || ProcessIdentity.hasEnded(owner)) return []
    const key = `${id}/${take}`
    const before = seen.get(key) ?? totals.done
    seen.set(key, before)
    const isEarly = deferrals < Deferral.most - 1 && random() < 0.05
    return totals.done > before || isEarly ? [[id, owner.pid] as const] : []
  })

const disturb = async (tasks: ReadonlyArray<Task>): Promise<void> => {
  const found = victims(tasks)
  const [task, pid] = found[below(found.length)] ?? []
  if (task === undefined || pid === undefined) return
  const draw = random()
  if (draw < 0.2) {
    await endService()
    held.service++
    startService()
    return
  }
  const from = Date.now()
  if (held.freeze < freezes && draw < 0.3) {
    if (!signal(pid, "SIGSTOP")) return
    held.freeze++
    stops.push({ task, from, to: from + freezeMillis + arrivesMillis })
    setTimeout(() => signal(pid, "SIGCONT"), freezeMillis)
  } else if (signal(pid, "SIGKILL")) {
    held.runner++
    stops.push({ task, from, to: from + arrivesMillis })
  }
}

const kills = () => held.runner + held.service

const factsOf = async (store: TaskStore, { id, seq }: Task): Promise<ReadonlyArray<Envelope>> => {
  const facts = await Effect.runPromise(store.facts(id, 0, seq + 10))
  const gap = facts.findIndex((fact, index) => fact.seq !== index + 1)
  if (gap >= 0 || facts.length !== seq) fail(`task ${id} has a gap at ${gap + 1}, and ${facts.length} of ${seq} facts`)
  return facts
}

const checkTask = async (store: TaskStore, task: Task): Promise<void> => {
  if (task.state._tag !== "Done" || task.state.failed > 0) fail(`task ${task.id} is ${JSON.stringify(task.state)}`)
  const facts = await factsOf(store, task)
  const ends = facts.filter(({ event }) => event._tag === "Finished" && event.outcome === "done").length
  if (ends !== 1) fail(`task ${task.id} completed ${ends} times`)
}

/** Names the files that were stored more than once, each of which was on its way when a runner of its task was stopped. */
const checkStored = (tasks: ReadonlyArray<Task>): ReadonlyArray<string> => {
  ourclone("sync", "b2:kill-tasks", at("copy"))
  for (const number of tasks.keys()) {
    const { differences } = compareTrees(at(`source-${number}`), at(`copy/${number}`))
    if (differences.length > 0) fail(`task ${number}: ${differences.slice(0, 5).join(", ")}`)
  }
  const lines = ourclone("versions", "--json", "b2:kill-tasks").trim().split("\n")
  const byPath = Map.groupBy(
    lines.map((line): Version => JSON.parse(line)),
    (version) => version.path
  )
  return [...byPath].flatMap(([path, versions]) => {
    if (versions.length === 1) return []
    const task = tasks[Number(path.split("/")[0])]?.id
    const times = versions.map(({ storedAt }) => storedAt)
    const first = Math.min(...times)
    // What was there when its runner was stopped is seen by the next one.
    const wasOnItsWay = stops.some(({ from, task: stopped, to }) => stopped === task && first >= from && first <= to)
    if (versions.length > 2 || !wasOnItsWay) fail(`${path} was stored at ${times.join(", ")}, and no kill explains it`)
    return [path]
  })
}

const mostAtOnce = 3
/** Runners as they were seen last. */
let running: ReadonlyArray<number> = []

const endRunning = () => {
  for (const pid of running) signal(pid, "SIGKILL")
}
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => {
    endRunning()
    service?.kill("SIGKILL")
    void emulator.stop().then(() => process.exit(1))
  })
}

const trial = Effect.gen(function* () {
  const store = yield* SqliteStore.make(journal)
  const ids: Array<string> = []
  const add = Effect.map(
    Effect.suspend(() => Effect.promise(() => submit(store, ids.length))),
    ({ id }) => void ids.push(id)
  )
  startService()
  let told = 0
  for (;;) {
    yield* Effect.promise(() => sleep(20 + below(180)))
    const tasks = yield* Effect.forEach(ids, (id) => store.load(id))
    const left = tasks.filter(({ state }) => !hasEnded(state))
    const broken = tasks.find(({ state }) => state._tag === "Failed")
    if (broken !== undefined) fail(`task ${broken.id} is ${JSON.stringify(broken.state)}`)
    running = left.flatMap(({ owner }) => (owner === null ? [] : [owner.pid]))
    if (kills() >= count) {
      if (left.length === 0) break
      continue
    }
    yield* Effect.promise(() => disturb(left))
    for (let missing = mostAtOnce - left.length; missing > 0; missing--) yield* add
    if (kills() < told + 20) continue
    told = kills()
    console.log(`${told} kills so far, ${ids.length - left.length} of ${ids.length} tasks done`)
  }
  const tasks = yield* Effect.forEach(ids, (id) => store.load(id))
  for (const task of tasks) yield* Effect.promise(() => checkTask(store, task))
  const takes = tasks.reduce((sum, { take }) => sum + take, 0)
  return { tasks: tasks.length, takes, twice: checkStored(tasks) }
}).pipe(Effect.onError(() => Effect.sync(endRunning)))

try {
  ourclone("bucket", "create", "b2:kill-tasks")
  const { takes, tasks, twice } = await Effect.runPromise(Effect.scoped(trial))
  const database = new DatabaseSync(journal, { readOnly: true })
  const sound = JSON.stringify(database.prepare("pragma integrity_check").all())
  if (sound !== '[{"integrity_check":"ok"}]') fail(sound)
  console.log(
    `seed ${seed}: ${held.runner} kills of runners, ${held.service} of the service and ${held.freeze} freezes held; ` +
      `${tasks} tasks in ${takes} runs, ${twice.length} files stored twice${twice.map((path) => `\n  ${path}`).join("")}`
  )
  fs.rmSync(folder, { recursive: true })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(`seed ${seed}, after ${JSON.stringify(held)}; the files are in ${folder}`)
  process.exitCode = 1
} finally {
  await endService()
  await emulator.stop()
}
