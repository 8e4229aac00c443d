/** What is right and wrong with a place, its key and this machine, one thing a row. Changes nothing unless asked to. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { type Purpose, purposes } from "@ourclone/core/contract/Keys"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Amount from "@ourclone/core/events/Amount"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import { open } from "../place/OpenPlace.ts"
import { diagnosedPurpose, diagnosing } from "./KeyFields.ts"

export const Request = Schema.Struct({ ...diagnosing, ...diagnosedPurpose })
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  verdict: Schema.Literals(["ok", "warning", "failed"]),
  /** Stable: `signIn`, `place`, `maySync`, `latency` … */
  name: Schema.String,
  /** For people: what was found, and what to do about it where it is not well. */
  message: Schema.String
})
export type Row = typeof Row.Type

const ok = (name: string, message: string): Row => ({ verdict: "ok", name, message })
const warning = (name: string, message: string): Row => ({ verdict: "warning", name, message })
const failed = (name: string, message: string): Row => ({ verdict: "failed", name, message })

/** Files of this program that it must be able to write. */
const machine = Effect.gen(function* () {
  const { cacheDirectory, stateDirectory } = yield* ThisMachine
  const { configurationFile, warnings } = yield* Remotes
  const rows: Array<Row> = []
  for (const [name, folder] of [
    ["state", stateDirectory],
    ["cache", cacheDirectory]
  ] as const) {
    try {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
      fs.accessSync(folder, fs.constants.W_OK)
      rows.push(ok(name, `${folder} can be written`))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      rows.push(failed(name, `${folder} can not be written (${why}); correct its owner or mode`))
    }
  }
  const told = yield* Effect.match(warnings, {
    onFailure: (error) => [failed("configuration", error.message)],
    onSuccess: (found) =>
      found.length === 0
        ? [
            ok(
              "configuration",
              `${configurationFile} ${fs.existsSync(configurationFile) ? "is good" : "is not there, and need not be"}`
            )
          ]
        : found.map((message) => warning("configuration", message))
  })
  return [...rows, ...told]
})

const looks = 5

/** Milliseconds that listing the place takes, the middle one of some. */
const latency = Effect.fnUntraced(function* (provider: Provider) {
  const times: Array<number> = []
  for (let look = 0; look < looks; look++) {
    const began = yield* Clock.currentTimeMillis
    yield* Stream.runDrain(Stream.take(provider.list(root, { depth: 1 }), 1))
    times.push((yield* Clock.currentTimeMillis) - began)
  }
  const middle = times.sort((left, right) => left - right)[Math.floor(looks / 2)] ?? 0
  return middle > 2000
    ? warning("latency", `an answer takes ${middle} ms: with many small files, more of them at once help`)
    : ok("latency", `an answer takes ${middle} ms`)
})

const place = (provider: Provider): Effect.Effect<Row> =>
  Stream.take(provider.list(root, { depth: 1 }), 1).pipe(
    Stream.runCollect,
    Effect.match({
      onFailure: (error) =>
        error.reason._tag === "NotFound"
          ? warning("place", `${error.message}; what is first stored there makes it, where that is allowed`)
          : failed("place", error.message),
      onSuccess: (found) =>
        ok("place", found.length === 0 ? "it can be listed, and nothing is there" : "it can be listed")
    })
  )

/** Three minutes: a token or a time that is compared may be wrong by that. */
const mostSkewMillis = 180_000

const clock = ({ clockAheadMillis }: Provider): ReadonlyArray<Row> => {
  if (clockAheadMillis === undefined) return []
  const seconds = Math.round(Math.abs(clockAheadMillis) / 1000)
  const where = clockAheadMillis > 0 ? "behind" : "ahead of"
  return Math.abs(clockAheadMillis) > mostSkewMillis
    ? [
        failed(
          "clock",
          `this machine's clock is ${Amount.duration(seconds)} ${where} the service's: set it, or synchronise it`
        )
      ]
    : [ok("clock", `this machine's clock and the service's agree within ${Math.max(1, seconds)} s`)]
}

const may = (provider: Provider, wanted: Purpose | undefined): ReadonlyArray<Row> => {
  const { keys } = provider
  if (keys === undefined) return []
  const { own } = keys
  const reach = [
    own.buckets === undefined ? "every bucket" : `the bucket ${own.buckets.join(", ")}`,
    ...(own.prefix === undefined ? [] : [`names that begin with "${own.prefix}"`])
  ].join(", ")
  const ways = (wanted === undefined ? purposes : [wanted]).map((purpose) => {
    const missing = keys.missing(purpose)
    const name = `may${purpose[0]?.toUpperCase()}${purpose.slice(1)}`
    if (missing.length === 0) return ok(name, `the key may do all that ${purpose} takes`)
    const message = `the key lacks ${missing.map((each) => `"${each}"`).join(", ")}, which ${purpose} takes: make one that has it`
    return wanted === undefined ? warning(name, message) : failed(name, message)
  })
  return [ok("key", `${own.id} reaches ${reach}`), ...ways]
}

/** In bytes: below it a place is as good as full. */
const little = 1024 ** 3

const space = (provider: Provider): Effect.Effect<ReadonlyArray<Row>> =>
  provider.freeSpace === undefined
    ? Effect.succeed([])
    : Effect.match(provider.freeSpace, {
        onFailure: (error) => [warning("space", error.message)],
        onSuccess: (free) => [
          free < little
            ? warning("space", `${Amount.bytes(free)} are left: free some space`)
            : ok("space", `${Amount.bytes(free)} are left`)
        ]
      })

const writing = Effect.fnUntraced(function* (provider: Provider) {
  const path = makeUnsafe(`.ourclone-doctor-${randomBytes(6).toString("hex")}`)
  const bytes = randomBytes(100)
  const work = Effect.gen(function* () {
    const stored = yield* provider.put(path, fromBytes(bytes), { modifiedAt: yield* Clock.currentTimeMillis })
    const read = yield* provider.readAll(stored)
    return bytes.equals(read)
      ? ok("write", "a small file was stored, read and removed")
      : failed("write", "what was read is not what was stored: do not use this place")
  })
  return yield* work.pipe(
    Effect.tap(() => provider.remove(path)),
    Effect.catch((error: StorageError) => Effect.succeed(failed("write", error.message)))
  )
})

const ofPlace = Effect.fnUntraced(function* (request: Request, tell: Tell) {
  const opened = yield* Effect.result(open(request.path, tell))
  if (opened._tag === "Failure") return [failed("signIn", opened.failure.message)]
  const provider = opened.success
  const found = yield* place(provider)
  const rows: Array<Row> = [
    ok("signIn", provider.capabilities.isLocal ? "a folder of this machine" : "the service knows the key"),
    ...clock(provider),
    ...may(provider, request.purpose),
    found
  ]
  if (found.verdict === "ok") {
    rows.push(yield* Effect.orElseSucceed(latency(provider), () => warning("latency", "it does not answer every time")))
  }
  rows.push(...(yield* space(provider)))
  if (request.writes === true) rows.push(yield* writing(provider))
  return rows
}, Effect.scoped)

const rows = (request: Request, { tell }: Beside) =>
  Effect.gen(function* () {
    const here = yield* machine
    return [...here, ...(yield* ofPlace(request, tell))]
  })

export const kind: QueryKind<"doctor", Request, Row> = {
  type: "doctor",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) => Stream.fromArrayEffect(rows(request, beside))
}
