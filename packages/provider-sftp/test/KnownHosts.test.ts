import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { fingerprint, keysOf, nameOf, typeOf } from "../src/connection/KnownHosts.ts"

const key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
const hashed = (name: string): string => {
  const salt = Buffer.alloc(20, 7).toString("base64")
  return `|1|${salt}|${createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64")}`
}
const linesFor = (text: string, name: string) => keysOf(text, name).keys.map(({ line }) => line)

describe("KnownHosts", () => {
  it("finds a host by name, port, pattern and hash, in any case of letters", () => {
    const text = [
      "# a comment",
      "",
      `example.org ssh-ed25519 ${key}`,
      `[example.org]:2222 ssh-ed25519 ${key}`,
      `*.example.org,!bad.example.org ssh-ed25519 ${key}`,
      `${hashed("[10.0.0.1]:22022")} ssh-ed25519 ${key}`,
      `h?st ssh-ed25519 ${key} somebody@somewhere`,
      "torn"
    ].join("\n")
    assert.deepStrictEqual(linesFor(text, nameOf("Example.org", 22)), [3])
    assert.deepStrictEqual(linesFor(text, nameOf("example.org", 2222)), [4])
    assert.deepStrictEqual(linesFor(text, "a.example.org"), [5])
    assert.deepStrictEqual(linesFor(text, "bad.example.org"), [])
    assert.deepStrictEqual(linesFor(text, nameOf("10.0.0.1", 22022)), [6])
    assert.deepStrictEqual(linesFor(text, nameOf("10.0.0.1", 22)), [])
    assert.deepStrictEqual(linesFor(text, "host"), [7])
    assert.deepStrictEqual(linesFor(text, "examplexorg"), [])
  })

  it("keeps revoked keys apart, and believes no authority", () => {
    const found = keysOf(`@revoked * ssh-ed25519 ${key}\n@cert-authority * ssh-rsa ${key}`, "any")
    assert.deepStrictEqual([found.keys.length, found.revoked.length], [0, 1])
  })

  it("shows a key as ssh-keygen does", () => {
    const blob = Buffer.from(key, "base64")
    assert.strictEqual(fingerprint(blob), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU")
    assert.strictEqual(typeOf(blob), "ssh-ed25519")
    assert.strictEqual(typeOf(Buffer.from([1])), "")
  })
})
