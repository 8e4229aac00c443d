/**
 * `npm run demo [folder]`: a folder goes to a Backblaze B2 emulator on this
 * machine and comes back, as files and as an encrypted backup, by the program
 * itself and without an account.
 */
import { execFileSync, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { type EmulatorProcess, startEmulator } from "./bench/EmulatorProcess.ts"
import { compareTrees } from "./compareTrees.ts"
import { filesBelow } from "./filesBelow.ts"

const root = path.resolve(import.meta.dirname, "..")
const caller = process.env["INIT_CWD"] ?? process.cwd()
const [given] = process.argv.slice(2)
const folder = given === undefined ? root : path.resolve(caller, given)
if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
  console.error(`error: ${folder} is not a folder. Name one that is: npm run demo -- ~/Documents`)
  process.exit(4)
}

/** What building leaves behind is of no interest to anybody's demonstration. */
const passedOver = ["node_modules", ".git", ".turbo", ".cache", "dist"]
const isWanted = (file: string) => given !== undefined || !passedOver.includes(path.basename(file))

/** Folders, files and links; a socket or a device has no content to copy. */
const isCopied = (file: string) => {
  const stat = fs.lstatSync(file)
  return isWanted(file) && (stat.isDirectory() || stat.isFile() || stat.isSymbolicLink())
}

const changeOneFile = (inside: string): string => {
  const [first] = filesBelow(inside).toSorted()
  const changed = first ?? path.join(inside, "new.txt")
  fs.appendFileSync(changed, "One more line.\n")
  return path.relative(inside, changed)
}

const bucket = "ourclone-demo"
const app = path.join(root, "apps", "cli")
const cli = path.join(app, "dist", "main.mjs")

const say = (text: string) => console.log(`\n\u001b[1m${text}\u001b[0m`)
const plain = (text: string) => console.log(`\n${text}`)
const heading = process.stdout.isTTY && process.env["NO_COLOR"] === undefined ? say : plain

const ourclone = (emulator: EmulatorProcess, scratch: string, args: ReadonlyArray<string>): Promise<void> =>
  new Promise((resolve, reject) => {
    console.log(`$ ourclone ${args.join(" ")}`)
    const child = spawn(process.execPath, [cli, ...args], {
      stdio: "inherit",
      env: {
        ...process.env,
        B2_APPLICATION_KEY_ID: emulator.keyId,
        B2_APPLICATION_KEY: emulator.key,
        B2_ENDPOINT: emulator.endpoint,
        OURCLONE_CONFIG: path.join(scratch, "config.toml"),
        OURCLONE_REPOSITORY: `b2://${bucket}/backup`,
        OURCLONE_PASSWORD: "demo",
        XDG_CACHE_HOME: path.join(scratch, "cache"),
        XDG_STATE_HOME: path.join(scratch, "state")
      }
    })
    child.on("error", reject)
    child.on("exit", (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`ourclone ${args[0]} ended with ${signal ?? code}`))
    })
  })

/** How many files the emulator was sent so far. */
const uploads = async ({ endpoint }: EmulatorProcess): Promise<number> => {
  const counts = (await (await fetch(`${endpoint}/emulator/counts`)).json()) as {
    operations: { b2_upload_file?: { requests: number } }
  }
  return counts.operations.b2_upload_file?.requests ?? 0
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-demo-"))
const copy = path.join(scratch, "copy")
const back = path.join(scratch, "back")
const restored = path.join(scratch, "restored")
const startedAt = performance.now()
let emulator: EmulatorProcess | undefined

/** Every byte of what came back; throws where it is not what was sent. */
const compare = (returned: string) => {
  const compared = compareTrees(copy, returned)
  for (const difference of compared.differences) console.log(`differs: ${difference}`)
  if (compared.differences.length > 0) throw new Error(`${compared.differences.length} files came back differently`)
  return compared
}

const cleanUp = async () => {
  await emulator?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
}
process.on("SIGINT", () => void cleanUp().then(() => process.exit(130)))

try {
  // A bundle starts in a fraction of the time that the sources take, and is made in less than one start.
  execFileSync(process.execPath, [path.join(app, "build.mjs")], { stdio: ["ignore", "ignore", "inherit"] })
  emulator = await startEmulator(["--store", path.join(scratch, "b2"), "--control"])
  const run = (...args: ReadonlyArray<string>) => ourclone(emulator as EmulatorProcess, scratch, args)
  console.log(`A Backblaze B2 emulator listens at ${emulator.endpoint}. Nothing leaves this machine.`)

  // Whatever happens in the folder meanwhile, the demonstration is of what it holds now.
  fs.cpSync(folder, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true, filter: isCopied })
  heading(`1. A bucket, and a copy of ${folder} goes into it`)
  await run("bucket", "create", `b2://${bucket}`)
  const upAt = performance.now()
  await run("sync", copy, `b2://${bucket}/files`, "--links")
  const up = seconds(upAt)

  heading(`2. ${changeOneFile(copy)} changes: only that file goes`)
  const before = await uploads(emulator)
  const changeAt = performance.now()
  await run("sync", copy, `b2://${bucket}/files`, "--links", "--verbose")
  const change = seconds(changeAt)
  const sent = (await uploads(emulator)) - before
  if (sent !== 1) throw new Error(`one file changed and ${sent} were sent`)

  heading("3. Everything comes back into an empty folder")
  const downAt = performance.now()
  await run("sync", `b2://${bucket}/files`, back, "--links")
  const down = seconds(downAt)

  const compared = compare(back)

  heading("4. The same folder as an encrypted backup in a repository that restic can read, too")
  await run("repo", "init")
  const firstAt = performance.now()
  await run("backup", copy)
  const first = seconds(firstAt)

  heading(`5. ${changeOneFile(copy)} changes: a second snapshot stores little more`)
  const secondAt = performance.now()
  await run("backup", copy)
  const second = seconds(secondAt)
  await run("snapshots")

  heading("6. The newest snapshot is restored into an empty folder")
  const restoreAt = performance.now()
  await run("restore", `latest:${copy}`, "--target", restored)
  const restore = seconds(restoreAt)
  compare(restored)

  heading("Done")
  console.log(
    `  ${compared.files} files, ${(compared.bytes / 1e6).toFixed(1)} MB, every byte compared, twice: identical`
  )
  console.log(`  sync: up ${up}, one change ${change}, down ${down}`)
  console.log(`  backup: first ${first}, second ${second}, restore ${restore}; all in ${seconds(startedAt)}`)
  heading("With an account of yours (keys: the Application Keys page of the B2 console)")
  console.log("  ./ourclone remote add photos b2          asks for the key id and the key")
  console.log("  ./ourclone sync ~/Pictures photos:my-bucket/pictures --dry-run")
  console.log("  ./ourclone sync ~/Pictures photos:my-bucket/pictures")
  console.log("  ./ourclone repo init --repo photos:my-bucket/backup --name home")
  console.log("  ./ourclone backup ~/Documents --repo home")
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await cleanUp()
}
