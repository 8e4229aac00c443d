/** Stores what comes beside the request as one file. */
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { AlreadyExists, NoSpace, SourceChanged, StorageError } from "@ourclone/core/contract/StorageError"
import { TransferSummary as Summary } from "@ourclone/core/engine/TransferSummary"
import type { Tell } from "@ourclone/core/events/Tell"
import { retrying } from "@ourclone/core/layers/Retry"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import { current, hasEnded, ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import * as Bwlimit from "../place/Bwlimit.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import * as KeyFor from "../place/KeyFor.ts"
import { open } from "../place/OpenPlace.ts"
import { parentOf } from "../place/PlaceText.ts"
import { storedInput } from "./TransferFields.ts"
import * as TransferRun from "./TransferRun.ts"

export const Request = Schema.Struct(storedInput)
export type Request = typeof Request.Type

const failure = (reason: StorageError["reason"]) =>
  new StorageError({ provider: "standard input", operation: "read", reason })

const spoolingFailed = (folder: string) => (error: NodeJS.ErrnoException) => {
  const isFull = error.code === "ENOSPC" || error.code === "EDQUOT"
  const message = isFull
    ? `${folder} has no room for it, where it is kept until its end is known: free some space`
    : `it can not be kept in ${folder} until its end is known (${error.code ?? error.message})`
  return failure(isFull ? new NoSpace({ message }) : new SourceChanged({ message }))
}

const inputEnded = (error: Error) =>
  failure(new SourceChanged({ message: `it broke off, so nothing was stored: ${error.message}` }))

const otherSize = (what: string) =>
  Effect.fail(failure(new SourceChanged({ message: `${what}, so nothing was stored` })))

const beginning = "input-"
/** In the folder of an input: the process that keeps it. */
const makerName = "maker.json"
const decodeMaker = Schema.decodeUnknownSync(Schema.fromJsonString(ProcessIdentity))

/** Removes the inputs of runs that were killed. What can not be read or removed is in nobody's way. */
const sweep = async (directory: string): Promise<void> => {
  for (const name of await fs.readdir(directory)) {
    if (!name.startsWith(beginning)) continue
    const folder = path.join(directory, name)
    try {
      const maker = decodeMaker(await fs.readFile(path.join(folder, makerName), "utf8"))
      if (hasEnded(maker)) await fs.rm(folder, { recursive: true, force: true })
    } catch {}
  }
}

/** Takes `input` to its end into a file that goes when the scope closes. */
const spool = Effect.fnUntraced(function* (
  input: NonNullable<Beside["input"]>,
  { modifiedAt, size }: Pick<Request, "modifiedAt" | "size">
) {
  const { cacheDirectory } = yield* ThisMachine
  const attempt = <A>(act: () => Promise<A>) =>
    Effect.tryPromise({ try: act, catch: (error) => error as NodeJS.ErrnoException }).pipe(
      Effect.mapError(spoolingFailed(cacheDirectory))
    )
  yield* attempt(async () => makeFolder(cacheDirectory))
  yield* attempt(() => sweep(cacheDirectory))
  const folder = yield* Effect.acquireRelease(
    attempt(() => fs.mkdtemp(path.join(cacheDirectory, beginning))),
    (made) => Effect.promise(() => fs.rm(made, { recursive: true, force: true }))
  )
  yield* attempt(() => fs.writeFile(path.join(folder, makerName), JSON.stringify(current()), { mode: 0o600 }))
  const name = path.join(folder, "input")
  const file = yield* Effect.acquireRelease(
    attempt(() => fs.open(name, "wx", 0o600)),
    (opened) => Effect.promise(() => opened.close())
  )
  let arrived = 0
  yield* Stream.runForEach(Stream.mapError(input, inputEnded), (piece) => {
    arrived += piece.length
    return size !== undefined && arrived > size
      ? otherSize(`more than the ${size} bytes that were announced came`)
      : attempt(() => file.writeFile(piece))
  })
  if (size !== undefined && arrived < size) {
    yield* otherSize(`it ended after ${arrived} of the ${size} bytes that were announced`)
  }
  if (modifiedAt !== undefined) yield* attempt(() => file.utimes(modifiedAt / 1000, modifiedAt / 1000))
  return name
})

/**
 * Opens where it is to go until the scope closes. Fails with `PermissionDenied` where nothing may be stored there, and with
 * `AlreadyExists` where a file is not to be replaced, or a folder has the name, so that nobody reads an input in vain.
 */
export const demand = Effect.fnUntraced(function* (
  { createsBucket, destination, noClobber = false }: Pick<Request, "createsBucket" | "destination" | "noClobber">,
  tell: Tell
) {
  const parent = parentOf(destination)
  if (parent === undefined) return
  const provider = yield* open(parent.folder, tell, { createsBuckets: createsBucket })
  yield* KeyFor.demandDeeds(provider, ["write"])
  yield* FileOrFolder.refuseFolder(destination, provider, parent.name)
  if (!noClobber) return
  const isThere = yield* Effect.as(retrying(provider.stat(parent.name)), true).pipe(
    Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(false))
  )
  if (!isThere) return
  const message = "a file is there, which is not to be replaced"
  const reason = new AlreadyExists({ message })
  return yield* new StorageError({ provider: provider.name, operation: "put", path: parent.name, reason })
})

const run = Effect.fnUntraced(function* (asked: Request, beside: Beside) {
  const { input } = beside
  if (input === undefined) return yield* new InvalidJob({ message: "there is no input beside the request to store" })
  yield* demand(asked, beside.tell)
  const source = yield* spool(input, asked)
  // The input may have taken hours.
  if (asked.noClobber === true) yield* demand(asked, beside.tell)
  const { modifiedAt: _, noClobber: __, size: ___, ...request } = asked
  return yield* TransferRun.run("copy")({ ...request, source, toName: true, ignoreTimes: true }, beside)
})

/**
 * The input lies in a file of this machine, in `cacheDirectory`, until its end is known; then it is stored as `copy`
 * stores that file, so that what may pass can be tried again. Input that fails before its end stores nothing. Such a
 * run can not be repeated.
 */
export const kind: JobKind<"rcat", Request, typeof Summary.Type> = {
  type: "rcat",
  request: Request,
  summary: Summary,
  needs: () => [],
  takesInput: () => true,
  refuse: ({ bwlimit, destination }) =>
    parentOf(destination) === undefined
      ? new InvalidJob({
          message: `${destination} names no file: write what it is to be called there`,
          field: "destination"
        })
      : Bwlimit.refusal(bwlimit),
  run
}
