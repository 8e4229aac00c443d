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
import { inTurn, type Report, type Row } from "./Row.ts"

const largeSize = 256 * 1024 ** 2
const listed = 50_000
const cold = 2_000
const program = path.join(import.meta.dirname, "smallFiles.mjs")

/** When each name below `work/` was stored, asked of the bucket itself. */
type Stored = ReadonlyMap<string, number>

const storedIn = (emulator: EmulatorProcess, bucket: string) => {
  const { endpoint, key, keyId } = emulator
  const post = async (url: string, token: string, body: object) => {
    const init = { method: "POST", headers: { authorization: token }, body: JSON.stringify(body) }
    return (await (await fetch(url, init)).json()) as Record<string, unknown>
  }
  const begun = (async () => {
    const basic = Buffer.from(`${keyId}:${key}`).toString("base64")
    const headers = { authorization: `Basic ${basic}` }
    const account = (await (await fetch(`${endpoint}/b2api/v4/b2_authorize_account`, { headers })).json()) as {
      readonly accountId: string
      readonly authorizationToken: string
      readonly apiInfo: { readonly storageApi: { readonly apiUrl: string } }
    }
    const at = `${account.apiInfo.storageApi.apiUrl}/b2api/v4`
    const asked = { accountId: account.accountId, bucketName: bucket }
    const { buckets } = await post(`${at}/b2_list_buckets`, account.authorizationToken, asked)
    return { at, token: account.authorizationToken, ...(buckets as ReadonlyArray<{ readonly bucketId: string }>)[0]! }
  })()
  return async (): Promise<Stored> => {
    const { at, bucketId, token } = await begun
    const asked = { bucketId, maxFileCount: 1000, prefix: "work/" }
    const { files } = await post(`${at}/b2_list_file_names`, token, asked)
    const rows = files as ReadonlyArray<{ readonly fileName: string; readonly uploadTimestamp: number }>
    return new Map(rows.map(({ fileName, uploadTimestamp }) => [fileName, uploadTimestamp]))
  }
}

interface Step {
  readonly work: string
  readonly script: string
  /** What has to be stored, compared with before, until the work is done. */
  readonly until?: (now: Stored, before: Stored) => boolean
}

const few = 500
const node = (args: string): string => `"$NODE" '${program}' ${args}`
const isNew = (name: string) => (now: Stored, before: Stored) => now.has(name) && now.get(name) !== before.get(name)
const fewStored = (now: Stored) => [...now.keys()].filter((name) => name.startsWith("work/few/file-")).length

interface Group {
  /** What the bucket holds before. */
  readonly fill: (source: string) => void
  readonly steps: ReadonlyArray<Step>
}

const groups = {
  listing: {
    fill: (source) => emptyFiles(path.join(source, "many"), listed, 500),
    steps: [
      { work: `ls -lR of ${listed}`, script: "ls -lR many > /dev/null" },
      { work: "ls -lR again", script: "ls -lR many > /dev/null" }
    ]
  },
  reading: {
    fill: (source) => oneFile(path.join(source, "large"), largeSize),
    steps: [
      { work: "read 256 MiB, cold", script: "dd if=large/large.bin of=/dev/null bs=1M status=none" },
      { work: "read 256 MiB, warm", script: "dd if=large/large.bin of=/dev/null bs=1M status=none" },
      { work: "2,000 x 4 KiB at random", script: node("random large/large.bin 2000") }
    ]
  },
  small: {
    fill: (source) => manyFiles(path.join(source, "small"), cold, 4096),
    steps: [
      { work: `${cold} small files, cold`, script: "find small -type f -exec cat {} + > /dev/null" },
      { work: `${cold} small files, warm`, script: "find small -type f -exec cat {} + > /dev/null" }
    ]
  },
  creating: {
    fill: () => {},
    steps: [
      { work: `create ${few} files`, script: `mkdir -p work; ${node(`create work/few ${few}`)}` },
      { work: "until they are stored", script: "true", until: (now) => fewStored(now) === few },
      { work: `stat ${few} files`, script: node(`stat work/few ${few}`) },
      { work: `read ${few} files`, script: node(`read work/few ${few}`) },
      { work: `unlink ${few} files`, script: node(`unlink work/few ${few}`) },
      { work: "until they are gone", script: "true", until: (now) => fewStored(now) === 0 }
    ]
  },
  writing: {
    fill: () => {},
    steps: [
      {
        work: "write 256 MiB, fsync",
        script: "mkdir -p work; dd if=/dev/zero of=work/large bs=1M count=256 conv=fsync status=none"
      },
      { work: "until it is stored", script: "true", until: (now) => now.has("work/large") },
      {
        work: "edit 1 MiB in it until stored",
        script: "dd if=/dev/zero of=work/large bs=1M count=1 seek=100 conv=notrunc status=none",
        until: isNew("work/large")
      }
    ]
  }
} satisfies Record<string, Group>

type GroupName = keyof typeof groups
const everything = Object.keys(groups) as ReadonlyArray<GroupName>

const limit = async (folder: string, source: string, emulator: EmulatorProcess, report: Report): Promise<void> => {
  const [large, copy] = [path.join(source, "large"), path.join(folder, "limit")]
  if (!fs.existsSync(large)) oneFile(large, largeSize)
  const did = await measureLimit([{ do: "sha1", folder: large, target: copy }], b2Environment(emulator))
  report(limitName, "until it is stored", did)
  fs.rmSync(copy, { recursive: true })
}

const row = (
  contenders: ReadonlyArray<MountContender>,
  uploader: Contender,
  chosen: ReadonlyArray<GroupName>,
  latency?: string
): Row => ({
  name: `a bucket as a folder${latency === undefined ? "" : `, ${latency} latency`}`,
  run: async (runs, folder, report) => {
    const source = path.join(folder, "source")
    fs.mkdirSync(source)
    fs.writeFileSync(path.join(source, "one"), "one")
    const steps: Array<Step> = []
    for (const name of chosen) {
      groups[name].fill(source)
      steps.push(...groups[name].steps)
    }
    const flags = latency === undefined ? [] : ["--latency", latency]
    await withEmulator(["--store", path.join(folder, "store"), ...flags], async (emulator) => {
      for (let run = 0; run < runs; run++) {
        for (const contender of inTurn(contenders, run)) {
          const bucket = `bench-${contender.name.replace(/[^a-z0-9]+/g, "-")}-${run}`
          const point = path.join(folder, bucket)
          const cache = path.join(folder, `cache-${bucket}`)
          fs.mkdirSync(point)
          await measure(uploader.upload(source, bucket, 32), uploader.environment(emulator))
          const environment = contender.environment(emulator, cache)
          const stored = storedIn(emulator, bucket)
          const mounted = await MountedProcess.start(contender.mount(bucket, point, cache), point, environment)
          try {
            for (const { script, until, work } of steps) {
              const before = await stored()
              const holds = until === undefined ? undefined : async () => until(await stored(), before)
              report(contender.name, work, await mounted.measure(script, holds))
            }
          } finally {
            await mounted.stop()
          }
          fs.rmSync(cache, { recursive: true, force: true })
        }
        if (chosen.includes("writing")) await limit(folder, source, emulator, report)
      }
    })
  }
})

/** `uploader` fills the buckets; that is not measured. */
export const mountRows = (
  contenders: ReadonlyArray<MountContender>,
  uploader: Contender
): Readonly<Record<string, Row>> => ({
  mount: row(contenders, uploader, everything),
  "mount-40ms": row(contenders, uploader, everything, "40ms")
})

/** Parts of `mount`, each a row of its own for who works on it: `mount-reading`, and with latency `mount-reading-40ms`. */
export const mountParts = (
  contenders: ReadonlyArray<MountContender>,
  uploader: Contender
): Readonly<Record<string, Row>> =>
  Object.fromEntries(
    everything.flatMap((name) => [
      [`mount-${name}`, row(contenders, uploader, [name])],
      [`mount-${name}-40ms`, row(contenders, uploader, [name], "40ms")]
    ])
  )
