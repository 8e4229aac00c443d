/**
 * `node tooling/trials/anyTwo.ts [--from KIND ...] [--to KIND ...] [--files N] [--no-pairs] [--no-backup]`: a tree of awkward
 * names and N files of /usr/share/doc, from every kind of storage to every other by `ourclone`, brought back each time and
 * compared; then a backup repository in each, checked and restored, and checked by restic where that is here and can reach it.
 * Ends with 1 when anything differs.
 */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { find } from "@ourclone/core/testing/Programs"
import * as Effect from "effect/Effect"
import { compareTrees } from "../compareTrees.ts"
import * as RunningStorages from "./runningStorages.ts"

const { values } = parseArgs({
  options: {
    from: { type: "string", multiple: true },
    to: { type: "string", multiple: true },
    files: { type: "string", default: "200" },
    "no-pairs": { type: "boolean", default: false },
    "no-backup": { type: "boolean", default: false }
  }
})

/** What services, disks, addresses and shells have trouble with. */
const awkward: ReadonlyArray<string> = [
  "100% sure.txt",
  "100%25.txt",
  "a+b c.txt",
  "a%2Fb.txt",
  "#1? & 'single' \"double\" = , ; : @ $ ! * ( ) [ ] { } < > | ~ ^ `.txt",
  " lead and end ",
  "-rf",
  ".hidden",
  "..two dots",
  "trailing.",
  "CON",
  "back\\slash",
  "é composed",
  "e\u0301 decomposed",
  "日本 😀 ～",
  "\u202ereversed",
  "Icon\r",
  "new\nline",
  "‛␍ ␊",
  "n".repeat(140),
  "d/a-b",
  "d/a.txt",
  "d/a/b",
  "d/a0",
  "empty file"
]

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-any-two-"))
const at = (...names: ReadonlyArray<string>): string => path.join(folder, ...names)
const tree = at("tree")

const documentation = (count: number): void => {
  const from = "/usr/share/doc"
  let taken = 0
  const visit = (below: string): void => {
    for (const entry of fs.readdirSync(path.join(from, below), { withFileTypes: true })) {
      if (taken >= count) return
      const name = path.join(below, entry.name)
      if (entry.isDirectory()) visit(name)
      if (!entry.isFile()) continue
      const target = path.join(tree, "doc", name)
      fs.mkdirSync(path.dirname(target), { recursive: true })
      fs.copyFileSync(path.join(from, name), target)
      const { mtime } = fs.statSync(path.join(from, name))
      fs.utimesSync(target, mtime, new Date(Math.floor(mtime.getTime() / 1000) * 1000))
      taken++
    }
  }
  if (fs.existsSync(from)) visit("")
}

/** Times are whole seconds, as SFTP keeps them. */
const makeTree = (): void => {
  for (const [index, name] of awkward.entries()) {
    const file = path.join(tree, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, name === "empty file" ? "" : `${name} holds ${index}`)
    fs.utimesSync(file, 1_700_000_000 + index, 1_700_000_000 + index)
  }
  documentation(Number(values.files))
}

const program = path.join(import.meta.dirname, "..", "..", "apps", "cli", "src", "main.ts")

const password = "a password of a trial"

const run = (configuration: string, ...words: ReadonlyArray<string>): Promise<void> =>
  ended("ourclone", process.execPath, [program, ...words], {
    HOME: folder,
    OURCLONE_CONFIG: configuration,
    OURCLONE_PASSWORD: password,
    XDG_STATE_HOME: at("state"),
    XDG_CACHE_HOME: at("cache")
  })

const ended = (
  name: string,
  command: string,
  words: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>
): Promise<void> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment }
    const child = spawn(command, words, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] })
    let said = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text
    })
    child.once("error", reject)
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${name} ${words.join(" ")} ended with ${code}: ${said}`))
    )
  })

/** What differs from the tree, where that may not be seen. */
const differences = (found: string): ReadonlyArray<string> => {
  const compared = compareTrees(tree, found)
  fs.rmSync(found, { recursive: true, force: true })
  return compared.differences
}

const trial = Effect.gen(function* () {
  const { configuration, missing, places, restic } = yield* RunningStorages.start(folder)
  for (const [kind, because] of missing) console.log(`left out ${kind}: ${because}`)
  const failures: Array<string> = []
  const tried = (what: string, work: () => Promise<ReadonlyArray<string>>) =>
    Effect.promise(async () => {
      const startedAt = performance.now()
      const wrong = await work().catch((error: unknown) => [String(error)])
      console.log(
        `${wrong.length === 0 ? "same" : "DIFFERENT"} ${what} ${Math.round(performance.now() - startedAt)} ms`
      )
      for (const each of wrong.slice(0, 20)) console.log(`  ${each}`)
      if (wrong.length > 0) failures.push(what)
    })
  const chosen = (given: ReadonlyArray<string> | undefined) =>
    [...places].filter(([kind]) => given === undefined || given.includes(kind))
  for (const [kind, place] of values["no-pairs"] ? [] : chosen(values.from)) {
    yield* tried(`to ${kind} and back`, async () => {
      await run(configuration, "sync", tree, `${place}/origin`)
      await run(configuration, "sync", `${place}/origin`, at("back"))
      return differences(at("back"))
    })
    for (const [other, target] of chosen(values.to)) {
      if (other === kind) continue
      yield* tried(`${kind} to ${other}`, async () => {
        await run(configuration, "sync", `${place}/origin`, `${target}/from-${kind}`)
        await run(configuration, "check", `${place}/origin`, `${target}/from-${kind}`)
        await run(configuration, "sync", `${target}/from-${kind}`, at("back"))
        return differences(at("back"))
      })
    }
  }
  if (!values["no-backup"]) {
    for (const [kind, place] of chosen(values.from)) {
      yield* tried(`a backup in ${kind}`, async () => {
        const repository = ["--repo", `${place}/repository`]
        await run(configuration, "repo", "init", ...repository)
        await run(configuration, "backup", tree, ...repository)
        await run(configuration, "repo", "check", "--read-data", ...repository)
        await run(configuration, "restore", "latest", ...repository, "--target", at("restored"))
        const wrong = differences(path.join(at("restored"), tree))
        fs.rmSync(at("restored"), { recursive: true, force: true })
        return wrong
      })
      const by = restic.get(kind)
      const judge = find("restic")
      if (by === undefined || judge === undefined) {
        console.log(
          `no word of restic on ${kind}: it ${judge === undefined ? "is not installed" : "does not reach it"}`
        )
        continue
      }
      yield* tried(`restic's word on ${kind}`, async () => {
        const words = [...by.words, "-r", by.repository("repository"), "--no-cache", "check", "--read-data"]
        await ended("restic", judge, words, { ...by.environment, RESTIC_PASSWORD: password })
        return []
      })
    }
  }
  return failures.length
})

makeTree()
try {
  process.exitCode = (await Effect.runPromise(Effect.scoped(trial))) === 0 ? 0 : 1
} finally {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
