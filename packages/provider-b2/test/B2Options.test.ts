import { assert, describe, it } from "@effect/vitest"
import { ofPath } from "@ourclone/core/contract/PlaceIdentity"
import { open } from "@ourclone/core/contract/ProviderFactory"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { factory as B2 } from "@ourclone/provider-b2/B2Factory"
import { addressRefusal } from "@ourclone/provider-b2/B2Options"
import { Effect, Redacted } from "effect"
import { emulate } from "./emulated.ts"

describe("B2Options", () => {
  it("sends keys in the clear to this machine only", () => {
    for (const address of [
      "https://api.backblazeb2.com",
      "http://127.0.0.1:8333",
      "http://localhost:1",
      "http://[::1]:9/"
    ]) {
      assert.isUndefined(addressRefusal(address), address)
    }
    for (const address of ["http://b2.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1:8333"]) {
      assert.include(addressRefusal(address) ?? "", "https://", address)
    }
    for (const address of [
      "b2.example.com",
      "ftp://b2.example.com",
      "https://b2.example.com/b2api",
      "https://me:pw@b2.example.com"
    ]) {
      assert.isDefined(addressRefusal(address), address)
    }
  })

  it("says which option is wrong", () => {
    const values = { keyId: "id", applicationKey: Redacted.make("key"), endpoint: "http://b2.example.com" }
    const [issue, ...others] = B2.check(values)
    assert.deepStrictEqual([issue?.option, others], ["endpoint", []])
    assert.include(issue?.message ?? "", "https://")
    assert.deepStrictEqual(B2.check({ keyId: "id", applicationKey: Redacted.make("key") }), [])
    assert.deepStrictEqual(
      B2.check({}).map(({ option }) => option),
      ["keyId", "applicationKey"]
    )
  })

  it.live("opens a remote from what a configuration says", () =>
    Effect.gen(function* () {
      const { accountId, endpoint, key, keyId } = yield* emulate()
      const values = { keyId, applicationKey: Redacted.make(key), endpoint: `${endpoint}/` }
      const provider = yield* open(B2, values, { name: "photos:", location: "/photo-archive/2024/" })
      assert.strictEqual(provider.name, "photos:/photo-archive/2024/")
      assert.strictEqual(provider.location, "photo-archive/2024")
      assert.deepStrictEqual(provider.place, ofPath(`b2:${accountId}`, "photo-archive/2024"))
      const error = yield* Effect.flip(provider.stat(makeUnsafe("a.txt")))
      assert.include(error.message, "photo-archive")
    })
  )
})
