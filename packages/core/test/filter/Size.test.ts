import { assert, describe, it } from "@effect/vitest"
import * as Size from "@ourclone/core/filter/Size"
import { Result } from "effect"

const parse = (text: string) =>
  Result.match(Size.parse(text), { onFailure: () => "refused", onSuccess: (size) => size })

describe("Size", () => {
  it("reads sizes as rclone does: KiB without a unit, powers of 1024 always", () => {
    const sizes: Record<string, number | undefined> = {
      "0": 0,
      "1b": 1,
      "102B": 102,
      "0.1k": 102,
      "0.1": 102,
      "1": 1024,
      "2.5": 2560,
      "1K": 1024,
      "1k": 1024,
      "1Ki": 1024,
      "1KI": 1024,
      "1KiB": 1024,
      "1kib": 1024,
      "1M": 1024 ** 2,
      "1MiB": 1024 ** 2,
      "1.g": 1024 ** 3,
      ".5G": 512 * 1024 ** 2,
      "10G": 10 * 1024 ** 3,
      "10T": 10 * 1024 ** 4,
      "4P": 4 * 1024 ** 5,
      off: undefined,
      OFF: undefined
    }
    for (const [text, size] of Object.entries(sizes)) assert.strictEqual(parse(text), size, text)
  })

  it("refuses what rclone refuses", () => {
    for (const text of [
      "",
      "1q",
      "1.q",
      "-1K",
      "1i",
      "1iB",
      "1MB",
      "M",
      ".",
      "1 M",
      "1bi",
      "1e3",
      "0x10",
      " 1",
      "1 ",
      "1\n",
      "Infinity",
      "NaN"
    ]) {
      assert.strictEqual(parse(text), "refused", text)
    }
  })

  it("writes sizes with three decimals, or none when they are whole", () => {
    const texts: Record<string, number> = {
      "0 B": 0,
      "102 B": 102,
      "1023 B": 1023,
      "1 KiB": 1024,
      "1.500 KiB": 1536,
      "10.100 GiB": 10.1 * 1024 ** 3,
      "1.234 GiB": 1.234 * 1024 ** 3,
      "10 PiB": 10 * 1024 ** 5,
      "1 EiB": 1024 ** 6,
      "1024 EiB": 1024 ** 7
    }
    for (const [text, size] of Object.entries(texts)) assert.strictEqual(Size.format(size), text)
  })
})
