/** A large file that was cut off goes on, and no two texts are ever sealed alike. */
import { createHash } from "node:crypto"
import { expect, it } from "@effect/vitest"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { PermissionDenied } from "@ourclone/core/contract/StorageError"
import { at, contentOf, list, modifiedAt, pattern, pieces, reason, sha1 } from "@ourclone/core/testing/Check"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Redacted } from "effect"
import * as CryptProvider from "../src/CryptProvider.ts"
import * as Keys from "../src/settings/Keys.ts"

const options = {
  remote: "beneath:",
  password: Redacted.make("a password"),
  filenameEncryption: "standard",
  directoryNameEncryption: true,
  filenameEncoding: "base32",
  suffix: ".bin"
} as const

const over = (beneath: Provider) =>
  Effect.map(Keys.make(options), (keys) => CryptProvider.make(beneath, "secret:", options, keys))

/** As a file of a disk is, which can be read twice. */
const digestible = (content: Uint8Array): ByteSource => ({
  ...pieces(content),
  digest: (_, algorithm) =>
    Effect.sync(() => ({ algorithm, whole: createHash(algorithm).update(content).digest("hex"), parts: [] }))
})

const content = pattern(1_500_000)

/** Cut off before the third part. */
const cutOff = Effect.fnUntraced(function* (beneath: Provider, source: ByteSource) {
  const refused = new PermissionDenied({ message: "not now" })
  const faulty = FaultyProvider.make(beneath, [{ method: "uploadPart", nth: 3, kind: "fail", reason: refused }])
  const provider = yield* over(faulty)
  expect(yield* reason(provider.put(at("d/big"), source, { modifiedAt }))).toBe("PermissionDenied")
})

/** How many parts were sent to store it, and which nonces the large files began with. */
const goingOn = Effect.fnUntraced(function* (
  beneath: ReturnType<typeof MemoryProvider.make>,
  source: ByteSource,
  expected: Uint8Array
) {
  const first = [...beneath.memory.started.values()].map(({ parts }) => nonceOf(parts.get(1)?.bytes))
  const counting = FaultyProvider.make(beneath, [])
  const provider = yield* over(counting)
  const file = yield* provider.put(at("d/big"), source, { modifiedAt })
  expect(sha1(yield* contentOf(provider.read(file)))).toBe(sha1(expected))
  expect(yield* list(provider, "")).toEqual(["File d/big"])
  const [stored] = [...beneath.memory.files.values()]
  return { sent: counting.calls("uploadPart"), isSameNonce: first.includes(nonceOf(stored?.bytes)) }
})

const nonceOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes?.subarray(8, 32) ?? []).toString("hex")

it.live("a later run sends only the parts that are missing", () =>
  Effect.gen(function* () {
    const beneath = MemoryProvider.make()
    yield* cutOff(beneath, digestible(content))
    const { isSameNonce, sent } = yield* goingOn(beneath, digestible(content), content)
    // Six parts, of which two were there, and others may have been on their way.
    expect(sent).toBeLessThanOrEqual(4)
    expect(isSameNonce).toBe(true)
  })
)

it.live("bytes that changed behind the same size and time are sealed anew, all of them", () =>
  Effect.gen(function* () {
    const beneath = MemoryProvider.make()
    yield* cutOff(beneath, digestible(content))
    const other = content.slice()
    other[1_400_000]! ^= 1
    const { isSameNonce, sent } = yield* goingOn(beneath, digestible(other), other)
    expect([sent, isSameNonce]).toEqual([6, false])
  })
)

it.live("what can not be read twice begins anew", () =>
  Effect.gen(function* () {
    const beneath = MemoryProvider.make()
    yield* cutOff(beneath, pieces(content))
    const { isSameNonce, sent } = yield* goingOn(beneath, pieces(content), content)
    expect([sent, isSameNonce]).toEqual([6, false])
  })
)

it.live("parts that nothing tells from others are not gone on with", () =>
  Effect.gen(function* () {
    const beneath = MemoryProvider.make({ limits: { partChecksum: undefined } })
    yield* cutOff(beneath, digestible(content))
    expect((yield* goingOn(beneath, digestible(content), content)).sent).toBe(6)
  })
)
