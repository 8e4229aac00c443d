/**
 * `npm run bench [-- ROW ...] [--runs N]`: OurClone against whatever rclone and
 * restic are on PATH, in turn: transfers on one emulator, which runs in a process
 * of its own, backups on repositories of the local disk. Look at the ratios:
 * absolute figures are the machine's.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { backupContenders } from "./BackupContenders.ts"
import { backupRows } from "./BackupRows.ts"
import { type Contender, ourclone, rclone } from "./Contenders.ts"
import type { Measurement } from "./Measure.ts"
import { planMillion } from "./planMillion.ts"
import { type Row, syncRows } from "./Rows.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "3" } }
})

const peer = rclone()
const contenders: ReadonlyArray<Contender> = peer === undefined ? [ourclone] : [ourclone, peer]
const rows: Readonly<Record<string, Row>> = { ...syncRows(contenders), ...backupRows(backupContenders()) }
const all = [...Object.keys(rows), "plan"]
const unknown = positionals.find((name) => !all.includes(name))
const runs = Number(values.runs)
if (unknown !== undefined || !Number.isInteger(runs) || runs < 1) {
  console.error(`usage: npm run bench -- [--runs N] [${all.join("|")}]...`)
  process.exit(2)
}

const median = (figures: ReadonlyArray<number>) =>
  [...figures].sort((left, right) => left - right)[figures.length >> 1] ?? 0

const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`

const line = (cells: ReadonlyArray<string>) =>
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(22) : cell.padStart(10))).join(" "))

/** Each contender's medians, and of ours the ratio to the other's. */
const print = (measured: ReadonlyMap<string, ReadonlyArray<Measurement>>) => {
  line(["", "wall s", "CPU s", "peak"])
  const figures = [...measured].map(([name, list]) => ({
    name,
    wall: median(list.map((one) => one.wallSeconds)),
    cpu: median(list.map((one) => one.cpuSeconds)),
    peak: median(list.map((one) => one.peakBytes))
  }))
  for (const { cpu, name, peak, wall } of figures) line([name, wall.toFixed(2), cpu.toFixed(2), mebibytes(peak)])
  for (const ours of figures.filter(({ name }) => name.startsWith(ourclone.name))) {
    const work = ours.name.slice(ourclone.name.length)
    const theirs = figures.find(({ name }) => !name.startsWith(ourclone.name) && name.endsWith(work))
    if (theirs === undefined) continue
    const ratio = (left: number, right: number) => (right === 0 ? "-" : `x${(left / right).toFixed(2)}`)
    line([`ratio${work}`, ratio(ours.wall, theirs.wall), ratio(ours.cpu, theirs.cpu), ratio(ours.peak, theirs.peak)])
  }
}

const build = spawnSync(process.execPath, [path.resolve(import.meta.dirname, "../../apps/cli/build.mjs")], {
  stdio: "inherit"
})
if (build.status !== 0) process.exit(1)

if (peer === undefined)
  console.log("There is no rclone on PATH: OurClone runs alone where it would be compared with it.")

for (const name of positionals.length === 0 ? all : positionals) {
  const row = rows[name]
  if (row === undefined) {
    await planMillion()
    continue
  }
  console.log(`\n${row.name} (median of ${runs})`)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-bench-"))
  const measured = new Map<string, Array<Measurement>>()
  try {
    await row.run(runs, folder, (name, measurement) => {
      measured.set(name, [...(measured.get(name) ?? []), measurement])
    })
    print(measured)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
