import { assert, describe, it } from "@effect/vitest"
import { isInside, ofPath } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  InvalidRequest,
  PermissionDenied,
  type Reason,
  StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Guard from "@ourclone/core/engine/Guard"
import {
  at,
  bytes,
  contentOf,
  list,
  modifiedAt,
  pattern,
  pieces,
  put,
  reason,
  sha1,
  textAt
} from "@ourclone/core/testing/Check"
import * as MemoryAccount from "@ourclone/core/testing/MemoryAccount"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as CryptProvider from "../src/CryptProvider.ts"
import { encryptedSize, headerSize, nonceOf, nonceSize, plainSize } from "../src/content/Blocks.ts"
import type { CryptOptions } from "../src/settings/CryptOptions.ts"
import * as Keys from "../src/settings/Keys.ts"

const options: CryptOptions = {
  remote: "beneath:",
  password: Redacted.make("a password"),
  filenameEncryption: "standard",
  directoryNameEncryption: true,
  filenameEncoding: "base32",
  suffix: ".bin"
}

const all = (provider: Provider) => Stream.runCollect(provider.list(RemotePath.root))

const others: ReadonlyArray<readonly [string, Partial<CryptOptions>]> = [
  ["standard", {}],
  ["base64", { filenameEncoding: "base64" }],
  ["plain folders", { directoryNameEncryption: false }],
  ["obfuscated", { filenameEncryption: "obfuscate" }],
  ["plain", { filenameEncryption: "off" }]
]

const over = Effect.fnUntraced(function* (account: MemoryAccount.MemoryAccount, given = options) {
  const beneath = MemoryProvider.make({ account })
  return { beneath, provider: CryptProvider.make(beneath, "secret:", given, yield* Keys.make(given)) }
})

describe("CryptProvider", () => {
  it.live("leaves neither names nor bytes nor kinds of content beneath", () =>
    Effect.gen(function* () {
      const { beneath, provider } = yield* over(MemoryAccount.make())
      yield* provider.put(at("letters/to my bank.txt"), bytes("the secret text"), {
        modifiedAt,
        contentType: "text/plain"
      })
      const [file] = yield* Stream.runCollect(beneath.list(RemotePath.root))
      assert.notMatch(JSON.stringify(file), /letters|bank|text\/plain/)
      assert.strictEqual(file?._tag, "File")
      if (file?._tag !== "File") return
      assert.notInclude(Buffer.from(yield* beneath.readAll(file)).toString("latin1"), "secret")
    })
  )

  for (const [names, some] of others) {
    it.live(`stores nothing beside what was encrypted with another password, with ${names} names`, () =>
      Effect.gen(function* () {
        const account = MemoryAccount.make()
        const mine = yield* over(account, { ...options, ...some })
        const wrong = yield* over(account, { ...options, ...some, password: Redacted.make("a pasword") })
        yield* put(mine.provider, "first.txt", "text")
        const before = (yield* all(mine.beneath)).length
        for (const name of ["second", "folder/third"]) {
          const error = yield* Effect.flip(put(wrong.provider, name, "text"))
          assert.strictEqual(error.reason._tag, "Unauthenticated")
          assert.include(error.message, "another password")
        }
        assert.lengthOf(yield* all(mine.beneath), before)
        const later = yield* over(account, { ...options, ...some })
        yield* put(later.provider, "second", "text")
        assert.lengthOf(yield* all(mine.beneath), before + 1)
      })
    )
  }

  it.live("looks at the whole remote, where a folder of it with another password is always new", () =>
    Effect.gen(function* () {
      const account = MemoryAccount.make()
      const { beneath, provider } = yield* over(account)
      yield* put(provider, "first.txt", "text")
      const keys = yield* Keys.make({ ...options, password: Redacted.make("a pasword") })
      const inner = MemoryProvider.make({ account, location: "folder" })
      const wrong = CryptProvider.make(inner, "secret:folder", options, keys, Effect.succeed(beneath))
      assert.strictEqual(yield* reason(put(wrong, "second", "text")), "Unauthenticated")
    })
  )

  it.live("goes on where one of its own files is damaged, whose names do not tell whose they are", () =>
    Effect.gen(function* () {
      const account = MemoryAccount.make()
      const given: CryptOptions = { ...options, filenameEncryption: "off" }
      const { beneath, provider } = yield* over(account, given)
      for (const name of ["first", "second"]) yield* put(provider, name, "text")
      const stored = yield* beneath.stat(at("first.bin"))
      const torn = Buffer.from(yield* beneath.readAll(stored))
      torn[headerSize] = torn[headerSize]! ^ 1
      yield* beneath.put(stored.path, pieces(torn), { modifiedAt })
      const later = yield* over(account, given)
      yield* put(later.provider, "third", "text")
      assert.lengthOf(yield* all(beneath), 3)
    })
  )

  it.live("lies beside files that nobody encrypted", () =>
    Effect.gen(function* () {
      const { beneath, provider } = yield* over(MemoryAccount.make())
      for (const name of ["notes.txt", "folder/photo.jpg"])
        yield* put(beneath, name, "not encrypted, and long enough for a header and a block of one")
      yield* put(provider, "first.txt", "text")
      assert.lengthOf(yield* all(beneath), 3)
    })
  )

  it.live("lies where what is beneath lies, so that neither goes into the other", () =>
    Effect.gen(function* () {
      const account = MemoryAccount.make()
      const inner = MemoryProvider.make({ account, location: "data/enc" })
      const provider = CryptProvider.make(inner, "secret:", options, yield* Keys.make(options))
      assert.strictEqual(Guard.overlap(MemoryProvider.make({ account, location: "data" }), provider)?.guard, "overlap")
      assert.strictEqual(Guard.overlap(provider, MemoryProvider.make({ account, location: "data" }))?.guard, "overlap")
      assert.isUndefined(Guard.overlap(MemoryProvider.make({ account, location: "other" }), provider))
      assert.isUndefined(Guard.overlap(MemoryProvider.make({ location: "data" }), provider))
    })
  )

  it.live("says which file a name leads to where what is beneath can", () =>
    Effect.gen(function* () {
      const { beneath } = yield* over(MemoryAccount.make())
      const asked: Array<string> = []
      const locating: Provider = {
        ...beneath,
        locate: (path) => {
          asked.push(path)
          return Effect.succeed(ofPath(beneath.place.account, path))
        }
      }
      const provider = CryptProvider.make(locating, "secret:", options, yield* Keys.make(options))
      const found = yield* provider.locate!(at("a/b"))
      assert.isTrue(isInside(found, provider.place))
      assert.notInclude(asked[0], "a/b")
      yield* provider.put(at("a/b"), bytes("x"), { modifiedAt })
      assert.deepStrictEqual(asked, [...beneath.memory.files.keys()])
    })
  )

  it.live("encrypts the same bytes otherwise each time", () =>
    Effect.gen(function* () {
      const { beneath, provider } = yield* over(MemoryAccount.make())
      yield* put(provider, "a", "the same")
      yield* put(provider, "b", "the same")
      const sums: Array<string> = []
      for (const entry of yield* Stream.runCollect(beneath.list(RemotePath.root))) {
        if (entry._tag === "File") sums.push(sha1((yield* beneath.readAll(entry)).subarray(headerSize)))
      }
      assert.strictEqual(new Set(sums).size, 2)
    })
  )

  it.live("shows nothing of it with another password, and counts what it passes over as failed", () =>
    Effect.gen(function* () {
      const account = MemoryAccount.make()
      const { provider } = yield* over(account)
      yield* put(provider, "a.txt", "hello")
      const other = yield* over(account, { ...options, password: Redacted.make("another") })
      const found = yield* Stream.runCollect(other.provider.list(RemotePath.root))
      assert.deepStrictEqual(
        found.map((entry) => [entry._tag, entry._tag === "Skipped" && entry.isFailure]),
        [["Skipped", true]]
      )
    })
  )

  it.live("gives no byte of a block that was changed", () =>
    Effect.gen(function* () {
      const { beneath, provider } = yield* over(MemoryAccount.make())
      const file = yield* provider.put(at("a.bin"), pieces(pattern(200_000)), { modifiedAt })
      const [stored] = yield* Stream.runCollect(beneath.list(RemotePath.root))
      if (stored?._tag !== "File") return assert.fail()
      const torn = Buffer.from(yield* beneath.readAll(stored))
      torn[headerSize + 70_000] = torn[headerSize + 70_000]! ^ 1
      yield* beneath.put(stored.path, pieces(torn), { modifiedAt })
      const now = yield* provider.stat(at("a.bin"))
      assert.strictEqual(yield* reason(contentOf(provider.read(now))), "UnexpectedResponse")
      const last = { offset: 190_000, length: 10_000 }
      const expected = sha1(pattern(200_000).subarray(190_000))
      assert.strictEqual(sha1(yield* contentOf(provider.read(now, last))), expected)
      assert.strictEqual(file.size, 200_000)
    })
  )

  it.live("says that a name is too long to be encrypted", () =>
    Effect.gen(function* () {
      const { provider } = yield* over(MemoryAccount.make())
      assert.strictEqual(yield* reason(put(provider, "x".repeat(2048), "no")), "InvalidRequest")
      yield* put(provider, "x".repeat(2047), "yes")
      assert.strictEqual(yield* textAt(provider, "x".repeat(2047)), "yes")
      assert.strictEqual((yield* list(provider, "")).length, 1)
    })
  )

  it.live("says of a name that the storage refuses how long it is there, and what to do", () =>
    Effect.gen(function* () {
      const reasons = [
        new InvalidRequest({ message: "no such name" }),
        new UnexpectedResponse({ message: "Failure" }),
        new PermissionDenied({ message: "no" })
      ]
      const failing = Effect.fnUntraced(function* (name: string, given: CryptOptions, why: Reason) {
        const beneath = MemoryProvider.make()
        const refuses: Provider = {
          ...beneath,
          put: (path) => Effect.fail(new StorageError({ provider: "beneath:", operation: "put", path, reason: why }))
        }
        const provider = CryptProvider.make(refuses, "secret:", given, yield* Keys.make(given))
        return (yield* Effect.flip(put(provider, name, "no"))).message
      })
      const [base64, off] = [
        { ...options, filenameEncoding: "base64" as const },
        { ...options, filenameEncryption: "off" as const }
      ]
      for (const why of reasons) {
        const message = yield* failing(`letters/${"x".repeat(144)}`, options, why)
        assert.match(message, new RegExp(`${why.message}; .* 256 bytes instead of 144, .* 143 bytes, .*base64.* 175`))
        assert.notInclude(yield* failing("x".repeat(143), options, why), "hidden")
      }
      assert.match(
        yield* failing("x".repeat(176), base64, reasons[0]!),
        /256 bytes .* 175 bytes, .*filenameEncryption off/
      )
      assert.notInclude(yield* failing("x".repeat(175), base64, reasons[0]!), "hidden")
      assert.match(yield* failing("x".repeat(252), off, reasons[0]!), /256 bytes instead of 252.*: shorten it$/)
    })
  )

  it("counts a nonce on as one long number", () => {
    const first = Buffer.alloc(nonceSize, 0xff)
    first[3] = 7
    const next = nonceOf(first, 1)
    assert.deepStrictEqual([...next.subarray(0, 4)], [0, 0, 0, 8])
    assert.deepStrictEqual([...nonceOf(Buffer.alloc(nonceSize), 65_537).subarray(0, 4)], [1, 0, 1, 0])
    assert.strictEqual(first[0], 0xff)
  })

  it("knows the size of a file by that of the encrypted one, and which sizes none has", () => {
    for (const size of [0, 1, 65_535, 65_536, 65_537, 10_000_000_000]) {
      assert.strictEqual(plainSize(encryptedSize(size)), size)
    }
    for (const size of [0, 31, 33, 48, 32 + 65_552 + 16]) assert.strictEqual(plainSize(size), undefined)
  })
})
