/**
 * `npm run exec node tooling/trials/kill-transfers.ts [-- --count N --seed N --what sync,download,restore,runner,parent]`:
 * kills with SIGKILL at random moments, `count` of each kind.
 *
 * `sync` goes up to the B2 emulator and `download` comes from it, `restore` brings a snapshot back, `runner` is a sync in
 * a process of its own that is killed, and `parent` is one whose starter is killed: it must end by itself within 5 s.
 * The time until a kill counts from the first that the run tells of itself, that of a restore from its lock: before, a program
 * starts, and nothing moves.
 *
 * After each kill every file under its own name is whole, and the same run again ends with both sides identical. A restore
 * makes a new file under its own name, and changes one of 64 MiB and more where it lies: one that is neither old nor new
 * must be one of these and have another time than the snapshot says, so that no later run takes it for whole. Where the next
 * run would keep it all the same (`--overwrite if-newer`, every other one) there is none. Ends with 1 at the first that
 * does not hold, and leaves its folder behind.
 */
import { spawn, spawnSync } from "node:child_process"
import { hash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { build, ownRoot } from "../bench/Checkout.ts"
import { startEmulator } from "../bench/EmulatorProcess.ts"
import { compareTrees } from "../compareTrees.ts"
import { filesBelow } from "../filesBelow.ts"
import { seededRandom } from "./seededRandom.ts"

const kinds = ["sync", "download", "restore", "runner", "parent"] as const
type Kind = (typeof kinds)[number]

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    what: { type: "string", default: kinds.join(",") }
  }
})
const count = Number(values.count)
const seed = Number(values.seed)
const wanted = kinds.filter((kind) => values.what.split(",").includes(kind))
const random = seededRandom(seed)
const below = (limit: number) => Math.floor(random() * limit)

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-kills-"))
const at = (name: string) => path.join(folder, name)
const [source, target, copy, repository] = ["source", "target", "copy", "repository"].map(at) as [
  string,
  string,
  string,
  string
]
const emulator = await startEmulator([])
const { program } = build(ownRoot)
const environment = {
  ...process.env,
  OURCLONE_PASSWORD: "kills",
  OURCLONE_CONFIG: at("config.toml"),
  XDG_STATE_HOME: at("state"),
  XDG_CACHE_HOME: at("cache")
}
fs.writeFileSync(
  at("config.toml"),
  `[remotes.b2]\ntype = "b2"\nkeyId = "${emulator.keyId}"\napplicationKey = "${emulator.key}"\nendpoint = "${emulator.endpoint}"\n`
)
fs.chmodSync(at("config.toml"), 0o600)

const ourclone = (...args: ReadonlyArray<string>): string => {
  const [command = "", ...words] = [...program, ...args]
  const ended = spawnSync(command, words, { env: environment, encoding: "utf8", maxBuffer: 1 << 28 })
  if (ended.status === 0) return ended.stdout
  throw new Error(`ourclone ${args.join(" ")} ended with ${ended.status ?? ended.signal}:\n${ended.stderr}`)
}

interface Attempt {
  readonly wasKilled: boolean
  readonly millis: number
}

interface Starting {
  readonly words: ReadonlyArray<string>
  readonly input?: string
  /** The folder in which it makes a file once it begins; that it tells something is the sign where there is none. */
  readonly signs?: string
}

/** Starts a program and kills it `millis` after it has begun, if it lives that long. */
const killed = (millis: number, { input, signs, words }: Starting): Promise<Attempt> =>
  new Promise((resolve, reject) => {
    let started = performance.now()
    const child = spawn(words[0]!, words.slice(1), { env: environment, stdio: ["pipe", "pipe", "pipe"] })
    let errors = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text
    })
    child.stdin.on("error", () => {})
    if (input === undefined) child.stdin.end()
    else child.stdin.write(input)
    let timer: NodeJS.Timeout | undefined
    const begin = () => {
      if (timer !== undefined) return
      started = performance.now()
      timer = setTimeout(() => child.kill("SIGKILL"), millis)
    }
    const watcher = signs === undefined ? undefined : fs.watch(signs, begin)
    if (signs === undefined) child.stdout.once("data", begin)
    child.stdout.resume()
    child.on("error", reject)
    child.on("close", (code, signal) => {
      clearTimeout(timer)
      watcher?.close()
      if (code !== 0 && signal !== "SIGKILL")
        return reject(new Error(`${words.join(" ")} ended with ${code}:\n${errors}`))
      resolve({ wasKilled: signal === "SIGKILL", millis: performance.now() - started })
    })
  })

const files = 120
const nameOf = (index: number) => path.join(source, `folder-${index % 12}`, `file-${index}`)

/** Every content that a path ever had, by hash: what is found there after a kill must be one of them. */
const contents = new Map<string, Set<string>>()

const write = (index: number): void => {
  const size = index % 60 === 0 ? 6_000_000 + below(1_000_000) : below(30_000)
  const bytes = Buffer.alloc(size)
  for (let offset = 0; offset + 4 <= size; offset += size > 100_000 ? 4096 : 4)
    bytes.writeUInt32LE(below(2 ** 32), offset)
  fs.mkdirSync(path.dirname(nameOf(index)), { recursive: true })
  fs.writeFileSync(nameOf(index), bytes)
  const known = contents.get(path.relative(source, nameOf(index))) ?? new Set()
  contents.set(path.relative(source, nameOf(index)), known.add(hash("sha1", bytes)))
}

const change = (): void => {
  for (let turn = 0; turn < 25; turn++) write(below(files))
  for (let turn = 0; turn < 6; turn++) fs.rmSync(nameOf(below(files)), { force: true })
}

/** Files below `root` that hold nothing that was ever meant to be there; those with a temporary name do not count. */
const torn = (root: string): ReadonlyArray<string> =>
  filesBelow(root)
    .filter((file) => !file.endsWith(".ourclone-part"))
    .map((file) => path.relative(root, file))
    .filter((name) => contents.get(name)?.has(hash("sha1", fs.readFileSync(path.join(root, name)))) !== true)

const fail = (message: string): never => {
  throw new Error(message)
}

const expectWhole = (root: string): void => {
  const found = fs.existsSync(root) ? torn(root) : []
  if (found.length > 0) fail(`not whole after a kill: ${found.slice(0, 5).join(", ")}`)
}

const expectSame = (left: string, right: string): void => {
  const { differences } = compareTrees(left, right)
  if (differences.length > 0) fail(`not identical after the next run: ${differences.slice(0, 5).join(", ")}`)
}

const bucket = "b2:kill-trials/tree"
/** What is in the bucket, brought here with every checksum compared. */
const fetched = (): string => {
  ourclone("sync", bucket, copy, "--max-delete", "1000")
  return copy
}

const order = (request: object): string =>
  `${JSON.stringify({ v: 1, type: "sync", request, isPreview: false, secrets: {} })}\n`
const runner = [...program, "task", "run", "--stdin"]
const syncUp = ["sync", source, bucket, "--max-delete", "1000", "--json"]
const upRequest = { source, destination: bucket, maxDelete: 1000 }

const childrenOf = (pid: number): ReadonlyArray<number> =>
  fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number)

/** A starter of a runner, which is killed; then the runner must be gone within five seconds. */
const parentKilled = async (millis: number): Promise<Attempt> => {
  let started = performance.now()
  const starter = `const child = require("node:child_process").spawn(${JSON.stringify(runner[0])}, ${JSON.stringify(runner.slice(1))}, { stdio: ["pipe", "inherit", "inherit"] })
child.stdin.write(${JSON.stringify(order(upRequest))})
child.on("exit", (code) => process.exit(code ?? 1))`
  const parent = spawn(process.execPath, ["-e", starter], { env: environment, stdio: ["ignore", "pipe", "inherit"] })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => parent.on("exit", (_, signal) => resolve(signal)))
  const told = new Promise<void>((resolve) =>
    parent.stdout.once("data", () => {
      started = performance.now()
      resolve()
    })
  )
  const first = await Promise.race([ended.then(() => "ended"), told.then(() => sleep(millis))])
  parent.stdout.resume()
  if (first === "ended") return { wasKilled: false, millis: performance.now() - started }
  const children = childrenOf(parent.pid!)
  parent.kill("SIGKILL")
  await ended
  const deadline = Date.now() + 5_000
  const isAlive = (pid: number): boolean => fs.existsSync(`/proc/${pid}`)
  while (children.some(isAlive) && Date.now() < deadline) await sleep(20)
  if (children.some(isAlive)) fail("the runner is there 5 s after its starter was killed")
  return { wasKilled: children.length > 0, millis: performance.now() - started }
}

interface Trial {
  /** One attempt that is killed after `millis`. */
  readonly attempt: (millis: number) => Promise<Attempt>
  /** What must hold right after a kill. */
  readonly whole: () => void
  /** The same again, to its end, and both sides compared. */
  readonly again: () => void
}

const uploads = (attempt: Trial["attempt"]): Trial => ({
  attempt: (millis) => {
    change()
    return attempt(millis)
  },
  whole: () => expectWhole(fetched()),
  again: () => {
    ourclone(...syncUp)
    expectSame(source, fetched())
  }
})

const restored = at("restored")
const large = path.join(source, "large")
/** Above what is changed where it lies, of which so little is written anew that it is. */
const largeSize = 68 * 1024 * 1024
const writeLarge = (): void => {
  if (!fs.existsSync(large)) fs.writeFileSync(large, Buffer.alloc(largeSize))
  const file = fs.openSync(large, "r+")
  for (let turn = 0; turn < 4; turn++) {
    const piece = Buffer.alloc(500_000, below(256))
    piece.writeUInt32LE(below(2 ** 32))
    fs.writeSync(file, piece, 0, piece.length, below(largeSize - piece.length))
  }
  fs.closeSync(file)
}
const restoreWords = (...more: ReadonlyArray<string>) => [
  "restore",
  `latest:${source}`,
  "--repo",
  repository,
  "--target",
  restored,
  "--delete",
  "--json",
  ...more
]
const hashOf = (file: string): string => hash("sha1", fs.readFileSync(file))
const namesIn = (root: string): ReadonlyArray<string> =>
  fs.existsSync(root)
    ? filesBelow(root)
        .filter((file) => !/\/\.ourclone-[^/]*\.partial$/.test(file))
        .map((file) => path.relative(root, file))
    : []

/** What was there before the attempt, by its name; whether it keeps what is newer. */
let before = new Map<string, string>()
let keepsNewer = false
const unfinished = { made: 0, changed: 0 }

const expectRestored = (): void => {
  for (const name of namesIn(restored)) {
    const [found, wanted] = [path.join(restored, name), path.join(source, name)]
    const content = hashOf(found)
    if (content === before.get(name)) continue
    const isWanted = fs.existsSync(wanted)
    if (isWanted && content === hashOf(wanted)) continue
    const { mtimeNs, size } = fs.statSync(found, { bigint: true })
    if (keepsNewer) fail(`neither old nor new, where the next run may keep it: ${name}`)
    if (isWanted && mtimeNs === fs.statSync(wanted, { bigint: true }).mtimeNs)
      fail(`neither old nor new, with the time of the snapshot: ${name}`)
    if (!before.has(name)) unfinished.made++
    else if (size >= 64 * 1024 * 1024) unfinished.changed++
    else fail(`it was whole, and is neither old nor new: ${name}`)
  }
}

const trials: Record<Kind, Trial> = {
  sync: uploads((millis) => killed(millis, { words: [...program, ...syncUp] })),
  runner: uploads((millis) => killed(millis, { words: runner, input: order(upRequest) })),
  parent: uploads(parentKilled),
  download: {
    attempt: (millis) => {
      change()
      ourclone(...syncUp)
      return killed(millis, { words: [...program, "sync", bucket, target, "--max-delete", "1000", "--json"] })
    },
    whole: () => expectWhole(target),
    again: () => {
      ourclone("sync", bucket, target, "--max-delete", "1000")
      expectSame(source, target)
    }
  },
  restore: {
    attempt: (millis) => {
      change()
      writeLarge()
      ourclone("backup", source, "--repo", repository)
      // Of what is to be made anew there is more each time than what was changed.
      for (const name of namesIn(restored)) if (random() < 0.3) fs.rmSync(path.join(restored, name))
      before = new Map(namesIn(restored).map((name) => [name, hashOf(path.join(restored, name))]))
      keepsNewer = !keepsNewer
      const words = [...program, ...restoreWords(...(keepsNewer ? ["--overwrite", "if-newer"] : []))]
      return killed(millis, { words, signs: path.join(repository, "locks") })
    },
    whole: expectRestored,
    again: () => {
      ourclone(...restoreWords())
      expectSame(source, restored)
    }
  }
}

const held: Partial<Record<Kind, number>> = {}
let early = 0

const runTrials = async (kind: Kind): Promise<void> => {
  const { again, attempt, whole } = trials[kind]
  let [kills, millis] = [0, 1_500]
  while (kills < count) {
    const { millis: took, wasKilled } = await attempt(random() * millis * 1.2)
    if (wasKilled) {
      kills++
      whole()
    } else {
      early++
      millis = (millis + took) / 2
    }
    again()
    held[kind] = kills
    if (kills % 20 === 0 && wasKilled) console.log(`${kind}: ${kills} kills held so far`)
  }
}

try {
  for (let index = 0; index < files; index++) write(index)
  ourclone("bucket", "create", "b2:kill-trials")
  ourclone("repo", "init", "--repo", repository)
  ourclone(...syncUp)
  for (const kind of wanted) {
    await runTrials(kind)
    fs.rmSync(large, { force: true })
  }
  const told = Object.entries(held).map(([kind, kills]) => `${kills} of ${kind}`)
  console.log(`seed ${seed}: kills held: ${told.join(", ")} (${early} more had ended before)`)
  if (wanted.includes("restore"))
    console.log(`left by restores: ${unfinished.made} begun, ${unfinished.changed} partly changed, none with its time`)
  fs.rmSync(folder, { recursive: true })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(`seed ${seed}, after ${JSON.stringify(held)}; the files are in ${folder}`)
  process.exitCode = 1
} finally {
  await emulator.stop()
}
