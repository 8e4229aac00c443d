/**
 * `npm run exec node tooling/trials/kills.ts [-- --count N --seed N --what backup,prune]`: kills backups and prunes with
 * SIGKILL at random moments after they have taken their lock, `count` of each. After each kill the repository must check
 * clean, the newest snapshot must restore completely, and the next run must go on without help. Ends with 1 at the first
 * that does not, and leaves its folder behind.
 */
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import * as Repository from "@ourclone/backup/repository/Repository"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { build, ownRoot } from "../bench/Checkout.ts"
import { compareTrees } from "../compareTrees.ts"
import { seededRandom } from "./seededRandom.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    what: { type: "string", default: "backup,prune" }
  }
})
const count = Number(values.count)
const seed = Number(values.seed)
const wanted = (["backup", "prune"] as const).filter((kind) => values.what.split(",").includes(kind))
const random = seededRandom(seed)
const below = (limit: number) => Math.floor(random() * limit)

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-kills-"))
const source = path.join(folder, "source")
const repository = path.join(folder, "repository")
const password = "kills"
const environment = {
  ...process.env,
  OURCLONE_PASSWORD: password,
  OURCLONE_REPOSITORY: repository,
  OURCLONE_CONFIG: path.join(folder, "config.toml"),
  XDG_STATE_HOME: path.join(folder, "state"),
  XDG_CACHE_HOME: path.join(folder, "cache")
}

const { program: ourcloneProgram } = build(ownRoot)

/** Runs to its end; gives its standard output. */
const ourclone = (...args: ReadonlyArray<string>): string => {
  const [program = "", ...words] = [...ourcloneProgram, ...args]
  const ended = spawnSync(program, words, { env: environment, encoding: "utf8", maxBuffer: 1 << 28 })
  if (ended.status === 0) return ended.stdout
  throw new Error(
    `ourclone ${args.join(" ")} ended with ${ended.status ?? ended.signal}:\n${ended.stdout}${ended.stderr}`
  )
}

interface Attempt {
  readonly wasKilled: boolean
  /** Since it took its lock. */
  readonly millis: number
}

/** Starts a command and kills it `millis` after it took its lock, if it lives that long: before, a program starts. */
const killed = (millis: number, ...args: ReadonlyArray<string>): Promise<Attempt> =>
  new Promise((resolve, reject) => {
    let started = performance.now()
    let timer: NodeJS.Timeout | undefined
    const watcher = fs.watch(path.join(repository, "locks"), () => {
      if (timer !== undefined) return
      started = performance.now()
      timer = setTimeout(() => child.kill("SIGKILL"), millis)
    })
    const [program = "", ...words] = [...ourcloneProgram, ...args]
    const child = spawn(program, words, { env: environment, stdio: ["ignore", "ignore", "pipe"] })
    let errors = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text
    })
    child.on("error", reject)
    child.on("close", (code, signal) => {
      clearTimeout(timer)
      watcher.close()
      if (code === 0 || signal === "SIGKILL")
        resolve({ wasKilled: signal === "SIGKILL", millis: performance.now() - started })
      else reject(new Error(`ourclone ${args.join(" ")} ended with ${code}:\n${errors}`))
    })
  })

const noise = (size: number): Buffer => {
  const bytes = Buffer.allocUnsafe(size)
  for (let index = 0; index + 4 <= size; index += 4) bytes.writeUInt32LE(below(2 ** 32), index)
  return bytes
}

const files = 600

const nameOf = (index: number) => path.join(source, `folder-${index % 20}`, `file-${index}`)

/** Small ones, and every fiftieth of several chunks. */
const write = (index: number): void => {
  fs.mkdirSync(path.dirname(nameOf(index)), { recursive: true })
  fs.writeFileSync(nameOf(index), noise(index % 50 === 0 ? 2_000_000 + below(1_000_000) : below(20_000)))
}

/** Some files get other bytes, some go, some come. */
const change = (): void => {
  for (let turn = 0; turn < 60; turn++) write(below(files))
  for (let turn = 0; turn < 10; turn++) fs.rmSync(nameOf(below(files)), { force: true })
}

interface Listed {
  readonly id: string
}

const newest = (): string | undefined =>
  (JSON.parse(ourclone("snapshots", "--json")) as ReadonlyArray<Listed>).at(-1)?.id

const restoreAndCompare = (expected: string): number => {
  const target = path.join(folder, "restored")
  ourclone("restore", "latest", "--target", target)
  const { differences, files: compared } = compareTrees(expected, path.join(target, source))
  if (differences.length > 0) throw new Error(`the restored snapshot differs: ${differences.slice(0, 5).join(", ")}`)
  fs.rmSync(target, { recursive: true })
  return compared
}

/** Times of folders do not count for `compareTrees`, those of files do. */
const keepCopy = (name: string): string => {
  const copy = path.join(folder, name)
  fs.rmSync(copy, { recursive: true, force: true })
  fs.cpSync(source, copy, { recursive: true, preserveTimestamps: true })
  return copy
}

const initialise = Effect.gen(function* () {
  const provider = yield* LocalProvider.make({ root: repository })
  yield* Repository.init(provider, Redacted.make(password), { scrypt: { N: 2, r: 8, p: 1 } })
})

let compared = 0
let early = 0
const kills = { backup: 0, prune: 0 }
const told = () => wanted.map((kind) => `${kills[kind]} of ${kind}`).join(", ")

const main = async (): Promise<void> => {
  await Effect.runPromise(initialise)
  for (let index = 0; index < files; index++) write(index)
  ourclone("backup", source)
  let expected = keepCopy("expected")
  let known = newest()

  const verify = () => {
    ourclone("repo", "check", "--read-data")
    compared += restoreAndCompare(expected)
  }

  const trials = {
    backup: async (millis: number): Promise<Attempt> => {
      change()
      const next = keepCopy("next")
      const attempt = await killed(millis, "backup", source)
      const now = newest()
      if (now !== known) {
        fs.rmSync(expected, { recursive: true })
        fs.renameSync(next, expected)
        known = now
      }
      verify()
      ourclone("backup", source)
      expected = keepCopy("expected")
      known = newest()
      return attempt
    },
    prune: async (millis: number): Promise<Attempt> => {
      change()
      ourclone("backup", source)
      expected = keepCopy("expected")
      known = newest()
      ourclone("forget", "--keep-last", "2")
      const attempt = await killed(millis, "repo", "prune", "--max-unused", "0")
      verify()
      return attempt
    }
  }

  for (const kind of wanted) {
    let whole = 1_000
    while (kills[kind] < count) {
      const { millis, wasKilled } = await trials[kind](random() * whole * 1.1)
      if (wasKilled) kills[kind]++
      else {
        early++
        whole = (whole + millis) / 2
      }
      if (!wasKilled || kills[kind] % 20 !== 0) continue
      console.log(`kills held so far: ${told()}`)
      // Every byte of the repository is read after each kill: what no trial needs any more goes.
      if (kind === "backup") ourclone("forget", "--keep-last", "2", "--prune", "--max-unused", "0")
    }
  }
  ourclone("repo", "prune", "--max-unused", "0")
  verify()
}

try {
  await main()
  console.log(
    `seed ${seed}: kills held: ${told()} (${early} more had ended before), each followed by a clean check --read-data ` +
      `and a complete restore; ${compared} files compared`
  )
  fs.rmSync(folder, { recursive: true })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(`seed ${seed}, after ${told()}; the files are in ${folder}`)
  process.exitCode = 1
}
