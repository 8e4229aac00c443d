/** Debian's restic and OurClone take turns on one repository. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Repository from "@ourclone/backup/repository/Repository"
import { skipWithout } from "@ourclone/core/testing/Programs"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { exactDifferences } from "../trials/exactDifferences.ts"
import { generateTree } from "../trials/generateTree.ts"

const main = path.resolve(import.meta.dirname, "../../apps/cli/src/main.ts")
const password = "in turn"

let folder: string
let repository: string
let source: string

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-interop-"))
  repository = path.join(folder, "repository")
  source = path.join(folder, "source")
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const run = (program: string, args: ReadonlyArray<string>): string => {
  const ended = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      OURCLONE_PASSWORD: password,
      RESTIC_PASSWORD: password,
      XDG_STATE_HOME: path.join(folder, "state"),
      XDG_CACHE_HOME: path.join(folder, "cache")
    }
  })
  const said = `${path.basename(program)} ${args.join(" ")} ended with ${ended.status}:\n${ended.stdout}${ended.stderr}`
  assert.strictEqual(ended.status, 0, said)
  return ended.stdout
}

const restic = (...args: ReadonlyArray<string>) => run("restic", [...args, "--repo", repository])
const ourclone = (...args: ReadonlyArray<string>) =>
  run(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args, "--repo", repository])

/** With a key that costs nothing to derive, since each command of either program derives it. */
const initialise = () =>
  Effect.runPromise(
    Effect.gen(function* () {
      const provider = yield* LocalProvider.make({ root: repository })
      yield* Repository.init(provider, Redacted.make(password), { scrypt: { N: 2, r: 8, p: 1 } })
    })
  )

const restoredBy = (program: typeof restic): ReadonlyArray<string> => {
  const target = fs.mkdtempSync(path.join(folder, "restored-"))
  program("restore", "latest", "--target", target)
  return exactDifferences(source, path.join(target, source))
}

const generate = (hasUnicodeLinksOnly: boolean) => generateTree(source, { seed: 11, files: 300, hasUnicodeLinksOnly })

/** Bytes of all packs. */
const stored = (): number =>
  fs
    .readdirSync(path.join(repository, "data"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0)

const added = (work: () => void): number => {
  const before = stored()
  work()
  return (stored() - before) / before
}

/** A tenth of the small files get other bytes, and one is new. */
const change = (turn: number): void => {
  const many = path.join(source, "many")
  const files = fs.readdirSync(many, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const [index, entry] of files.entries()) {
    if (index % 10 === turn) fs.writeFileSync(path.join(entry.parentPath, entry.name), `turn ${turn}, file ${index}\n`)
  }
  fs.writeFileSync(path.join(many, `new in turn ${turn}`), Buffer.alloc(1_500_000, `${turn} `))
}

describe("with Debian's restic", () => {
  it("restic checks what OurClone wrote and restores it to the last attribute", async (context) => {
    skipWithout(context, "restic")
    generate(true)
    await initialise()
    ourclone("backup", source)
    restic("check", "--read-data")
    assert.deepStrictEqual(restoredBy(restic), [])
    assert.deepStrictEqual(restoredBy(ourclone), [])
  })

  it("OurClone keeps link targets that are not Unicode, and restic reads the rest", async (context) => {
    skipWithout(context, "restic")
    generate(false)
    await initialise()
    ourclone("backup", source)
    assert.deepStrictEqual(restoredBy(ourclone), [])
    restic("check", "--read-data")
    const differences = restoredBy(restic)
    // Since 0.16 restic restores these too.
    assert.isTrue(
      differences.every((line) => line.includes(": 120000 ")),
      differences.join("\n")
    )
  })

  it("OurClone checks what restic wrote and restores it to the last attribute", (context) => {
    skipWithout(context, "restic")
    generate(true)
    restic("init")
    restic("backup", source)
    ourclone("repo", "check", "--read-data")
    assert.deepStrictEqual(restoredBy(ourclone), [])
  })

  it("each adds under 1 % for what the other has stored, and both go on with a changed folder", async (context) => {
    skipWithout(context, "restic")
    generate(true)
    await initialise()
    ourclone("backup", source)
    assert.isBelow(
      added(() => restic("backup", source)),
      0.01
    )
    change(1)
    assert.isAbove(
      added(() => restic("backup", source)),
      0
    )
    assert.isBelow(
      added(() => ourclone("backup", source)),
      0.01
    )
    change(2)
    ourclone("backup", source)
    assert.isBelow(
      added(() => restic("backup", source, "--force")),
      0.01
    )
    assert.isBelow(
      added(() => ourclone("backup", source, "--force")),
      0.01
    )
    restic("check", "--read-data")
    ourclone("repo", "check", "--read-data")
    assert.deepStrictEqual(restoredBy(restic), [])
    assert.deepStrictEqual(restoredBy(ourclone), [])
  })

  it("each prunes what both wrote, and nothing that a snapshot names is lost", async (context) => {
    skipWithout(context, "restic")
    generate(true)
    await initialise()
    for (const [turn, program] of [restic, ourclone, restic, ourclone].entries()) {
      program("backup", source)
      change(turn)
    }
    ourclone("backup", source)
    const full = stored()
    restic("forget", "--keep-last", "3")
    restic("prune", "--max-unused", "0")
    const pruned = stored()
    assert.isBelow(pruned, full)
    ourclone("repo", "check", "--read-data")
    assert.deepStrictEqual(restoredBy(ourclone), [])
    ourclone("forget", "--keep-last", "1")
    ourclone("repo", "prune", "--max-unused", "0")
    assert.isBelow(stored(), pruned)
    restic("check", "--read-data")
    assert.deepStrictEqual(restoredBy(restic), [])
  })
})
