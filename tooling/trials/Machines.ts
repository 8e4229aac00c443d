/**
 * Several machines that share their tasks on Postgres, on this one: each a runner with configuration, state and a line to the
 * database of its own. They are killed, frozen and cut off while they copy from one emulator of B2 to another.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Version } from "@ourclone/core/contract/Versions"
import * as PostgresStore from "@ourclone/tasks/store/PostgresStore"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded, isHeld } from "@ourclone/tasks/task/TaskState"
import * as PostgresServer from "@ourclone/tasks/testing/PostgresServer"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type EmulatorProcess, startEmulator } from "../bench/EmulatorProcess.ts"
import { compareTrees } from "../compareTrees.ts"
import { type CutProxy, startProxy } from "./CutProxy.ts"

export interface MachinesOptions {
  /** What runs `ourclone`. */
  readonly program: readonly [string, ...ReadonlyArray<string>]
  readonly tasks: number
  /** Of each task; each file takes more than a second until they may hurry. */
  readonly files: number
  /** Of what kind the tasks are; a sync where nothing is said. */
  readonly kind?: "sync" | "move"
  /** They hurry from the start, so many files at once. */
  readonly transfers?: number
  /** What each destination has besides, and is to have no more. */
  readonly extra?: number
  /** Before each reply of a storage. */
  readonly latency?: string
  /** How long it is waited for what is to come. */
  readonly patienceMillis?: number
}

export interface Machine {
  readonly name: string
  /** Without a word, with all that it runs. */
  readonly kill: () => Promise<void>
  readonly freeze: () => Promise<void>
  readonly wake: () => void
  readonly line: Pick<CutProxy, "cut" | "mend">
  /** So many tasks at once. */
  readonly start: (hands: number) => void
}

export interface Verdict {
  readonly tasks: number
  readonly takes: number
  /** The paths of what was stored once more than it is there: on its way when its runner was stopped. */
  readonly twice: ReadonlyArray<string>
}

export interface Machines {
  /** The tasks. */
  readonly ids: ReadonlyArray<string>
  readonly machines: readonly [Machine, Machine, Machine]
  readonly store: TaskStore
  /** From now on tasks take no longer than they must. */
  readonly hurry: () => Promise<void>
  /** How all tasks stand now. */
  readonly look: () => Promise<ReadonlyArray<Task>>
  /** All that machines are at now, parts of tasks too. */
  readonly held: () => Promise<ReadonlyArray<Task>>
  /** Waits until it is so. Fails where it never is. */
  readonly until: (what: string, isSo: (tasks: ReadonlyArray<Task>) => boolean) => Promise<ReadonlyArray<Task>>
  /** CPU time of both storages so far. */
  readonly storageSeconds: () => number
  /** The paths of all versions at the destination. */
  readonly stored: () => ReadonlyArray<string>
  /** Once all tasks have ended. Fails where one is not as it should be. */
  readonly verify: () => Promise<Verdict>
}

const names = ["one", "two", "three"] as const
const fileBytes = 2_000
/** Bytes a second. */
const slow = 1_500
const remote = (name: string, { endpoint, key, keyId }: EmulatorProcess): string =>
  `[remotes.${name}]\ntype = "b2"\nkeyId = "${keyId}"\napplicationKey = "${key}"\nendpoint = "${endpoint}"\n`

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended.
  }
}

/** Tasks that this machine is at. */
export const heldBy = (tasks: ReadonlyArray<Task>, name: string): ReadonlyArray<Task> =>
  tasks.filter(({ owner, state }) => isHeld(state) && owner?.host === name)

const writeFiles = (folder: string, name: string, files: number, number: number): void => {
  fs.mkdirSync(folder, { recursive: true })
  for (let index = 0; index < files; index++)
    fs.writeFileSync(path.join(folder, `${name}-${index}`), `${number} ${index} `.padEnd(fileBytes, "."))
}

/** Runs `use` with three machines, which are to be started, and tasks that wait for them; nothing is left of it. */
export const withMachines = async <A>(
  {
    extra = 0,
    files,
    kind = "sync",
    latency = "50ms",
    patienceMillis = 180_000,
    program,
    tasks: count,
    transfers
  }: MachinesOptions,
  use: (machines: Machines) => Promise<A>
): Promise<A> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-machines-"))
  const at = (name: string) => path.join(folder, name)
  const closers: Array<() => unknown> = [() => fs.rmSync(folder, { recursive: true, force: true })]
  const closing = <B>(value: B, close: () => unknown): B => {
    closers.unshift(close)
    return value
  }
  try {
    const server = await PostgresServer.start()
    closing(server, server.stop)
    const url = server.create("trial")
    const from = await startEmulator(["--latency", latency])
    closing(from, from.stop)
    const to = await startEmulator(["--latency", latency])
    closing(to, to.stop)
    fs.writeFileSync(at("config.toml"), remote("from", from) + remote("to", to), { mode: 0o600 })
    const environmentOf = (name: string): NodeJS.ProcessEnv => ({
      PATH: process.env.PATH,
      HOME: folder,
      OURCLONE_CONFIG: at("config.toml"),
      OURCLONE_MACHINE: name,
      OURCLONE_MAY_SLEEP: "1",
      XDG_STATE_HOME: at(`${name}-state`),
      XDG_CACHE_HOME: at(`${name}-cache`)
    })
    const ourclone = (...words: ReadonlyArray<string>): string => {
      const [command, ...first] = program
      const ended = spawnSync(command, [...first, ...words], {
        env: environmentOf("desk"),
        encoding: "utf8",
        maxBuffer: 256 * 1024 * 1024
      })
      if (ended.status === 0) return ended.stdout
      throw new Error(`ourclone ${words.join(" ")} ended with ${ended.status ?? ended.signal}:\n${ended.stderr}`)
    }
    for (let number = 0; number < count; number++) {
      writeFiles(at(`source/${number}`), "file", files, number)
    }
    ourclone("copy", at("source"), "from:machines", "--transfers", "50")
    ourclone("bucket", "create", "to:machines")
    for (let number = 0; number < count && extra > 0; number++) {
      writeFiles(at(`extra/${number}`), "extra", extra, number)
    }
    if (extra > 0) ourclone("copy", at("extra"), "to:machines", "--transfers", "50")

    const stop = new AbortController()
    const ready = Promise.withResolvers<TaskStore>()
    const opened = Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(PostgresStore.make({ url: Redacted.make(url) }), (store) => {
          ready.resolve(store)
          return Effect.never
        })
      ),
      { signal: stop.signal }
    ).catch(ready.reject)
    const store = await ready.promise
    closing(store, () => {
      stop.abort()
      return opened
    })
    const run = <B, E>(effect: Effect.Effect<B, E>): Promise<B> => Effect.runPromise(effect)
    const ids: Array<string> = []
    for (let number = 0; number < count; number++) {
      const request = {
        source: `from:machines/${number}`,
        destination: `to:machines/${number}`,
        transfers: transfers ?? 1
      }
      const { id } = await run(store.create({ kind, request, origin: "service", machine: "desk" }))
      if (transfers === undefined) await run(store.limit(id, { up: slow, down: slow }))
      ids.push(id)
    }
    const hurry = async () => {
      for (const id of ids) await run(store.limit(id, null))
    }
    const look = () => run(Effect.forEach(ids, store.load))

    const held = () => run(store.list({ states: ["Running", "Waiting"], withParts: true, limit: 1_000 }))

    const makeMachine = async (name: string): Promise<Machine> => {
      const line = await startProxy(server.port)
      closing(line, line.close)
      const environment = { ...environmentOf(name), OURCLONE_DATABASE: url.replace(/:\d+\//, `:${line.port}/`) }
      let host: ChildProcess | undefined
      /** The runner and those of its tasks. */
      const pids = async () => [
        ...(host?.pid === undefined ? [] : [host.pid]),
        ...heldBy(await held(), name).flatMap(({ owner }) => (owner === null ? [] : [owner.pid]))
      ]
      let frozen: ReadonlyArray<number> = []
      const kill = async () => {
        for (const pid of await pids()) signal(pid, "SIGKILL")
        host = undefined
      }
      closing(name, kill)
      return {
        name,
        line,
        kill,
        freeze: async () => {
          frozen = await pids()
          for (const pid of frozen) signal(pid, "SIGSTOP")
        },
        wake: () => {
          for (const pid of frozen) signal(pid, "SIGCONT")
        },
        start: (hands) => {
          const [command, ...first] = program
          // Ends with this process, however that ends.
          const alone = ["--pdeathsig", "KILL", "--", command, ...first]
          host = spawn("setpriv", [...alone, "runner", "--at-once", `${hands}`], {
            env: environment,
            stdio: ["ignore", "ignore", fs.openSync(at(`${name}.log`), "a")]
          })
        }
      }
    }
    const machines = [await makeMachine(names[0]), await makeMachine(names[1]), await makeMachine(names[2])] as const
    const until: Machines["until"] = async (what, isSo) => {
      for (const end = Date.now() + patienceMillis; ; ) {
        const tasks = await look()
        if (isSo(tasks)) return tasks
        if (Date.now() > end) {
          const states = tasks.map(
            ({ owner, state, take, totals }) => `${state._tag} ${owner?.host} ${take} ${totals.done}`
          )
          const logs = names.map((name) => at(`${name}.log`)).filter((file) => fs.existsSync(file))
          const told = logs.map((file) => fs.readFileSync(file, "utf8").slice(-500))
          throw new Error(`never: ${what}; ${states.join(", ")}\n${told.join("\n")}`)
        }
        await sleep(100)
      }
    }

    const verifyOne = async ({ id, seq, state }: Task): Promise<void> => {
      if (state._tag !== "Done" || state.failed > 0) throw new Error(`task ${id} is ${JSON.stringify(state)}`)
      const facts = await run(store.facts(id, 0, seq + 10))
      const gap = facts.findIndex((fact, index) => fact.seq !== index + 1)
      if (gap >= 0 || facts.length !== seq)
        throw new Error(`task ${id}: a gap at ${gap + 1} of ${facts.length} facts, ${seq} in all`)
      const ends = facts.filter(({ event }) => event._tag === "Finished" && event.outcome === "done").length
      if (ends !== 1) throw new Error(`task ${id} completed ${ends} times`)
      const items = facts.flatMap(({ event }) => (event?._tag === "Done" ? [`${event.item} (${event.deed})`] : []))
      const again = items.find((item, index) => items.indexOf(item) !== index)
      const deeds = facts.flatMap(({ event }) => (event?._tag === "Done" ? [event.deed] : []))
      if (extra > 0 && deeds.indexOf("removed") !== deeds.length - extra)
        throw new Error(`task ${id} does not remove what is too much in the end`)
      if (again !== undefined) throw new Error(`task ${id} tells twice that ${again} is done`)
    }

    const storageSeconds = () => from.cpuSeconds() + to.cpuSeconds()
    const stored: Machines["stored"] = () => {
      const lines = ourclone("versions", "--json", "to:machines").trim().split("\n")
      return lines.map((line) => (JSON.parse(line) as Version).path)
    }

    const verify = async (): Promise<Verdict> => {
      const tasks = await until("all tasks have ended", (now) => now.every(({ state }) => hasEnded(state)))
      for (const task of tasks) await verifyOne(task)
      ourclone("sync", "to:machines", at("copy"), "--max-delete", "100000", "--transfers", "50")
      const { differences } = compareTrees(at("source"), at("copy"))
      if (differences.length > 0) throw new Error(differences.slice(0, 5).join(", "))
      const kept = stored().filter((name) => !/extra-\d+$/.test(name))
      const takes = tasks.reduce((sum, { take }) => sum + take, 0)
      return { tasks: count, takes, twice: kept.filter((path, index) => kept.indexOf(path) !== index) }
    }
    return await use({ held, ids, machines, store, stored, storageSeconds, hurry, look, until, verify })
  } finally {
    for (const close of closers) await close()
  }
}

const awayMillis = 16_000

/** What may happen to a machine that works; it is back after 16 s, with so many `hands` where it was started again. */
export const happeningsOf = (hands: number) => ({
  killed: async (machine: Machine) => {
    await machine.kill()
    await sleep(awayMillis)
    machine.start(hands)
  },
  frozen: async (machine: Machine) => {
    await machine.freeze()
    await sleep(awayMillis)
    machine.wake()
  },
  "cut off": async (machine: Machine) => {
    machine.line.cut()
    await sleep(awayMillis)
    machine.line.mend()
  }
})
