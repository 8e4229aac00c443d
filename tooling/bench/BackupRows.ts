/** What is measured of backups: on a repository of the local disk, and alone on B2 with latency. */
import * as fs from "node:fs"
import * as path from "node:path"
import { type BackupContender, ourcloneBackup } from "./BackupContenders.ts"
import { manyFiles, mixedFiles, oneFile } from "./Dataset.ts"
import { type EmulatorProcess, startEmulator } from "./EmulatorProcess.ts"
import { measure } from "./Measure.ts"
import type { Report, Row } from "./Rows.ts"

interface Place {
  readonly repository: string
  readonly environment: Readonly<Record<string, string>>
}

const countFiles = (folder: string) =>
  fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length

/** First and second backup, restore and check of one folder. */
const lifeOf = async (contender: BackupContender, place: Place, source: string, target: string, report: Report) => {
  const { environment, repository } = place
  const take = async (work: string, command: ReadonlyArray<string>) =>
    report(`${contender.name} ${work}`, await measure(command, environment))
  await measure(contender.init(repository), environment)
  await take("first", contender.backup(repository, source))
  await take("second", contender.backup(repository, source))
  await take("restore", contender.restore(repository, target))
  const restored = path.join(target, source)
  if (countFiles(restored) !== countFiles(source)) throw new Error(`${contender.name} did not restore every file`)
  fs.rmSync(target, { recursive: true })
  await take("check", contender.check(repository))
}

const local = (
  contenders: ReadonlyArray<BackupContender>,
  name: string,
  makeSource: (folder: string) => string
): Row => ({
  name,
  run: async (runs, folder, report) => {
    const source = makeSource(folder)
    for (let run = 0; run < runs; run++) {
      for (const contender of contenders) {
        const place = fs.mkdtempSync(path.join(folder, "repository-"))
        const environment = contender.environment(path.join(place, "cache"))
        const repository = path.join(place, "repository")
        await lifeOf(contender, { repository, environment }, source, path.join(place, "restored"), report)
        fs.rmSync(place, { recursive: true })
      }
    }
  }
})

const b2Environment = ({ endpoint, key, keyId }: EmulatorProcess) => ({
  B2_APPLICATION_KEY_ID: keyId,
  B2_APPLICATION_KEY: key,
  B2_ENDPOINT: endpoint
})

const onB2 = (name: string, latency: string, makeSource: (folder: string) => string): Row => ({
  name,
  run: async (runs, folder, report) => {
    const source = makeSource(folder)
    const emulator = await startEmulator(["--store", path.join(folder, "store"), "--latency", latency])
    try {
      for (let run = 0; run < runs; run++) {
        const cache = path.join(folder, `cache-${run}`)
        const environment = { ...ourcloneBackup.environment(cache), ...b2Environment(emulator) }
        const repository = `b2://bench-backup-${run}/repository`
        await lifeOf(ourcloneBackup, { repository, environment }, source, path.join(folder, "restored"), report)
      }
    } finally {
      await emulator.stop()
    }
  }
})

const snapshots = 20

/** Twenty snapshots, each with a tenth of the files changed; then the older half is forgotten and pruned. */
const forgetting = (contenders: ReadonlyArray<BackupContender>): Row => ({
  name: `forget --prune of half of ${snapshots} snapshots`,
  run: async (runs, folder, report) => {
    for (let run = 0; run < runs; run++) {
      for (const contender of contenders) {
        const place = fs.mkdtempSync(path.join(folder, "repository-"))
        const environment = contender.environment(path.join(place, "cache"))
        const repository = path.join(place, "repository")
        const source = path.join(place, "source")
        manyFiles(source, 10_000, 16_384)
        await measure(contender.init(repository), environment)
        for (let snapshot = 0; snapshot < snapshots; snapshot++) {
          change(source, snapshot)
          await measure(contender.backup(repository, source), environment)
        }
        report(contender.name, await measure(contender.forget(repository, snapshots / 2), environment))
        fs.rmSync(place, { recursive: true })
      }
    }
  }
})

/** Gives every tenth file other bytes of the same length, another tenth each time. */
const change = (source: string, turn: number): void => {
  const files = fs.readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const [index, entry] of files.entries()) {
    if (index % 10 !== turn % 10) continue
    const file = path.join(entry.parentPath, entry.name)
    const bytes = fs.readFileSync(file)
    bytes.writeUInt32LE(turn + 1, 0)
    bytes.writeUInt32LE(index, 4)
    fs.writeFileSync(file, bytes)
  }
}

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

export const backupRows = (contenders: ReadonlyArray<BackupContender>): Readonly<Record<string, Row>> => ({
  "backup-small": local(contenders, "backup of /usr/share", systemFiles),
  "backup-mixed": local(contenders, "backup of 4 GiB of mixed large files", mixed),
  "backup-noise": local(contenders, "backup of 2 GiB that no compression helps", incompressible),
  "backup-forget": forgetting(contenders),
  "backup-40ms": onB2("backup of /usr/share to B2, 40 ms latency", "40ms", systemFiles)
})
