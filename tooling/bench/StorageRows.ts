/** What is measured of S3, SFTP and WebDAV: files up and down, and a second sync that finds nothing to do. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { StorageKind } from "./BenchStorages.ts"
import { type Contender, configurationOf } from "./Contenders.ts"
import { manyFiles, oneFile } from "./Dataset.ts"
import { measure } from "./Measure.ts"
import { countFiles, inTurn, type Row } from "./Row.ts"

/** Files in flight, for every contender alike. */
const transfers = 32

type Contenders = ReadonlyArray<Contender>

const upAndDown = (
  contenders: Contenders,
  { missing, serve, title }: StorageKind,
  files: string,
  make: (folder: string) => void
): Row => ({
  name: `${title}: ${files}`,
  run: async (runs, folder, report) => {
    if (missing !== undefined) return console.log(`left out: ${missing}`)
    const [source, target] = [path.join(folder, "source"), path.join(folder, "target")]
    make(source)
    await serve(folder, async (storage) => {
      fs.writeFileSync(path.join(folder, "config.toml"), configurationOf(storage), { mode: 0o600 })
      for (let run = 0; run < runs; run++) {
        for (const [index, contender] of inTurn(contenders, run).entries()) {
          const { download, environment, name, upload } = contender.on(storage)
          const bucket = `bench-${run}-${index}`
          report(name, "up", await measure(upload(source, bucket, transfers), environment))
          report(name, "down", await measure(download(bucket, target, transfers), environment))
          if (countFiles(target) !== countFiles(source)) throw new Error(`${name} did not bring every file back`)
          fs.rmSync(target, { recursive: true })
        }
      }
    })
  }
})

/** Each contender on what it has stored itself: they keep times in ways of their own. */
const unchanged = (contenders: Contenders, { missing, serve, title }: StorageKind, count: number): Row => ({
  name: `${title}: second sync of ${count.toLocaleString("en")} unchanged files`,
  run: async (runs, folder, report) => {
    if (missing !== undefined) return console.log(`left out: ${missing}`)
    const source = path.join(folder, "source")
    manyFiles(source, count, 100)
    await serve(folder, async (storage) => {
      fs.writeFileSync(path.join(folder, "config.toml"), configurationOf(storage), { mode: 0o600 })
      const all = contenders.map((contender, index) => ({ ...contender.on(storage), bucket: `bench-${index}` }))
      for (const { bucket, environment, upload } of all) await measure(upload(source, bucket, transfers), environment)
      for (let run = 0; run < runs; run++) {
        for (const { bucket, environment, name, upload } of inTurn(all, run)) {
          report(name, "", await measure(upload(source, bucket, transfers), environment))
        }
      }
    })
  }
})

/** `scale` makes less of everything, for a trial of the rows. */
export const storageRows = (
  contenders: Contenders,
  kinds: Readonly<Record<string, StorageKind>>,
  scale: number
): Readonly<Record<string, Row>> => {
  const rows: Record<string, Row> = {}
  const scaled = (figure: number): number => Math.max(1, Math.round(figure * scale))
  for (const [kind, storage] of Object.entries(kinds)) {
    const [small, large] = [scaled(10_000), scaled(2 * 1024)]
    rows[`${kind}-small`] = upAndDown(contenders, storage, `${small.toLocaleString("en")} files of 4 KiB`, (folder) =>
      manyFiles(folder, small, 4096)
    )
    rows[`${kind}-large`] = upAndDown(contenders, storage, `one file of ${large.toLocaleString("en")} MiB`, (folder) =>
      oneFile(folder, large * 1024 ** 2)
    )
    rows[`${kind}-unchanged`] = unchanged(contenders, storage, scaled(50_000))
  }
  return rows
}
