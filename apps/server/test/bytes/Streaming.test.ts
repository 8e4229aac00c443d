/** Files that are larger than what the service may hold. In processes of their own, so that the memory is theirs. */
import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as http from "node:http"
import * as os from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { expect, onTestFinished, test } from "vitest"

/** As it is packed, where that is given: what is run from its sources holds more. */
const packed = process.env.STREAMED_PROGRAM
const main = packed ?? path.join(import.meta.dirname, "../../../cli/src/main.ts")
/** For a machine with time: 5000 is what a service must take. */
const megabytes = Number(process.env.STREAMED_MEGABYTES ?? "300")
const piece = Buffer.alloc(1024 * 1024)
for (let at = 0; at < piece.length; at += 4) piece.writeUInt32LE((at * 2_654_435_761) >>> 0, at)

/** No two pieces are the same. */
const pieceAt = (index: number): Buffer => {
  const made = Buffer.from(piece)
  made.writeUInt32LE(index, 0)
  return made
}

const start = async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-streaming-")))
  const home = path.join(folder, "home")
  fs.mkdirSync(home)
  const socket = path.join(folder, "socket")
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: folder,
    XDG_STATE_HOME: path.join(folder, "state"),
    XDG_CACHE_HOME: path.join(folder, "cache"),
    OURCLONE_CONFIG: path.join(folder, "config.toml")
  }
  const words = ["serve", "--addr", "127.0.0.1:0", "--socket", socket, "--root", home]
  const service = spawn(process.execPath, [main, ...words], { env: environment, stdio: ["ignore", "ignore", "pipe"] })
  onTestFinished(async () => {
    const ended = new Promise((resolve) => service.once("exit", resolve))
    service.kill("SIGTERM")
    await ended
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })
  for await (const line of createInterface({ input: service.stderr })) if (line.startsWith("set it up")) break
  service.stderr.resume()
  return { folder, home, service, socket }
}

/** The most that the process and those it started have held, each. */
const peaksOf = ({ pid }: ChildProcess): ReadonlyArray<number> => {
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean)
  return [String(pid), ...children].map((id) =>
    Math.round(Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${id}/status`, "utf8"))?.[1]) / 1024)
  )
}

const ask = (
  socketPath: string,
  name: string,
  options: http.RequestOptions,
  body?: (sent: http.ClientRequest) => void
) =>
  new Promise<{ readonly status: number; readonly size: number; readonly digest: string }>((resolve, reject) => {
    const sent = http.request({ socketPath, path: name, agent: false, ...options }, (answer) => {
      const hash = createHash("sha1")
      let size = 0
      answer.on("data", (some: Buffer) => {
        size += some.length
        hash.update(some)
      })
      answer.once("error", reject)
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, size, digest: hash.digest("hex") }))
    })
    sent.once("error", reject)
    if (body === undefined) sent.end()
    else body(sent)
  })

test.skipIf(process.platform !== "linux")(
  "a large file goes up, down and down in part, and memory does not grow with it (needs /proc)",
  { timeout: 600_000 + megabytes * 200 },
  async () => {
    const { home, service, socket } = await start()
    const name = `/api/v1/files?path=${encodeURIComponent(path.join(home, "large.bin"))}`
    // So that the process beside it is there.
    expect((await ask(socket, name, {})).status).toBe(404)
    const before = peaksOf(service)
    const hash = createHash("sha1")
    const size = megabytes * piece.length
    const up = await ask(socket, name, { method: "PUT", headers: { "content-length": String(size) } }, (sent) => {
      let index = 0
      const more = () => {
        for (; index < megabytes; ) {
          const next = pieceAt(index++)
          hash.update(next)
          if (!sent.write(next)) return void sent.once("drain", more)
        }
        sent.end()
      }
      more()
    })
    expect(up.status).toBe(201)
    const digest = hash.digest("hex")
    expect(await ask(socket, name, {})).toEqual({ status: 200, size, digest })
    const last = await ask(socket, name, { headers: { range: "bytes=-1048576" } })
    const expected = createHash("sha1")
      .update(pieceAt(megabytes - 1))
      .digest("hex")
    expect(last).toEqual({ status: 206, size: piece.length, digest: expected })
    const peaks = peaksOf(service)
    // Of the service and of the process beside it.
    expect(peaks).toHaveLength(2)
    if (packed !== undefined) for (const peak of peaks) expect(peak).toBeLessThan(200)
    const grown = peaks.map((peak, index) => peak - (before[index] ?? 0))
    for (const megabytesMore of grown) expect(megabytesMore).toBeLessThan(120)
  }
)
