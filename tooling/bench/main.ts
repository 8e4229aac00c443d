/**
 * `npm run bench [-- ROW ...] [--runs N] [--scale F] [--against CHECKOUT]`
 *
 * OurClone against whatever rclone and restic are on PATH, in turn: transfers on
 * one emulator, which runs in a process of its own, backups on repositories of
 * the local disk. With `--against`, this checkout against another one of
 * OurClone, both built into bundles. Files are made below TMPDIR; seven runs
 * outweigh the first, which fills Node's compile cache. Look at the ratios: absolute figures are
 * the machine's, and wall time also that of whatever else runs there.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { ourcloneBackup, restic } from "./BackupContenders.ts"
import { backupRows } from "./BackupRows.ts"
import { storageKinds } from "./BenchStorages.ts"
import { build, ownRoot } from "./Checkout.ts"
import { ourclone, rclone } from "./Contenders.ts"
import { journalCost } from "./journalCost.ts"
import { ourcloneMount, rcloneMount } from "./MountContenders.ts"
import { mountParts, mountRows } from "./MountRows.ts"
import { planMillion } from "./planMillion.ts"
import type { Row } from "./Row.ts"
import { startRow } from "./StartRow.ts"
import { storageRows } from "./StorageRows.ts"
import { syncRows } from "./SyncRows.ts"
import { service } from "./service.ts"
import { type Measured, table } from "./Table.ts"
import { tuiFigures } from "./tuiFigures.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "3" },
    scale: { type: "string", default: "1" },
    against: { type: "string" }
  }
})

const scale = Number(values.scale)
const runs = Number(values.runs)
if (!(scale > 0 && Number.isFinite(scale))) {
  console.error(`--scale is a number above 0, and not ${values.scale}`)
  process.exit(2)
}

// Whatever these say to whoever runs this, the programs would obey: rclone 1.60 ends where AWS_CA_BUNDLE names a file.
for (const name of Object.keys(process.env)) if (/^(?:AWS|B2|RCLONE|RESTIC)_/.test(name)) delete process.env[name]

const own = build(ownRoot)
const other =
  values.against === undefined ? undefined : build(path.resolve(process.env["INIT_CWD"] ?? ".", values.against))
const peers =
  other === undefined
    ? { sync: rclone(), backup: restic(), mount: rcloneMount() }
    : { sync: ourclone("old", other), backup: ourcloneBackup("old", other), mount: ourcloneMount("old", other) }
const name = other === undefined ? "ourclone" : "new"
const withPeer = <A>(ours: A, peer: A | undefined): ReadonlyArray<A> => (peer === undefined ? [ours] : [ours, peer])
const contenders = withPeer(ourclone(name, own), peers.sync)

const rows: Readonly<Record<string, Row>> = {
  start: startRow(contenders),
  ...syncRows(contenders),
  ...backupRows(withPeer(ourcloneBackup(name, own), peers.backup)),
  ...mountRows(withPeer(ourcloneMount(name, own), peers.mount), ourclone(name, own))
}
/** Measured only where somebody asks for them. */
const parts = {
  ...mountParts(withPeer(ourcloneMount(name, own), peers.mount), ourclone(name, own)),
  ...storageRows(contenders, storageKinds, scale)
}
const all = other === undefined ? [...Object.keys(rows), "plan", "service", "journal", "tui"] : Object.keys(rows)
if (positionals.some((row) => !all.includes(row) && !(row in parts)) || !Number.isInteger(runs) || runs < 1) {
  console.error(
    `usage: npm run bench -- [--runs N] [--against CHECKOUT] [${[...all, ...Object.keys(parts)].join("|")}]...`
  )
  process.exit(2)
}

console.log(`${name}: ${own.state}, bundle of ${own.root}`)
if (other !== undefined) console.log(`old: ${other.state}, bundle of ${other.root}`)
if (peers.sync === undefined) console.log("There is no rclone on PATH: transfers are measured alone.")
if (peers.backup === undefined) console.log("There is no restic on PATH: backups are measured alone.")

for (const chosen of positionals.length === 0 ? all : positionals) {
  const row = rows[chosen] ?? parts[chosen]
  if (row === undefined) {
    if (chosen === "service") await service(own.program)
    else if (chosen === "journal") await journalCost(own.program, runs)
    else if (chosen === "tui") await tuiFigures(own.program, runs)
    else await planMillion()
    continue
  }
  console.log(`\n${row.name} (median of ${runs})`)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-bench-"))
  // Nothing of whoever runs this is read or written.
  Object.assign(process.env, { OURCLONE_CONFIG: path.join(folder, "config.toml"), XDG_STATE_HOME: folder })
  const measured = new Map<string, Measured>()
  try {
    await row.run(runs, folder, (contender, work, measurement) => {
      const key = `${work} ${contender}`
      measured.set(key, { contender, work, all: [...(measured.get(key)?.all ?? []), measurement] })
    })
    console.log(table([...measured.values()]).join("\n"))
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
