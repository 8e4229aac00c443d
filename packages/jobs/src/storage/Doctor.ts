/** What is right and wrong with a place, its key and this machine, one thing a row. Changes nothing unless asked to. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import { type Keys, type Purpose, purposes } from "@ourclone/core/contract/Keys"
import type { Downloads, Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Amount from "@ourclone/core/events/Amount"
import type { Tell } from "@ourclone/core/events/Tell"
import { MostRetries } from "@ourclone/core/layers/Retry"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import * as KeyFor from "../place/KeyFor.ts"
import { open } from "../place/OpenPlace.ts"
import { diagnosedPurpose, diagnosing } from "./KeyFields.ts"

export const Request = Schema.Struct({ ...diagnosing, ...diagnosedPurpose })
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  verdict: Schema.Literals(["ok", "warning", "failed"]),
  /** Which check it is. Stable: `connection`, `signIn`, `key`, `place`, `maySync`, `latency`, `write` … */
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
      makeFolder(folder)
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
const timed = Effect.fnUntraced(function* (provider: Provider) {
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

const latency = (provider: Provider): Effect.Effect<Row> =>
  Effect.orElseSucceed(timed(provider), () => warning("latency", "it does not answer every time"))

const lists = Effect.fnUntraced(function* (folder: FileOrFolder.FoundFolder, text: string, tell: Tell) {
  if (yield* FileOrFolder.holdsSomething(folder)) return ok("place", "it can be listed")
  // Where folders are made of the names of files, one without files is as good as there.
  const isThere = !folder.provider.capabilities.hasDirectories || (yield* FileOrFolder.exists(folder, text, tell))
  return isThere
    ? ok("place", "it can be listed, and nothing is there")
    : failed("place", "there is no such folder: check the name, or make it")
})

const place = Effect.fnUntraced(function* (provider: Provider, text: string, tell: Tell) {
  const isAccount = provider.buckets !== undefined && provider.location === ""
  const found = isAccount ? undefined : yield* FileOrFolder.find(text, tell)
  if (found?._tag === "File") return failed("place", "this is a file: name the folder that holds it")
  return yield* lists(found ?? { _tag: "Folder", provider }, text, tell)
})

/** Where there is nothing yet, something can be stored, and nothing read. */
const notThere = (message: string, purpose: Purpose | undefined): Row =>
  purpose === "read"
    ? failed("place", `${message}: check the name`)
    : warning(
        "place",
        `${message}: check the name; what is first stored there makes it, where key and remote allow that`
      )

const placeOf = (provider: Provider, { path: text, purpose }: Request, tell: Tell) =>
  Effect.catch(place(provider, text, tell), (error) =>
    Effect.succeed(
      error._tag === "StorageError" && error.reason._tag === "NotFound"
        ? notThere(error.message, purpose)
        : failed("place", error.message)
    )
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

/** No failure: a key that may do no more than it is for is a good one. */
const mayBeyond = ({ beyond }: Keys): Row => {
  if (beyond.length === 0) return ok("mayBeyond", "the key may do all that other commands take")
  const each = beyond.map(({ capability, commands }) => `"${capability}" (${commands.join(", ")})`)
  return warning("mayBeyond", `the key lacks ${each.join(", ")}; make a key that has what you need of these`)
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
    const message = KeyFor.lack(own, missing, purpose)
    return wanted === undefined ? warning(name, message) : failed(name, message)
  })
  return [ok("key", `${own.id} reaches ${reach}`), ...ways, mayBeyond(keys)]
}

/** In bytes: below it a place is as good as full. */
const little = 1024 ** 3

const space = (left: NonNullable<Provider["freeSpace"]>): Effect.Effect<Row> =>
  Effect.match(left, {
    onFailure: (error) => warning("space", error.message),
    onSuccess: (free) =>
      free < little
        ? warning("space", `${Amount.bytes(free)} are left: free some space`)
        : ok("space", `${Amount.bytes(free)} are left`)
  })

const downloads = ({ address, answers, option }: Downloads): Effect.Effect<Row> =>
  Effect.match(answers, {
    onFailure: ({ message }) =>
      failed(
        "downloads",
        `files can not be fetched from ${address}: ${message}; check the option ${option} of the remote`
      ),
    onSuccess: () => ok("downloads", `files are fetched from ${address}, which answers`)
  })

const probed = Effect.fnUntraced(function* (provider: Provider, stored: File, bytes: Uint8Array) {
  const read = yield* Effect.match(provider.readAll(stored), {
    onFailure: (error) => failed("read", error.message),
    onSuccess: (found) =>
      Buffer.compare(bytes, found) === 0
        ? ok("read", "it was read, and is what was stored")
        : failed("read", "what was read is not what was stored: do not use this place")
  })
  const removed = yield* Effect.match(provider.remove(stored.path), {
    onFailure: (error) => failed("delete", `${error.message}; the small file "${stored.path}" stays there, remove it`),
    onSuccess: () => ok("delete", "it was removed")
  })
  return [read, removed]
})

const writing = Effect.fnUntraced(function* (provider: Provider) {
  const path = makeUnsafe(`.ourclone-doctor-${randomBytes(6).toString("hex")}`)
  const bytes = randomBytes(100)
  const modifiedAt = yield* Clock.currentTimeMillis
  const stored = yield* Effect.result(provider.put(path, fromBytes(bytes), { modifiedAt }))
  return stored._tag === "Failure"
    ? [failed("write", stored.failure.message)]
    : [ok("write", "a small file was stored"), ...(yield* probed(provider, stored.success, bytes))]
})

/** Whoever is there has answered by then. */
const longestSeconds = 20
const duration = `${longestSeconds} seconds` as const
const unanswered = `no answer within ${longestSeconds} s: check the address, the network and what stands between`

const inTime = <R>(
  name: string,
  check: Effect.Effect<Row, never, R>,
  message = unanswered
): Effect.Effect<Row, never, R> =>
  Effect.timeoutOrElse(check, { duration, orElse: () => Effect.succeed(failed(name, message)) })

/** Which of the things that opening takes went wrong: each has another remedy. */
const checkOf = (error: StorageError | RemoteError): string => {
  switch (error.reason._tag) {
    case "UnknownRemote":
    case "UnknownType":
    case "UnsupportedProvider":
    case "InvalidName":
      return "remote"
    case "MalformedConfiguration":
    case "ConfigurationUnavailable":
    case "InvalidOption":
    case "SecretUnavailable":
    case "AlreadyConfigured":
      return "configuration"
    case "Unavailable":
    case "RateLimited":
      return "connection"
    case "PermissionDenied":
      return "key"
    case "NotFound":
    case "InvalidRequest":
      return "place"
    default:
      return "signIn"
  }
}

const opening = (path: string, tell: Tell) =>
  Effect.result(
    Effect.timeoutOrElse(
      Effect.mapError(open(path, tell), (error) => failed(checkOf(error), error.message)),
      { duration, orElse: () => Effect.fail(failed("connection", unanswered)) }
    )
  )

const fetched = ({ downloads: from }: Provider): Stream.Stream<Row> =>
  from === undefined
    ? Stream.empty
    : Stream.fromEffect(
        inTime(
          "downloads",
          downloads(from),
          `${from.address}: ${unanswered}, and the option ${from.option} of the remote`
        )
      )

/** Each row as soon as it is known. */
const ofPlace = Effect.fnUntraced(function* (request: Request, tell: Tell) {
  const { path, purpose, writes } = request
  const opened = yield* opening(path, tell)
  if (opened._tag === "Failure") return Stream.succeed(opened.failure)
  const provider = opened.success
  const who = provider.capabilities.isLocal ? "a folder of this machine" : "the service knows the key"
  const listed = Effect.gen(function* () {
    const found = yield* inTime("place", placeOf(provider, request, tell))
    const timed = Stream.fromEffect(inTime("latency", latency(provider)))
    return found.verdict === "ok" ? Stream.concat(Stream.succeed(found), timed) : Stream.succeed(found)
  })
  return Stream.fromArray([ok("signIn", who), ...clock(provider), ...may(provider, purpose)]).pipe(
    Stream.concat(Stream.unwrap(listed)),
    Stream.concat(fetched(provider)),
    Stream.concat(
      provider.freeSpace === undefined ? Stream.empty : Stream.fromEffect(inTime("space", space(provider.freeSpace)))
    ),
    Stream.concat(writes === true ? Stream.fromArrayEffect(writing(provider)) : Stream.empty)
  )
})

/** Once more than the first time, after a moment: who asks what is wrong does not want to wait for what may pass. */
const retries = 1

const rows = (request: Request, { tell }: Beside) =>
  Stream.fromArrayEffect(machine).pipe(
    Stream.concat(Stream.unwrap(ofPlace(request, tell))),
    Stream.provideService(MostRetries, retries)
  )

export const kind: QueryKind<"doctor", Request, Row> = {
  type: "doctor",
  request: Request,
  row: Row,
  needs: () => [],
  run: rows
}
