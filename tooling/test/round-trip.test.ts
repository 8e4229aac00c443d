import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { retried } from "@ourclone/core/layers/Retried"
import * as Told from "@ourclone/core/testing/Told"
import * as B2Provider from "@ourclone/provider-b2/B2Provider"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import { Effect, Redacted } from "effect"
import { compareTrees } from "../compareTrees.ts"

const kinds = ["503", "429", "408", "500", "reset", "slow", "flip", "truncate", "expired"] as const

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-round-trip-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
)

/** Small files, one in parts, and what is easily lost: links, empty files and folders, names that need care. */
const fill = (folder: string) => {
  const write = (name: string, content: string | Uint8Array) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    fs.writeFileSync(path.join(folder, name), content)
  }
  for (let index = 0; index < 120; index++) write(`many/${index % 7}/file-${index}.txt`, `${index}\n`.repeat(index))
  for (const name of [
    "a",
    "a.txt",
    "a-b",
    "é",
    "e\u0301",
    "～",
    "😀",
    "100% + #1?",
    'q"uote',
    " space ",
    "new\u00a0line"
  ]) {
    write(`names/${name}`, name)
  }
  write("names/order/a/b", "before a.txt by its name, after it by its bytes")
  write("names/order/a.txt", "")
  write("large.bin", Buffer.alloc(65_536, "0123456789abcdef!"))
  fs.mkdirSync(path.join(folder, "empty/deeper"), { recursive: true })
  fs.symlinkSync("../large.bin", path.join(folder, "many/link"))
  fs.symlinkSync("nowhere", path.join(folder, "dangling"))
}

const sync = (source: Provider, destination: Provider, tell = Told.make()) =>
  Transfer.execute(
    source,
    destination,
    Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true }),
    { transfers: 32, partConcurrency: 4, allowsEmptySource: false, tell }
  )

const emulate = (rate: number) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      startEmulator({
        control: true,
        minimumPartSize: 1000,
        recommendedPartSize: 10_000,
        seed: 11,
        faults: Object.fromEntries(kinds.map((kind) => [kind, rate]))
      })
    ),
    (emulator) => Effect.promise(() => emulator.close())
  )

const setUp = Effect.fnUntraced(function* (rate: number) {
  const folder = yield* temporary
  const emulator = yield* emulate(rate)
  const here = path.join(folder, "here")
  const back = path.join(folder, "back")
  fill(here)
  const open = B2Provider.open({
    keyId: emulator.keyId,
    applicationKey: Redacted.make(emulator.key),
    endpoint: emulator.endpoint,
    hardDelete: false,
    maxConcurrency: 64,
    name: "b2:round-trip",
    location: "round-trip"
  })
  const b2 = retried(yield* Effect.retry(open, { times: 20 }))
  const local = (root: string) => LocalProvider.make({ root, links: true })
  return { emulator, here, back, b2, source: yield* local(here), target: yield* local(back) }
})

describe("a folder that goes to B2 and comes back", () => {
  it.live("is the same in every name, byte, link and time", () =>
    Effect.gen(function* () {
      const { b2, back, here, source, target } = yield* setUp(0)
      yield* sync(source, b2)
      yield* sync(b2, target)
      const { differences, files } = compareTrees(here, back)
      assert.deepStrictEqual(differences, [])
      assert.isAbove(files, 130)
    })
  )

  it.live("sends nothing the second time, and one file when one changed", () =>
    Effect.gen(function* () {
      const { b2, here, source } = yield* setUp(0)
      yield* sync(source, b2)
      assert.strictEqual((yield* sync(source, b2)).stored, 0)
      fs.appendFileSync(path.join(here, "many/3/file-3.txt"), "more")
      const told = Told.make()
      yield* sync(source, b2, told)
      const stored = told.facts.flatMap((fact) => (fact._tag === "Done" && fact.deed === "stored" ? [fact.item] : []))
      assert.deepStrictEqual(stored, ["many/3/file-3.txt"])
    })
  )

  it.live("is the same when a twentieth of all requests fails in each of nine ways", () =>
    Effect.gen(function* () {
      const { b2, back, here, source, target } = yield* setUp(0.05)
      const up = yield* sync(source, b2)
      const down = yield* sync(b2, target)
      assert.strictEqual(up.failed + down.failed, 0)
      assert.isAbove(up.retries, 0)
      assert.isAbove(down.retries, 0)
      assert.deepStrictEqual(compareTrees(here, back).differences, [])
    })
  )
})
