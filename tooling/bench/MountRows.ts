/** What is measured of mounts: everyday work in a folder that shows a bucket, each contender on a bucket of its own. */
import * as fs from "node:fs"
import * as path from "node:path"
import { b2Environment, type Contender } from "./Contenders.ts"
import { emptyFiles, manyFiles, oneFile } from "./Dataset.ts"
import { type EmulatorProcess, withEmulator } from "./EmulatorProcess.ts"
import { limitName, measureLimit } from "./Limit.ts"
import { measure } from "./Measure.ts"
import type { MountContender } from "./MountContenders.ts"
import { MountedProcess } from "./MountedProcess.ts"
import { inTurn, type Row } from "./Row.ts"

const largeSize = 256 * 1024 ** 2
const listed = 50_000
const cold = 2_000
const program = path.join(import.meta.dirname, "smallFiles.mjs")

/** The names and sizes that a bucket shows, through nobody's mount. */
const stored = async (
  { endpoint, keyId, key }: EmulatorProcess,
  bucket: string
): Promise<ReadonlyMap<string, number>> => {
  const basic = Buffer.from(`${keyId}:${key}`).toString("base64")
  const headers = { authorization: `Basic ${basic}` }
  const account = (await (await fetch(`${endpoint}/b2api/v4/b2_authorize_account`, { headers })).json()) as {
    readonly accountId: string
    readonly authorizationToken: string
    readonly apiInfo: { readonly storageApi: { readonly apiUrl: string } }
  }
  const call = async (name: string, body: object) => {
    const url = `${account.apiInfo.storageApi.apiUrl}/b2api/v4/${name}`
    const init = { method: "POST", headers: { authorization: account.authorizationToken }, body: JSON.stringify(body) }
    return (await (await fetch(url, init)).json()) as Record<string, unknown>
  }
  const { buckets } = await call("b2_list_buckets", { accountId: account.accountId, bucketName: bucket })
  const { bucketId } = (buckets as ReadonlyArray<{ readonly bucketId: string }>)[0]!
  const { files } = await call("b2_list_file_names", { bucketId, maxFileCount: 1000, prefix: "work/" })
  return new Map(
    (
      files as ReadonlyArray<{
        readonly fileName: string
        readonly contentLength: number
        readonly uploadTimestamp: number
      }>
    ).map((file) => [file.fileName, file.uploadTimestamp])
  )
}

interface Step {
  readonly work: string
  readonly script: string
  /** A name that has to be stored anew before the work is done. */
  readonly stores?: string
}

const steps: ReadonlyArray<Step> = [
  { work: `ls -lR of ${listed}`, script: "ls -lR many > /dev/null" },
  { work: "ls -lR again", script: "ls -lR many > /dev/null" },
  { work: "read 256 MiB, cold", script: "dd if=large/large.bin of=/dev/null bs=1M status=none" },
  { work: "read 256 MiB, warm", script: "dd if=large/large.bin of=/dev/null bs=1M status=none" },
  { work: "2,000 x 4 KiB at random", script: '"$NODE" "$PROGRAM" random large/large.bin 2000' },
  { work: `${cold} small files, cold`, script: "find small -type f -exec cat {} + > /dev/null" },
  { work: `${cold} small files, warm`, script: "find small -type f -exec cat {} + > /dev/null" },
  { work: "500 files: create", script: 'mkdir -p work; "$NODE" "$PROGRAM" create work/few 500' },
  { work: "500 files: stat", script: '"$NODE" "$PROGRAM" stat work/few 500' },
  { work: "500 files: read", script: '"$NODE" "$PROGRAM" read work/few 500' },
  { work: "500 files: unlink", script: '"$NODE" "$PROGRAM" unlink work/few 500' },
  {
    work: "write 256 MiB, fsync",
    script: "dd if=/dev/zero of=work/written bs=1M count=256 conv=fsync status=none"
  },
  {
    work: "write 256 MiB until stored",
    script: "dd if=/dev/zero of=work/stored bs=1M count=256 status=none",
    stores: "work/stored"
  },
  {
    work: "edit 1 MiB in it until stored",
    script: "dd if=/dev/zero of=work/stored bs=1M count=1 seek=100 conv=notrunc status=none",
    stores: "work/stored"
  }
]

const row = (contenders: ReadonlyArray<MountContender>, uploader: Contender, latency?: string): Row => ({
  name: `a bucket as a folder${latency === undefined ? "" : `, ${latency} latency`}`,
  run: async (runs, folder, report) => {
    const source = path.join(folder, "source")
    emptyFiles(path.join(source, "many"), listed, 500)
    manyFiles(path.join(source, "small"), cold, 4096)
    oneFile(path.join(source, "large"), largeSize)
    const flags = latency === undefined ? [] : ["--latency", latency]
    process.env["PROGRAM"] = program
    await withEmulator(["--store", path.join(folder, "store"), ...flags], async (emulator) => {
      for (let run = 0; run < runs; run++) {
        for (const contender of inTurn(contenders, run)) {
          const bucket = `bench-${contender.name.replace(/[^a-z0-9]+/g, "-")}-${run}`
          const point = path.join(folder, bucket)
          const cache = path.join(folder, `cache-${bucket}`)
          fs.mkdirSync(point)
          await measure(uploader.upload(source, bucket, 32), uploader.environment(emulator))
          const environment = contender.environment(emulator, cache)
          const mounted = await MountedProcess.start(contender.mount(bucket, point, cache), point, environment)
          try {
            for (const { script, stores, work } of steps) {
              const before = stores === undefined ? undefined : (await stored(emulator, bucket)).get(stores)
              const isStored =
                stores === undefined
                  ? undefined
                  : async () => ((await stored(emulator, bucket)).get(stores) ?? before) !== before
              report(contender.name, work, await mounted.measure(script, isStored))
            }
          } finally {
            await mounted.stop()
          }
          fs.rmSync(cache, { recursive: true, force: true })
        }
        const large = path.join(source, "large")
        const copy = path.join(folder, "limit")
        report(
          limitName,
          "write 256 MiB until stored",
          await measureLimit([{ do: "sha1", folder: large, target: copy }], b2Environment(emulator))
        )
        fs.rmSync(copy, { recursive: true })
      }
    })
  }
})

/** `uploader` fills the buckets; that is not measured. */
export const mountRows = (
  contenders: ReadonlyArray<MountContender>,
  uploader: Contender
): Readonly<Record<string, Row>> => ({
  mount: row(contenders, uploader),
  "mount-40ms": row(contenders, uploader, "40ms")
})
