/** What is measured of backups: on repositories of the local disk, and of OurClone alone on B2 with latency. */
import * as fs from "node:fs"
import * as path from "node:path"
import { type BackupContender, password } from "./BackupContenders.ts"
import { live, type Work } from "./BackupLife.ts"
import { changeTenth, emptyFiles, manyFiles, mixedFiles, oneFile } from "./Dataset.ts"
import { withEmulator } from "./EmulatorProcess.ts"
import { limitName, measureLimit } from "./Limit.ts"
import { measure } from "./Measure.ts"
import { onDisk, onEmulator } from "./RepositoryHome.ts"
import { inTurn, type Row } from "./Row.ts"

type Contenders = ReadonlyArray<BackupContender>

const wholeLife: ReadonlyArray<Work> = ["first", "second", "restore", "check"]

const local = (contenders: Contenders, name: string, makeSource: (folder: string) => string): Row => ({
  name,
  run: async (runs, folder, report) => {
    const source = makeSource(folder)
    const home = await onDisk(contenders, folder)
    await live({ contenders, home, source, folder, runs, works: wholeLife, report })
  }
})

/** Names and attributes alone. What matters is the memory. */
const many = (contenders: Contenders): Row => ({
  name: "backup of empty files: 100,000 in one folder, 300,000 in 60",
  run: async (runs, folder, report) => {
    const home = await onDisk(contenders, folder)
    const part = async (label: string, count: number, folders: number, works: ReadonlyArray<Work>) => {
      const place = path.join(folder, label)
      const source = path.join(place, "source")
      emptyFiles(source, count, folders)
      const labelled = { contenders, home, source, folder: place, runs, works }
      await live({ ...labelled, report: (who, work, took) => report(who, `${work} ${label}`, took) })
      fs.rmSync(place, { recursive: true })
    }
    await part("100k", 100_000, 1, ["first", "restore"])
    await part("300k", 300_000, 60, ["first", "second"])
  }
})

const onB2 = (contenders: Contenders, name: string, latency: string, makeSource: (folder: string) => string): Row => ({
  name: `${name}, ${latency} latency`,
  run: async (runs, folder, report) => {
    const source = makeSource(folder)
    await withEmulator(["--store", path.join(folder, "store"), "--latency", latency], async (emulator) => {
      const able = contenders.filter(({ publish }) => publish !== undefined)
      const home = await onEmulator(able, folder, emulator)
      await live({ contenders: able, home, source, folder, runs, works: wholeLife, report })
    })
  }
})

const snapshots = 20

/** Twenty snapshots, each with a tenth of the files changed; then the older half is forgotten and pruned. */
const forgetting = (contenders: Contenders): Row => ({
  name: `forget --prune of half of ${snapshots} snapshots`,
  run: async (runs, folder, report) => {
    const home = await onDisk(contenders, folder)
    const source = path.join(folder, "source")
    manyFiles(source, 10_000, 16_384)
    const maker = contenders.at(-1)
    for (let snapshot = 0; snapshot < snapshots && maker !== undefined; snapshot++) {
      changeTenth(source, snapshot)
      await measure(maker.backup(home.template, source), maker.environment(path.join(folder, "cache")))
    }
    for (let run = 0; run < runs; run++) {
      for (const contender of inTurn(contenders, run)) {
        const repository = await home.copy()
        const cache = fs.mkdtempSync(path.join(folder, "cache-"))
        const command = contender.forget(repository, snapshots / 2)
        report(contender.name, "", await measure(command, contender.environment(cache)))
        home.remove(repository)
        fs.rmSync(cache, { recursive: true })
      }
      report(limitName, "", await measureLimit([{ do: "key", repository: home.template, password }]))
    }
  }
})

const gibibyte = 1024 ** 3

const systemFiles = () => "/usr/share"

const mixed = (folder: string) => {
  const source = path.join(folder, "source")
  mixedFiles(source, 4 * gibibyte)
  return source
}

const incompressible = (folder: string) => {
  const source = path.join(folder, "source")
  oneFile(source, 2 * gibibyte)
  return source
}

export const backupRows = (contenders: Contenders): Readonly<Record<string, Row>> => ({
  "backup-small": local(contenders, "backup of /usr/share", systemFiles),
  "backup-mixed": local(contenders, "backup of 4 GiB of mixed large files", mixed),
  "backup-noise": local(contenders, "backup of 2 GiB that no compression helps", incompressible),
  "backup-many": many(contenders),
  "backup-forget": forgetting(contenders),
  "backup-40ms": onB2(contenders, "backup of /usr/share to B2", "40ms", systemFiles)
})
