/**
 * At most one run writes to a destination at a time.
 *
 * Every run leaves a file of its own in one folder and then reads those of the
 * others, so that of two runs that start together at least one sees the other.
 * Files of processes that have ended are swept away. Runs of other machines are
 * only seen where the folder is shared.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { overlap, PlaceIdentity } from "../contract/PlaceIdentity.ts"
import type { Provider } from "../contract/Provider.ts"
import { makeFolder } from "../machine/MadeFolder.ts"
import { current, hasEnded, ProcessIdentity } from "../machine/ProcessIdentity.ts"

/** Another run writes to the destination, to a folder of it or to a folder around it. */
export class Busy extends Schema.TaggedError<Busy>()("Busy", {
  message: Schema.String,
  pid: Schema.Int,
  /** Milliseconds since 1970 UTC. */
  startedAt: Schema.Int
}) {}

/** The folder of the locks can not be used, so nobody knows. */
export class LockUnavailable extends Schema.TaggedError<LockUnavailable>()("LockUnavailable", {
  message: Schema.String
}) {}

export class DestinationLockError extends Schema.TaggedError<DestinationLockError>()("DestinationLockError", {
  reason: Schema.Union([Busy, LockUnavailable])
}) {
  override get message(): string {
    return this.reason.message
  }
}

const Holder = Schema.Struct({
  process: ProcessIdentity,
  /** Milliseconds since 1970 UTC. */
  startedAt: Schema.Int,
  command: Schema.String,
  /** `Provider.name` and `place`. */
  name: Schema.String,
  place: PlaceIdentity
})
type Holder = typeof Holder.Type

const decodeHolder = Schema.decodeUnknownOption(Schema.fromJsonString(Holder))

export interface DestinationLockOptions {
  /** `StandardPaths.stateDirectory`. The locks get a folder of their own in it. */
  readonly stateDirectory: string
  readonly destination: Pick<Provider, "name" | "place">
  /** What to call this run in the error that others get, for example `ourclone sync`. No arguments: they may hold secrets. */
  readonly command: string
}

/** The other run that is in the way of `own`, and its file. */
const findConflict = (folder: string, ownFile: string, own: Holder): readonly [Holder, string] | undefined => {
  for (const file of fs.readdirSync(folder)) {
    if (file === ownFile || !file.endsWith(".lock")) continue
    const path = join(folder, file)
    let text: string
    try {
      text = fs.readFileSync(path, "utf8")
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") continue
      throw error
    }
    const holder = Option.getOrUndefined(decodeHolder(text))
    if (holder === undefined || hasEnded(holder.process)) fs.rmSync(path, { force: true })
    else if (overlap(own.place, holder.place)) return [holder, path]
  }
  return undefined
}

const isWriting = (own: Holder, { command, name, process: { host, pid }, startedAt }: Holder): string => {
  const on = host === own.process.host ? "" : ` on ${host}`
  return `another run (${command}, pid ${pid}${on}, since ${new Date(startedAt).toISOString()}) is writing to ${name}`
}

const busy = (own: Holder, holder: Holder, path: string): DestinationLockError => {
  const { pid } = holder.process
  const isHere = holder.process.host === own.process.host
  const remedy = isHere ? "wait for it, or end it" : `wait for it, or delete ${path} if it no longer runs`
  const message = `${isWriting(own, holder)}; ${remedy}`
  return new DestinationLockError({ reason: new Busy({ message, pid, startedAt: holder.startedAt }) })
}

const unavailable = (folder: string, error: unknown): DestinationLockError => {
  const cause = error instanceof Error ? error.message : String(error)
  const isFull = error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")
  const remedy = isFull ? "free some space" : "set XDG_STATE_HOME to a folder this user may write to"
  const message = `cannot tell whether another run writes to the same place: ${folder} can not be used (${cause}); ${remedy}`
  return new DestinationLockError({ reason: new LockUnavailable({ message }) })
}

/** A file that can not be removed now is swept away by a later run. */
const discard = (path: string): void => {
  try {
    fs.rmSync(path, { force: true })
  } catch {}
}

const holderOf = ({ command, destination: { name, place } }: DestinationLockOptions): Holder => ({
  process: current(),
  startedAt: Date.now(),
  command,
  name,
  place
})

/** Who would be in the way of `acquire`, in words. Marks nothing, and says nothing where that can not be known. */
export const look = (options: DestinationLockOptions): Effect.Effect<string | undefined> =>
  Effect.sync(() => {
    const own = holderOf(options)
    try {
      const conflict = findConflict(join(options.stateDirectory, "locks"), "", own)
      return conflict === undefined ? undefined : isWriting(own, conflict[0])
    } catch {
      return undefined
    }
  })

/** Two runs that began within this time may have seen each other, and one of them should get its way. */
const togetherMillis = 2_000

/**
 * Marks the destination as being written to until the scope closes. Fails with
 * `Busy` when another run, or another scope of this one, is writing to it.
 */
export const acquire = (options: DestinationLockOptions): Effect.Effect<void, DestinationLockError, Scope.Scope> => {
  const folder = join(options.stateDirectory, "locks")

  /** Nothing when the lock is held now; the error otherwise, and nothing is left behind. */
  const take = (file: string, own: Holder): DestinationLockError | undefined => {
    const path = join(folder, file)
    try {
      makeFolder(folder)
      fs.writeFileSync(`${path}.tmp`, JSON.stringify(own), { mode: 0o600 })
      fs.renameSync(`${path}.tmp`, path)
      const conflict = findConflict(folder, file, own)
      if (conflict === undefined) return undefined
      discard(path)
      return busy(own, ...conflict)
    } catch (error) {
      discard(`${path}.tmp`)
      discard(path)
      return unavailable(folder, error)
    }
  }

  const attempt = Effect.acquireRelease(
    Effect.suspend(() => {
      const file = `${process.pid}-${randomUUID()}.lock`
      const error = take(file, holderOf(options))
      return error === undefined ? Effect.succeed(join(folder, file)) : Effect.fail(error)
    }),
    (path) => Effect.sync(() => discard(path))
  )

  const mayPass = (error: DestinationLockError): boolean =>
    error.reason._tag === "Busy" && Date.now() - error.reason.startedAt < togetherMillis

  const go = (triesLeft: number): Effect.Effect<void, DestinationLockError, Scope.Scope> =>
    Effect.catch(Effect.asVoid(attempt), (error) =>
      triesLeft > 0 && mayPass(error)
        ? Effect.andThen(
            Effect.suspend(() => Effect.sleep(10 + Math.random() * 90)),
            go(triesLeft - 1)
          )
        : Effect.fail(error)
    )
  return go(5)
}
