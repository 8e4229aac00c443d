import { expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"

test("cat goes on where a connection broke, and prints every byte once", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.bin", "0123456789abcdef".repeat(1_250_000))
  expect((await cli.run("copy", "@/from", "b2:some-bucket")).code).toBe(0)
  emulator.failNext("b2_download_file_by_id", "truncate", 2)
  emulator.failNext("b2_download_file_by_name", "truncate", 2)
  emulator.log?.reset()
  const { code, out } = await cli.run("cat", "b2:some-bucket/a.bin")
  expect(code).toBe(0)
  expect(out === "0123456789abcdef".repeat(1_250_000)).toBe(true)
  expect(emulator.log?.requests().filter(({ operation }) => operation.includes("download")).length).toBeGreaterThan(1)
})
