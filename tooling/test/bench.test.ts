import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "@effect/vitest"
import { measureLimit } from "../bench/Limit.ts"
import { type Measurement, measure } from "../bench/Measure.ts"
import { inTurn } from "../bench/Row.ts"
import { table } from "../bench/Table.ts"

let folder = ""
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-bench-test-"))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const burn = "const used = () => Object.values(process.cpuUsage()).reduce((a, b) => a + b); while (used() < 300_000);"
const inChild = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(burn)}])`

describe("a measurement of a benchmark", () => {
  it("counts the CPU time of the processes that a command starts", async () => {
    const { cpuSeconds } = await measure([process.execPath, "-e", inChild], {})
    expect(cpuSeconds).toBeGreaterThan(0.28)
  })

  it("fails with what the command wrote on standard error", async () => {
    const failing = measure(["sh", "-c", "echo no room >&2; exit 3"], {})
    await expect(failing).rejects.toThrow(/ended with 3:\nno room/)
  })
})

describe("the benchmarks", () => {
  it("refuse a scale that is no number above 0, before anything is built", () => {
    const main = path.join(import.meta.dirname, "..", "bench", "main.ts")
    for (const scale of ["x", "0", "-1", "Infinity"]) {
      const { status, stderr } = spawnSync(process.execPath, [main, `--scale=${scale}`], { encoding: "utf8" })
      expect([status, stderr]).toEqual([2, `--scale is a number above 0, and not ${scale}\n`])
    }
  })
})

describe("a comparison of two checkouts", () => {
  const took = (cpuSeconds: number): Measurement => ({
    cpuSeconds,
    wallSeconds: 10 * cpuSeconds,
    peakBytes: cpuSeconds * 100 * 1024 ** 2
  })

  it("lets another one begin in each run", () => {
    expect([0, 1, 2].map((run) => inTurn(["new", "old"], run)[0])).toEqual(["new", "old", "new"])
  })

  it("reports the median of each, the ratio of the new to the old, and how far above the limit the new is", () => {
    const lines = table([
      { contender: "new", work: "up", all: [took(9), took(3), took(2)] },
      { contender: "old", work: "up", all: [took(4), took(1), took(6)] },
      { contender: "limit", work: "up", all: [took(2)] }
    ])
    expect(lines.map((line) => line.split(/\s{2,}/))).toEqual([
      ["", "wall s", "CPU s CPU least", "peak"],
      ["up: new", "30.00", "3.00", "2.00", "300 MiB"],
      ["up: old", "40.00", "4.00", "1.00", "400 MiB"],
      ["up: limit", "20.00", "2.00", "2.00", "200 MiB"],
      ["up: new / old", "x0.75", "x0.75", "x2.00", "x0.75"],
      ["up: new / limit", "x1.50", "x1.00"]
    ])
  })
})

describe("the limit line of a benchmark", () => {
  const makeFiles = () => {
    const source = path.join(folder, "source")
    fs.mkdirSync(path.join(source, "deep"), { recursive: true })
    fs.writeFileSync(path.join(source, "empty"), "")
    fs.writeFileSync(path.join(source, "deep", "small"), "a few words")
    // Longer than two pieces, and not a whole number of them.
    fs.writeFileSync(path.join(source, "large"), Buffer.alloc(2_500_000, "of several pieces "))
    fs.writeFileSync(path.join(source, "last"), Buffer.alloc(1_000_000, "within a piece "))
    return source
  }

  const contents = (root: string) =>
    ["empty", "deep/small", "large", "last"].map((file) => fs.readFileSync(path.join(root, file), "latin1"))

  it("brings every byte back that it has summed, compressed and sealed", async () => {
    const source = makeFiles()
    const archive = path.join(folder, "archive")
    const target = path.join(folder, "target")
    await measureLimit([
      { do: "seal", folder: source, archive },
      { do: "open", archive, target }
    ])
    expect(contents(target)).toEqual(contents(source))
  })

  it("finds a byte of its archive that was changed", async () => {
    const archive = path.join(folder, "archive")
    await measureLimit([{ do: "seal", folder: makeFiles(), archive }])
    const bytes = fs.readFileSync(archive)
    bytes[100] = (bytes[100] ?? 0) ^ 1
    fs.writeFileSync(archive, bytes)
    await expect(measureLimit([{ do: "open", archive }])).rejects.toThrow(/is damaged/)
  })

  it("writes every byte that it has read for a transfer", async () => {
    const source = makeFiles()
    const target = path.join(folder, "target")
    await measureLimit([{ do: "sha1", folder: source, target }])
    expect(contents(target)).toEqual(contents(source))
  })
})
