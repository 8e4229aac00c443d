import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { parse } from "../src/ListenAddress.ts"

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

  it.each(["", ":", ":70000", "a b:1", "::1:80", "http://localhost:80", "[::1"])("is not %j", (typed) => {
    expect(Result.isFailure(parse(typed))).toBe(true)
  })
})
