import { describe, expect, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import { Effect, Redacted } from "effect"
import * as KeyFile from "../../src/format/KeyFile.ts"
import { pathOf } from "../../src/format/RepositoryFile.ts"
import * as RepositoryKey from "../../src/format/RepositoryKey.ts"
import * as KeyFiles from "../../src/repository/KeyFiles.ts"
import * as Repository from "../../src/repository/Repository.ts"
import { makeProvider } from "../support/locks.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { password, scrypt } = TestRepository
const second = Redacted.make("the second")

const reasonOf = <A, E extends { readonly reason: { readonly _tag: string } }>(effect: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(effect), (error) => error.reason)

type Made = Effect.Success<ReturnType<typeof TestRepository.inMemory>>

/** Stores a key file of any content, and gives its id. */
const store = ({ repository }: Made, change: Record<string, unknown>) =>
  Effect.gen(function* () {
    const bytes = yield* KeyFile.create(second, Redacted.value(repository.keys), { scrypt })
    return yield* repository.save("keys", Buffer.from(JSON.stringify({ ...JSON.parse(bytes.toString()), ...change })))
  })

describe("the keys of a repository", () => {
  it.effect("are listed as restic does, the one in use marked", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const id = yield* KeyFiles.add(repository, second, { scrypt, username: "anna", hostname: "laptop" })
      const keys = yield* KeyFiles.list(repository)
      expect(keys).toHaveLength(2)
      expect(keys.find((key) => key.current)?.id).toBe(repository.keyId)
      expect(keys.find((key) => !key.current)).toMatchObject({ id, userName: "anna", hostName: "laptop" })
      expect(Date.parse(keys[0]!.created)).not.toBeNaN()
    })
  )

  it.effect("open with each of their passwords, to the same master keys", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* KeyFiles.add(repository, second, { scrypt })
      const opened = yield* Repository.open(provider, { password: second })
      expect(opened.keyId).toBe(id)
      expect(Redacted.value(opened.keys)).toEqual(Redacted.value(repository.keys))
      expect((yield* Repository.open(provider, { password })).keyId).toBe(repository.keyId)
    })
  )

  it.effect("are removed, but for the one in use and the last", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      expect(yield* reasonOf(KeyFiles.remove(repository, repository.keyId))).toMatchObject({ _tag: "Refused" })
      const id = yield* KeyFiles.add(repository, second, { scrypt })
      expect(yield* reasonOf(KeyFiles.remove(repository, repository.keyId))).toMatchObject({ _tag: "Refused" })
      expect(yield* reasonOf(KeyFiles.remove(repository, "5a".repeat(32)))).toMatchObject({ _tag: "Missing" })
      yield* KeyFiles.remove(repository, id)
      expect(yield* reasonOf(Repository.open(provider, { password: second }))).toMatchObject({ _tag: "WrongPassword" })
      const other = yield* KeyFiles.add(repository, second, { scrypt })
      yield* repository.remove("keys", repository.keyId)
      expect(yield* reasonOf(KeyFiles.remove(repository, other))).toMatchObject({ _tag: "Refused" })
    })
  )

  it.effect("are exchanged with the password: the old one opens nothing any more", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* KeyFiles.changePassword(repository, second, { scrypt })
      expect((yield* Repository.open(provider, { password: second })).keyId).toBe(id)
      expect(yield* reasonOf(Repository.open(provider, { password }))).toMatchObject({ _tag: "WrongPassword" })
    })
  )

  it.effect("stay as they were when the new one does not open", () =>
    Effect.gen(function* () {
      const { behaviour, memory, provider } = makeProvider()
      const repository = yield* Repository.init(provider, password, { scrypt })
      behaviour.put = (path, source, options) =>
        Effect.map(memory.put(path, source, options), (file) => {
          memory.memory.files.get(path)!.bytes[3]! ^= 1
          return file
        })
      const reason = yield* reasonOf(KeyFiles.changePassword(repository, second, { scrypt }))
      expect(reason).toMatchObject({ _tag: "Damaged" })
      expect((yield* Repository.open(provider, { password })).keyId).toBe(repository.keyId)
    })
  )
})

describe("opening with a key", () => {
  it.effect("tries the hinted one first, by its id or the beginning of it", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const ids = yield* Effect.forEach([1, 2, 3, 4], () => KeyFiles.add(repository, second, { scrypt }))
      for (const id of ids) {
        for (const keyHint of [id, id.slice(0, 12)]) {
          expect((yield* Repository.open(provider, { password: second, keyHint })).keyId).toBe(id)
        }
      }
      expect((yield* Repository.open(provider, { password, keyHint: ids[0]! })).keyId).toBe(repository.keyId)
      expect((yield* Repository.open(provider, { password, keyHint: "5a".repeat(32) })).keyId).toBe(repository.keyId)
    })
  )

  it.effect("tries twenty keys and no more, and says so", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      yield* Effect.forEach(Array.from({ length: 20 }), () => KeyFiles.add(repository, second, { scrypt }))
      const faulty = FaultyProvider.make(provider, [])
      const reason = yield* reasonOf(Repository.open(faulty, { password: Redacted.make("wrong") }))
      expect(reason).toMatchObject({
        _tag: "WrongPassword",
        message: expect.stringContaining("of 21 keys only 20 were tried")
      })
      expect(faulty.calls("readAll")).toBe(1 + 20)
      expect((yield* Repository.open(provider, { password, keyHint: repository.keyId })).keyId).toBe(repository.keyId)
    })
  )

  for (const [what, change, message] of [
    ["another way to derive keys", { kdf: "argon2" }, "argon2"],
    ["a salt of 32 bytes", { salt: Buffer.alloc(32, 1).toString("base64") }, "32 bytes instead of 64"],
    ["a salt of 65 bytes", { salt: Buffer.alloc(65, 1).toString("base64") }, "65 bytes instead of 64"],
    ["an N that is no power of two", { N: 3 }, "N=3"],
    ["an N of one", { N: 1 }, "N=1"],
    ["an N that takes all memory there is", { N: 2 ** 30 }, "512 MiB"],
    ["an N that takes more than a small machine has", { N: 2 ** 20 }, "512 MiB"],
    ["a p that takes days", { N: 2 ** 15, p: 2 ** 20 }, "minutes"],
    ["no data", { data: undefined }, "not the JSON of a key"]
  ] as const) {
    it.effect(`that has ${what} is refused as Damaged, not as a wrong password, when no other opens`, () =>
      Effect.gen(function* () {
        const made = yield* TestRepository.inMemory()
        const id = yield* store(made, change)
        const reason = yield* reasonOf(Repository.open(made.provider, { password: second }))
        expect(reason).toMatchObject({ _tag: "Damaged", file: `keys/${id}`, message: expect.stringContaining(message) })
        expect((yield* Repository.open(made.provider, { password })).keyId).toBe(made.repository.keyId)
      })
    )
  }

  it.effect("passes over fields that it does not know", () =>
    Effect.gen(function* () {
      const made = yield* TestRepository.inMemory()
      const id = yield* store(made, { later: { than: "this" }, created: undefined })
      expect((yield* Repository.open(made.provider, { password: second })).keyId).toBe(id)
    })
  )

  it.effect("passes over a key of another repository that the password opens too", () =>
    Effect.gen(function* () {
      const made = yield* TestRepository.inMemory()
      const bytes = yield* KeyFile.create(password, RepositoryKey.generate(), { scrypt })
      for (let count = 0; count < 5; count++)
        yield* made.repository.save("keys", Buffer.concat([bytes, Buffer.alloc(count, " ")]))
      expect((yield* Repository.open(made.provider, { password })).keyId).toBe(made.repository.keyId)
      yield* made.repository.remove("keys", made.repository.keyId)
      const reason = yield* reasonOf(Repository.open(made.provider, { password }))
      expect(reason).toMatchObject({ _tag: "Damaged", message: expect.stringContaining('do not open "config"') })
    })
  )

  it.effect("fails with Missing where there is no key at all", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      yield* repository.remove("keys", repository.keyId)
      expect(yield* reasonOf(Repository.open(provider, { password }))).toMatchObject({ _tag: "Missing", file: "keys" })
    })
  )

  it.effect("refuses a key file that is not what its name says", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const path = pathOf("keys", repository.keyId)
      const { bytes } = provider.memory.files.get(path)!
      yield* provider.put(path, fromBytes(Buffer.concat([bytes, Buffer.from(" ")])), { modifiedAt: 0 })
      expect(yield* reasonOf(Repository.open(provider, { password }))).toMatchObject({ _tag: "Damaged", file: path })
    })
  )
})

describe("a calibrated key", () => {
  it.effect("takes scrypt's parameters from how fast this machine is, within what restic chooses", () =>
    Effect.gen(function* () {
      const { N, p, r } = yield* RepositoryKey.calibrate
      expect(r).toBe(8)
      expect(Math.log2(N) % 1).toBe(0)
      expect(N).toBeLessThanOrEqual(32_768)
      expect(p).toBeGreaterThanOrEqual(1)
      expect(RepositoryKey.refusal({ N, r, p })).toBeUndefined()
    })
  )
})
