import * as path from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { servingWebdav } from "@ourclone/jobs/mount/MountFields"
import * as Result from "effect/Result"
import { parse } from "../src/ListenAddress.ts"
import * as ServedFields from "../src/ServedFields.ts"
import { makeCli } from "./Cli.ts"

describe("where to listen", () => {
  it.each([
    ["127.0.0.1:9000", "127.0.0.1", 9000],
    [":9000", "::", 9000],
    ["[::1]:9000", "::1", 9000],
    ["localhost", "localhost", 8080],
    ["nas.home:0", "nas.home", 0]
  ])("is written as in rclone: %s", (typed, address, port) => {
    expect(parse(typed)).toEqual(Result.succeed({ address, port }))
  })

  it("has another port where the service is meant", () => {
    expect(parse("0.0.0.0", 7727)).toEqual(Result.succeed({ address: "0.0.0.0", port: 7727 }))
  })

  it("may be several, with one port", async () => {
    const { code, error } = await makeCli().run("serve", "--addr", "127.0.0.1:0", "--addr", "[::1]:9")
    expect([code, error]).toEqual([2, expect.stringContaining("--addr: all addresses must have the same port")])
  })

  it.each(["", ":", "nonsense", "nas.home", ":70000", "a b:1", "::1:80", "http://localhost:80", "[::1"])(
    "is not %j",
    (typed) => {
      expect(Result.isFailure(parse(typed))).toBe(true)
    }
  )
})

it("the flags of a server become its request: where it listens, its places absolute, and nothing that it has no field for", () => {
  const flags = {
    path: "b2:bucket",
    addr: { address: "::", port: 0 },
    certificate: "cert.pem",
    certificateKey: undefined,
    cacheDirectory: "cache",
    storeNoise: true,
    noPassword: true,
    passwordFile: "secret"
  }
  expect(ServedFields.requestOf(servingWebdav, flags)).toEqual({
    path: "b2:bucket",
    address: "::",
    port: 0,
    certificate: path.resolve("cert.pem"),
    cacheDirectory: path.resolve("cache"),
    storeNoise: true
  })
})

describe("a password that was made up", () => {
  it.each([
    ["http", "nonsense"],
    ["webdav", "nonsense"],
    ["http", "nonsense:1"],
    ["restic", "192.0.2.1:1"],
    ["webdav", "nonsense:1"]
  ])("is not said by serve %s at %s, where nothing is served", async (kind, addr) => {
    const cli = makeCli()
    cli.write("place/a", "a")
    const ran = await cli.run("serve", kind, "--addr", addr, "@/place")
    expect([ran.code, ran.error]).toEqual([2, expect.stringContaining(addr.split(":")[0]!)])
    expect(ran.error).not.toContain("password ")
  })
})
