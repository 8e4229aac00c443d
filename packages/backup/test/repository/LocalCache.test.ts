import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import { Effect, Stream } from "effect"
import { isId } from "../../src/go/Hex.ts"
import * as LocalCache from "../../src/repository/LocalCache.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { password } = TestRepository
const json = Buffer.from('{"packs":[]}\n')

/** A repository far away, opened with a cache, and its calls counted. */
const opened = Effect.gen(function* () {
  const directory = join(yield* TestRepository.folder, "cache")
  const { provider, repository } = yield* TestRepository.inMemory()
  const faulty = FaultyProvider.make(provider, [])
  const cached = yield* Repository.open(faulty, { password, cacheDirectory: directory })
  const folder = join(directory, repository.config.id)
  const reads = () => faulty.calls("readAll")
  return { directory, folder, provider, plain: repository, repository: cached, reads }
})

type Opened = Effect.Success<typeof opened>

const test = (name: string, steps: (all: Opened) => Generator<Effect.Effect<unknown, unknown>, void, never>) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const all = yield* opened
      yield* Effect.gen(() => steps(all)) as Effect.Effect<void, unknown>
    }).pipe(Effect.scoped)
  )

describe("the local cache", () => {
  test("saves the second download, and keeps files as they are stored: sealed", function* ({
    folder,
    plain,
    provider,
    reads,
    repository
  }) {
    const id = yield* plain.save("index", json)
    const before = reads()
    expect(yield* repository.load("index", id)).toEqual(json)
    expect(yield* repository.load("index", id)).toEqual(json)
    expect(reads()).toBe(before + 1)
    expect(fs.readFileSync(join(folder, "index", id)).equals(provider.memory.files.get(`index/${id}`)!.bytes)).toBe(
      true
    )
  })

  test("has what this process has saved itself, but no keys and no locks", function* ({ folder, reads, repository }) {
    const before = reads()
    for (const type of ["index", "snapshots"] as const) yield* repository.load(type, yield* repository.save(type, json))
    expect(reads()).toBe(before)
    yield* repository.load("locks", yield* repository.save("locks", json))
    expect(fs.readdirSync(folder).sort()).toEqual(["data", "index", "snapshots"])
    expect(fs.readdirSync(join(folder, "data"))).toEqual([])
  })

  test("drops a file that was damaged in it and reads it again", function* ({ folder, repository }) {
    const id = yield* repository.save("index", json)
    for (const damage of [Buffer.alloc(0), Buffer.from("something else")]) {
      fs.writeFileSync(join(folder, "index", id), damage)
      expect(yield* repository.load("index", id)).toEqual(json)
      expect(fs.readFileSync(join(folder, "index", id))).not.toEqual(damage)
    }
  })

  test("does not keep what is damaged in the repository", function* ({ folder, plain, provider, repository }) {
    const id = yield* plain.save("index", json)
    provider.memory.files.get(`index/${id}`)!.bytes[7]! ^= 1
    expect(yield* Effect.flip(repository.load("index", id))).toMatchObject({ reason: { _tag: "Damaged" } })
    expect(fs.existsSync(join(folder, "index", id))).toBe(false)
  })

  test("loses what the repository no longer lists, and what a killed run left", function* ({
    folder,
    plain,
    repository
  }) {
    const [gone, kept] = [yield* repository.save("index", json), yield* repository.save("index", json)]
    yield* plain.remove("index", gone)
    const left = join(folder, "index", `${kept}.1-1.tmp`)
    const underWay = join(folder, "index", `${kept}.2-1.tmp`)
    fs.writeFileSync(left, "half")
    fs.utimesSync(left, 1, 1)
    fs.writeFileSync(underWay, "half")
    yield* Stream.runCollect(repository.list("index"))
    expect(fs.readdirSync(join(folder, "index")).sort()).toEqual([kept, `${kept}.2-1.tmp`].sort())
  })

  test("is marked, so that backups leave it out", function* ({ directory, repository }) {
    yield* repository.save("index", json)
    expect(fs.readFileSync(join(directory, "CACHEDIR.TAG"), "utf8")).toMatch(
      /^Signature: 8a477f597d28d172789f06886806bc55/
    )
  })

  test("that can not be written or read hinders nothing", function* ({ directory, repository }) {
    fs.mkdirSync(join(directory, ".."), { recursive: true })
    fs.writeFileSync(directory, "a file where the folder should be")
    const id = yield* repository.save("index", json)
    expect(yield* repository.load("index", id)).toEqual(json)
    expect(yield* Stream.runCollect(repository.list("index"))).toHaveLength(1)
    expect(fs.readFileSync(directory, "utf8")).toBe("a file where the folder should be")
  })

  it.effect("is not made for a repository on a disk of this machine", () =>
    Effect.gen(function* () {
      const { root } = yield* TestRepository.inFolder()
      const cacheDirectory = join(root, "..", "cache")
      const repository = yield* TestRepository.openFolder(root, { password, cacheDirectory })
      yield* repository.save("index", json)
      expect(repository.cache).toBeUndefined()
      expect(fs.existsSync(cacheDirectory)).toBe(false)
    }).pipe(Effect.scoped)
  )

  it.effect("of a repository whose id is no id stays in its directory", () =>
    Effect.gen(function* () {
      const directory = yield* TestRepository.folder
      const cache = LocalCache.make(directory, "../../escaped")
      yield* cache.set("index", "5a".repeat(32), json)
      const [name] = fs.readdirSync(directory).filter((each) => each !== "CACHEDIR.TAG")
      expect(isId(name!)).toBe(true)
    }).pipe(Effect.scoped)
  )
})
