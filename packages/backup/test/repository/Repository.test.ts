import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Redacted, Stream } from "effect"
import { makeBox } from "../../src/format/Crypto.ts"
import { configPath, pathOf } from "../../src/format/RepositoryFile.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as fixture from "../support/fixture.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { password, scrypt } = TestRepository
const options = { scrypt, polynomial: TestRepository.polynomial }
const json = Buffer.from('{"packs":[]}\n')

const reasonOf = <A, E extends { readonly reason: { readonly _tag: string } }>(effect: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(effect), (error) => error.reason)

const pathsIn = (provider: ReturnType<typeof MemoryProvider.make>) => [...provider.memory.files.keys()].sort()

describe("opening a repository", () => {
  it.effect("opens the one that restic has written, and everything in it", () =>
    Effect.gen(function* () {
      const repository = yield* TestRepository.openFolder(fixture.path, { password: fixture.password })
      expect(repository.config).toEqual({ version: 2, id: fixture.id, polynomial: fixture.polynomial })
      expect(repository.keyId).toBe(fixture.keyId)
      const packs = yield* Stream.runCollect(repository.list("data"))
      expect(packs.map(({ id }) => id.slice(0, 8)).sort()).toEqual(["57242da8", "62a5c9c3", "79933c22", "ea0c499f"])
      for (const { id, size } of packs) expect(yield* repository.readRaw("data", id)).toHaveLength(size)
      const snapshots = yield* Effect.forEach(yield* Stream.runCollect(repository.list("snapshots")), ({ id }) =>
        Effect.map(repository.load("snapshots", id), (bytes) => JSON.parse(bytes.toString()).tags)
      )
      expect(snapshots.flat().sort()).toEqual(["alpha", "beta", "first", "gamma", "second"])
      for (const { id } of yield* Stream.runCollect(repository.list("index"))) {
        expect(JSON.parse((yield* repository.load("index", id)).toString())).toHaveProperty("packs")
      }
    })
  )

  it.effect("fails with WrongPassword for another password, and shows neither", () =>
    Effect.gen(function* () {
      const { provider } = yield* TestRepository.inMemory()
      const error = yield* Effect.flip(Repository.open(provider, { password: Redacted.make("not it at all") }))
      expect(error.reason._tag).toBe("WrongPassword")
      expect(JSON.stringify(error) + error.message).not.toMatch(/not it at all|correct horse/)
    })
  )

  it.effect("takes passwords byte for byte: é in one code point is not é in two", () =>
    Effect.gen(function* () {
      const provider = MemoryProvider.make()
      yield* Repository.init(provider, Redacted.make("caf\u00e9 "), options)
      const open = (text: string) => Repository.open(provider, { password: Redacted.make(text) })
      expect((yield* open("caf\u00e9 ")).config.version).toBe(2)
      expect(yield* reasonOf(open("cafe\u0301 "))).toMatchObject({ _tag: "WrongPassword" })
      expect(yield* reasonOf(open("caf\u00e9"))).toMatchObject({ _tag: "WrongPassword" })
    })
  )

  it.effect("fails with NoRepository where nothing is, and says how to make one", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(Repository.open(MemoryProvider.make(), { password }))
      expect(reason).toMatchObject({ _tag: "NoRepository", remedy: { code: "makeRepository" } })
    })
  )

  for (const [what, config, message] of [
    ["version", { version: 3, id: "a", chunker_polynomial: "3da3358b4dc173" }, "version 3"],
    ["polynomial", { version: 2, id: "a", chunker_polynomial: "3da3358b4dc171" }, "not irreducible"],
    ["form", { version: "2" }, "not the JSON"]
  ] as const) {
    it.effect(`fails with UnsupportedRepository for a config of a ${what} that is not known`, () =>
      Effect.gen(function* () {
        const { provider, repository } = yield* TestRepository.inMemory()
        const sealed = repository.box.seal(Buffer.from(JSON.stringify(config)))
        yield* provider.put(configPath, fromBytes(sealed), { modifiedAt: 0 })
        const reason = yield* reasonOf(Repository.open(provider, { password }))
        expect(reason).toMatchObject({ _tag: "UnsupportedRepository", message: expect.stringContaining(message) })
      })
    )
  }

  it.effect("gives up after half a minute where nobody answers, rather than after eleven", () =>
    Effect.gen(function* () {
      const provider = FaultyProvider.make(MemoryProvider.make(), [{ method: "stat", kind: "fail" }])
      expect(yield* reasonOf(Repository.open(provider, { password }))).toMatchObject({ _tag: "Unavailable" })
      expect(provider.calls("stat")).toBe(7)
    }).pipe(TestRepository.skippingTime)
  )
})

describe("init", () => {
  it.effect("makes a config and one key, and nothing else", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      expect(pathsIn(provider)).toEqual(["config", `keys/${repository.keyId}`])
      const reopened = yield* Repository.open(provider, { password })
      expect(reopened.config).toEqual(repository.config)
      expect(repository.config.id).toMatch(/^[0-9a-f]{64}$/)
    })
  )

  it.effect("refuses a place with a repository, and changes nothing there", () =>
    Effect.gen(function* () {
      const { provider } = yield* TestRepository.inMemory()
      const before = pathsIn(provider)
      expect(yield* reasonOf(Repository.init(provider, password, options))).toMatchObject({ _tag: "RepositoryExists" })
      expect(pathsIn(provider)).toEqual(before)
    })
  )

  it.effect("refuses a place where packs are left of a repository whose config is lost", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      yield* repository.savePack("5a".repeat(32), Buffer.from("pack"))
      provider.memory.files.delete("config")
      const reason = yield* reasonOf(Repository.init(provider, password, options))
      expect(reason).toMatchObject({ _tag: "RepositoryExists", message: expect.stringContaining('lost its "config"') })
    })
  )

  it.effect("goes on where one with the same password was cut off before the config", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      provider.memory.files.delete("config")
      const reason = yield* reasonOf(Repository.open(provider, { password }))
      expect(reason).toMatchObject({ _tag: "NoRepository", remedy: { code: "finishMaking" } })
      const other = Repository.init(provider, Redacted.make("another"), options)
      expect(yield* reasonOf(other)).toMatchObject({
        _tag: "RepositoryExists",
        message: expect.stringContaining(repository.keyId)
      })
      const again = yield* Repository.init(provider, password, options)
      expect(again.keyId).toBe(repository.keyId)
      expect((yield* Repository.open(provider, { password })).config).toEqual(again.config)
    })
  )

  it.effect("asks for both its files to be durable, the config last", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const puts: Array<string> = []
      const put: typeof memory.put = (path, source, putOptions) => {
        puts.push(`${path.replace(/[0-9a-f]{64}/, "…")} ${putOptions.durable}`)
        return memory.put(path, source, putOptions)
      }
      yield* Repository.init({ ...memory, put }, password, options)
      expect(puts).toEqual(["keys/… true", "config true"])
    })
  )

  it.effect("calibrates a key that costs real work when none is given", () =>
    Effect.gen(function* () {
      const provider = MemoryProvider.make()
      const { keyId } = yield* Repository.init(provider, password)
      const key = JSON.parse(Buffer.from(provider.memory.files.get(`keys/${keyId}`)!.bytes).toString())
      expect(key.N * key.r * key.p).toBeGreaterThanOrEqual(1024 * 8)
      expect(Object.keys(key)).toEqual(["created", "username", "hostname", "kdf", "N", "r", "p", "salt", "data"])
    })
  )
})

describe("the files of a repository", () => {
  for (const version of [1, 2] as const) {
    it.effect(`come back as they were saved, in version ${version}`, () =>
      Effect.gen(function* () {
        const { provider, repository } = yield* TestRepository.inMemory({ version })
        for (const type of ["index", "snapshots", "locks"] as const) {
          const id = yield* repository.save(type, json)
          expect(yield* repository.load(type, id)).toEqual(json)
          const inside = repository.box.open(provider.memory.files.get(pathOf(type, id))!.bytes)
          expect(inside?.[0]).toBe(version === 1 ? 0x7b : 0x02)
        }
      })
    )
  }

  it.effect("may be plain JSON in version 2, and may not be compressed in version 1", () =>
    Effect.gen(function* () {
      const two = yield* TestRepository.inMemory()
      const one = yield* TestRepository.inMemory({ version: 1 })
      const store = (target: typeof two, encoded: Uint8Array) =>
        Effect.gen(function* () {
          const id = yield* target.repository.save("keys", target.repository.box.seal(encoded))
          const { bytes, file } = target.provider.memory.files.get(`keys/${id}`)!
          target.provider.memory.files.set(`index/${id}`, { bytes, file: { ...file, path: pathOf("index", id) } })
          return target.repository.load("index", id)
        })
      expect(yield* yield* store(two, json)).toEqual(json)
      const compressed = makeBox(Redacted.value(two.repository.keys)).open(
        two.provider.memory.files.get(pathOf("index", yield* two.repository.save("index", json)))!.bytes
      )
      expect(yield* reasonOf(yield* store(one, compressed!))).toMatchObject({ _tag: "Damaged" })
      expect(yield* reasonOf(yield* store(two, Buffer.from("nonsense")))).toMatchObject({ _tag: "Damaged" })
    })
  )

  it.effect("are Damaged, by name, when any byte of them is another", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* repository.save("snapshots", json)
      const { bytes } = provider.memory.files.get(pathOf("snapshots", id))!
      for (const index of [0, 20, bytes.length - 1]) {
        bytes[index] = bytes[index]! ^ 1
        const reason = yield* reasonOf(repository.load("snapshots", id))
        expect(reason).toMatchObject({ _tag: "Damaged", file: `snapshots/${id}` })
        bytes[index] = bytes[index]! ^ 1
      }
      expect(yield* repository.load("snapshots", id)).toEqual(json)
    })
  )

  it.effect("are Damaged when they are of another repository", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const other = yield* TestRepository.inMemory()
      const id = yield* other.repository.save("index", json)
      provider.memory.files.set(`index/${id}`, other.provider.memory.files.get(`index/${id}`)!)
      expect(yield* reasonOf(repository.load("index", id))).toMatchObject({ _tag: "Damaged", file: `index/${id}` })
    })
  )

  it.effect("are read again when they were only damaged on the way", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* repository.save("index", json)
      const faulty = FaultyProvider.make(provider, [{ method: "readAll", kind: "flipByte", offset: 3, nth: 3 }])
      const opened = yield* Repository.open(faulty, { password })
      expect(faulty.calls("readAll")).toBe(2)
      expect(yield* opened.load("index", id)).toEqual(json)
      expect(faulty.calls("readAll")).toBe(4)
    })
  )

  it.effect("are Missing, by name, when they are not there", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const id = "5a".repeat(32)
      expect(yield* reasonOf(repository.load("index", id))).toMatchObject({ _tag: "Missing", file: `index/${id}` })
      const range = { offset: 0, length: 1 }
      const reason = yield* reasonOf(repository.readRaw("data", id, range))
      expect(reason).toMatchObject({ _tag: "Missing", file: `data/5a/${id}` })
    })
  )

  it.effect("are read in part, and Damaged when they end before the part does", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const id = "5a".repeat(32)
      yield* repository.savePack(id, Buffer.from("0123456789"))
      expect(Buffer.from(yield* repository.readRaw("data", id, { offset: 3, length: 4 })).toString()).toBe("3456")
      const reason = yield* reasonOf(repository.readRaw("data", id, { offset: 8, length: 4 }))
      expect(reason).toMatchObject({ _tag: "Damaged", file: `data/5a/${id}` })
      expect(yield* reasonOf(repository.readRaw("data", id))).toMatchObject({ _tag: "Damaged", file: `data/5a/${id}` })
    })
  )

  it.effect("larger than a small file are read whole too", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inFolder()
      const bytes = Buffer.alloc(9_000_000, "pack")
      const id = yield* repository.save("keys", bytes)
      expect(bytes.equals(yield* repository.readRaw("keys", id))).toBe(true)
    }).pipe(Effect.scoped)
  )

  it.effect("are read as they are now when they were stored anew since the last look", () =>
    Effect.gen(function* () {
      const { root, repository } = yield* TestRepository.inFolder()
      const id = yield* repository.save("index", json)
      yield* Stream.runCollect(repository.list("index"))
      fs.utimesSync(join(root, "index", id), 1, 1)
      expect(yield* repository.load("index", id)).toEqual(json)
    }).pipe(Effect.scoped)
  )

  it.effect("are listed without whatever else lies there", () =>
    Effect.gen(function* () {
      const { root, repository } = yield* TestRepository.inFolder()
      const pack = "5a".repeat(32)
      yield* repository.savePack(pack, Buffer.from("pack"))
      const index = yield* repository.save("index", json)
      const foreign = [
        "index/.tmp",
        `index/${index}-tmp-353777395`,
        `index/${"5A".repeat(32)}`,
        `index/sub/${index}`,
        `data/5b/${pack}`,
        `data/${"5c".repeat(32)}`,
        "data/zz/hello"
      ]
      for (const path of foreign) {
        fs.mkdirSync(join(root, path, ".."), { recursive: true })
        fs.writeFileSync(join(root, path), "foreign")
      }
      const listed = (type: "index" | "data" | "locks") =>
        Effect.map(Stream.runCollect(repository.list(type)), (files) => files.map(({ id, size }) => [id, size]))
      expect(yield* listed("data")).toEqual([[pack, 4]])
      expect((yield* listed("index")).map(([id]) => id)).toEqual([index])
      expect(yield* listed("locks")).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("are gone after they were removed, and removing them again is fine", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* repository.save("index", json)
      yield* repository.remove("index", id)
      yield* repository.remove("index", id)
      expect(yield* reasonOf(repository.load("index", id))).toMatchObject({ _tag: "Missing" })
      expect(pathsIn(provider)).toEqual(["config", `keys/${repository.keyId}`])
    })
  )

  it.effect("survive a network that fails once at every call", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      yield* Repository.init(memory, password, options)
      const methods = ["stat", "readAll", "list", "remove"] as const
      const faulty = FaultyProvider.make(memory, [
        ...methods.map((method) => ({ method, kind: "fail" as const, nth: 1 })),
        { method: "put", kind: "loseAnswer", nth: 1 }
      ])
      const repository = yield* Repository.open(faulty, { password })
      const id = yield* repository.save("index", json)
      expect(yield* repository.load("index", id)).toEqual(json)
      expect(yield* Stream.runCollect(repository.list("index"))).toHaveLength(1)
      yield* repository.remove("index", id)
      expect(yield* Stream.runCollect(repository.list("index"))).toHaveLength(0)
    }).pipe(TestRepository.skippingTime)
  )
})
