/**
 * Queries and bytes run in a process beside the service: what they load, a crash of theirs and a disk that does not
 * answer are not the service's.
 *
 * One process is kept warm. When it ends, the next order starts another. When an order does not even begin to be answered
 * in time, its process takes no new ones, since whatever holds that one up may hold up others too: it is ended once the
 * rest of its work is done, or after a while in any case.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as http from "node:http"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { encodeOrder, type Order, orderHeader, type Start, tokenHeader } from "./SideWire.ts"

export interface SideProgram {
  readonly command: readonly [program: string, ...words: ReadonlyArray<string>]
  readonly environment: { readonly [variable: string]: string | undefined }
}

/** The side process did not answer, or ended before it could. */
export class SideFailed extends Error {
  readonly _tag = "SideFailed"
}

/** What was to be sent along did not come whole. */
export class BodyBroken extends Error {
  readonly _tag = "BodyBroken"
}

export interface SideProcess {
  /**
   * The answer's head; its body streams, and destroying it ends the work. `body` goes along with orders that write.
   * Fails with `SideFailed` where the process ends before it answers, or nothing comes in time, and with `BodyBroken` where
   * `body` does: the process and the rest of its work are none the worse for that.
   */
  readonly ask: (
    order: Order,
    body?: AsyncIterable<Uint8Array>
  ) => Effect.Effect<http.IncomingMessage, SideFailed | BodyBroken>
  /** For tests and the bench: the process that answers now, if there is one. */
  readonly pid: () => number | undefined
}

export interface SideOptions {
  readonly program: SideProgram
  /** How long an order that looks at one thing waits for a process, and then for the begin of its answer. */
  readonly patienceMillis?: number
  /** How long a process may take to start before another takes its place; two minutes when absent. */
  readonly startMillis?: number
}

/** What reads all there is before it says anything. */
const slow = new Set(["size", "find", "stats", "diff", "snapshots", "snapshotLs", "info", "unfinished", "versions"])
const slowMillis = 30 * 60_000

const retireMillis = 60_000
const lastWordsMillis = 200
/** In characters: the end of what it says, in which a plugin that ends it is named. */
const longestSaid = 4000
/** More threads than usual wait for files, so that some that hang leave others. */
const threads = "16"

interface Running {
  readonly child: ChildProcess
  readonly socket: string
  readonly token: string
  readonly folder: string
  readonly ready: Promise<void>
  isReady: boolean
  /** Which plugin ended it, where one did. */
  readonly blame: () => string | undefined
  busy: number
  isRetired: boolean
}

const remove = (folder: string): void => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })

const start = ({ command, environment }: SideProgram, startMillis: number): Running => {
  const [program, ...words] = command
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-side-"))
  fs.chmodSync(folder, 0o700)
  const socket =
    process.platform === "win32" ? `\\\\.\\pipe\\ourclone-${randomBytes(16).toString("hex")}` : path.join(folder, "s")
  const token = randomBytes(32).toString("hex")
  const child = spawn(program, words, {
    env: { UV_THREADPOOL_SIZE: threads, ...environment },
    stdio: ["pipe", "pipe", "pipe"]
  })
  let said = ""
  child.stderr?.on("data", (bytes: Buffer) => {
    process.stderr.write(bytes)
    said = (said + bytes.toString()).slice(-longestSaid)
  })
  const blame = (): string | undefined => /^error: (the plugin .*)$/m.exec(said)?.[1]
  child.stdin?.on("error", () => {})
  child.stdin?.write(`${JSON.stringify({ folder, socket, token } satisfies Start)}\n`)
  const ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(
        new SideFailed(`the side process did not start within ${Math.round(startMillis / 1000)} s; another is tried`)
      )
      started.isRetired = true
      child.kill("SIGKILL")
    }, startMillis)
    late.unref()
    child.stdout?.once("data", () => {
      clearTimeout(late)
      started.isReady = true
      resolve()
    })
    child.once("error", ({ message }) => reject(new SideFailed(`the side process could not be started: ${message}`)))
    child.once("exit", (code, signal) => {
      remove(folder)
      reject(new SideFailed(`the side process ended with ${signal ?? code}`))
    })
  })
  ready.catch(() => {})
  const started: Running = { child, socket, token, folder, ready, isReady: false, blame, busy: 0, isRetired: false }
  return started
}

const hasEnded = ({ child }: Running): boolean => child.exitCode !== null || child.signalCode !== null

const stop = (running: Running): void => {
  running.child.stdin?.end()
  running.child.kill("SIGKILL")
  // Not when its end is heard of, since the service may have ended by then.
  remove(running.folder)
}

/** Processes end when the scope closes. */
export const make = Effect.fnUntraced(function* ({
  patienceMillis = 30_000,
  program,
  startMillis = 120_000
}: SideOptions): Effect.fn.Return<SideProcess, never, Scope.Scope> {
  let current: Running | undefined
  const all = new Set<Running>()
  yield* Effect.addFinalizer(() => Effect.sync(() => all.forEach(stop)))

  const running = (): Running => {
    if (current !== undefined && !current.isRetired && !hasEnded(current)) return current
    const started = start(program, startMillis)
    all.add(started)
    started.child.once("exit", () => all.delete(started))
    current = started
    return started
  }
  const retire = (one: Running): void => {
    if (one.isRetired) return
    one.isRetired = true
    if (one.busy === 0) stop(one)
    else setTimeout(() => stop(one), retireMillis).unref()
  }
  const release = (one: Running): void => {
    one.busy--
    if (one.isRetired && one.busy === 0) stop(one)
  }

  const patienceFor = (order: Order): number => {
    const isSlow = order._tag === "Preview" || order._tag === "Bytes" || (order._tag === "Rows" && slow.has(order.type))
    return isSlow ? Math.max(slowMillis, patienceMillis) : patienceMillis
  }

  const ask: SideProcess["ask"] = (order, body) =>
    Effect.callback<http.IncomingMessage, SideFailed | BodyBroken>((resume) => {
      const patience = patienceFor(order)
      const one = running()
      one.busy++
      let request: http.ClientRequest | undefined
      let isOver = false
      const over = () => {
        if (!isOver) release(one)
        isOver = true
      }
      const failed = (error: unknown) => {
        clearTimeout(late)
        over()
        if (error instanceof SideFailed || error instanceof BodyBroken) return resume(Effect.fail(error))
        const fail = (): void => {
          const blamed = one.blame()
          const why = blamed === undefined ? "" : `: ${blamed}`
          resume(Effect.fail(new SideFailed(`the side process ended before it answered${why}`)))
        }
        // What it said last may come a moment later.
        if (one.child.stderr?.readableEnded === true) return fail()
        one.child.once("close", fail)
        setTimeout(fail, lastWordsMillis).unref()
      }
      const seconds = Math.round(patience / 1000)
      const withoutAnswer = () => {
        failed(new SideFailed(`no answer within ${seconds} s`))
        request?.destroy()
        retire(one)
      }
      // A machine that is busy, as at its start, gets its process in the end.
      const withoutProcess = () =>
        failed(
          new SideFailed(`what answers has not started within ${seconds} s, as on a busy machine: ask again later`)
        )
      let late = setTimeout(one.isReady ? withoutAnswer : withoutProcess, patience)
      const text = encodeOrder(order)
      one.ready.then(() => {
        if (isOver) return
        clearTimeout(late)
        late = setTimeout(withoutAnswer, patience)
        request = http.request({
          socketPath: one.socket,
          method: "POST",
          agent: false,
          headers: {
            [tokenHeader]: one.token,
            ...(body === undefined ? {} : { [orderHeader]: Buffer.from(text).toString("base64url") })
          }
        })
        request.once("error", (error) => {
          // It has ended, or is about to: nobody waits for that to be known.
          if (!isOver) retire(one)
          failed(error)
        })
        request.once("response", (response) => {
          clearTimeout(late)
          response.once("close", over)
          resume(Effect.succeed(response))
        })
        if (body === undefined) return void request.end(text)
        // An upload waits for its sender, and for that no time is set here.
        clearTimeout(late)
        void pipeInto(request, body).catch((error: unknown) => {
          failed(new BodyBroken(error instanceof Error ? error.message : String(error)))
          request?.destroy()
        })
      }, failed)
      return Effect.sync(() => {
        clearTimeout(late)
        request?.destroy()
        over()
      })
    })
  return { ask, pid: () => (current === undefined || hasEnded(current) ? undefined : current.child.pid) }
})

/** Waits while the other side is behind. Rejects where the body breaks off. */
const pipeInto = async (request: http.ClientRequest, body: AsyncIterable<Uint8Array>): Promise<void> => {
  let wake = () => {}
  request.on("drain", () => wake()).once("close", () => wake())
  for await (const piece of body) {
    if (!request.write(piece) && !request.destroyed) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (request.destroyed) return
  }
  request.end()
}
