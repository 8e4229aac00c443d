import { type ChildProcess, spawn } from "node:child_process"
import * as path from "node:path"
import { expect, it } from "vitest"
import { parseFlags } from "../src/Flags.ts"
import { parseDuration, parseSize } from "../src/Quantities.ts"
import { request } from "./RawClient.ts"

const main = path.join(import.meta.dirname, "..", "src", "main.ts")

const run = (...args: string[]) => {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  let out = ""
  let err = ""
  const listening = new Promise<string>((resolve) => {
    child.stdout!.on("data", (chunk) => {
      out += chunk
      if (out.split("\n").length > 3) resolve(out)
    })
  })
  child.stderr!.on("data", (chunk) => {
    err += chunk
  })
  const exited = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, out, err }))
  })
  return { child, listening, exited }
}

it("prints three lines for a shell, serves, and stops at SIGTERM with 0", async () => {
  const { child, listening, exited } = run("--port", "0", "--key-id", "fixedId", "--key", "fixedKey", "--control")
  const lines = (await listening).trimEnd().split("\n")
  expect(lines.slice(0, 2)).toEqual(["export B2_APPLICATION_KEY_ID=fixedId", "export B2_APPLICATION_KEY=fixedKey"])
  const [, endpoint] = /^export B2_ENDPOINT=(http:\/\/127\.0\.0\.1:\d+)$/.exec(lines[2]!)!
  expect((await request(`${endpoint}/emulator/state`)).status).toBe(200)
  child.kill("SIGTERM")
  expect(await exited).toMatchObject({ code: 0, err: "" })
})

it("a wrong flag is named and ends with 2", async () => {
  const { code, err } = await run("--latency", "soon").exited
  expect(code).toBe(2)
  expect(err).toContain('--latency: "soon" is not a duration such as 40ms or 2s')
})

it.each([
  [["--nonsense"], /--nonsense/],
  [["--port", "x"], /--port must be a whole number/],
  [["--bandwidth", "fast"], /--bandwidth: "fast" is not a size/],
  [["--rate-limit", "0"], /--rate-limit must be at least 1/],
  [["--https", ""], /--https must name a file/],
  [["--fault", "fire=5%"], /"fire" is not a kind of fault/],
  [["surplus"], /surplus/]
])("the command line %j is refused", (args, message) => {
  expect(() => parseFlags(args)).toThrow(message)
})

it("flags become options", () => {
  expect(parseFlags(["--help"])).toBeNull()
  expect(parseFlags([])).toMatchObject({ port: 8333, latency: 0, bandwidth: 0, control: false, seed: 1 })
  const flags = [
    "--store",
    "/data",
    "--latency",
    "40ms",
    "--bandwidth",
    "50M",
    "--fault",
    "503=5%",
    "--fault",
    "slow=1%"
  ]
  expect(parseFlags(flags)).toMatchObject({
    directory: "/data",
    latency: 40,
    bandwidth: 52_428_800,
    faults: { "503": 0.05, slow: 0.01 }
  })
  const awkward = ["--short-pages", "--abrupt-errors", "--default-encryption", "--rate-limit", "9"]
  expect(parseFlags(awkward)).toMatchObject({
    shortPages: true,
    abruptErrors: true,
    defaultEncryption: true,
    rateLimit: 9
  })
})

it("sizes and durations are read as people write them", () => {
  expect(["5000000", "1k", "5MiB", "5MB", "1.5G"].map(parseSize)).toEqual([
    5_000_000, 1024, 5_242_880, 5e6, 1_610_612_736
  ])
  expect(["40ms", "2s", "1m", "15"].map(parseDuration)).toEqual([40, 2000, 60_000, 15])
})
