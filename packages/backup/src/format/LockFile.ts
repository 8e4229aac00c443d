/**
 * A file of `locks/`: who uses the repository, and when it last said so.
 *
 * To restic's fields come `birth` and `namespace`, which restic passes over. By
 * them a process of this machine that was killed is told from one that runs.
 */
import { readlinkSync } from "node:fs"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Machine from "../system/Machine.ts"

const optionalNumber = Schema.optionalKey(Schema.Number)

const Stored = Schema.Struct({
  /** RFC 3339. */
  time: Schema.String,
  exclusive: Schema.Boolean,
  hostname: Schema.String,
  username: Schema.String,
  pid: Schema.Number,
  uid: optionalNumber,
  gid: optionalNumber,
  /** `ProcessIdentity.birth`; absent in locks of other programs. */
  birth: Schema.optionalKey(Schema.String),
  /** Process ids are counted anew in each, as in containers; "" where there is no such thing. */
  namespace: Schema.optionalKey(Schema.String)
})
const decodeStored = Schema.decodeUnknownOption(Schema.fromJsonString(Stored))

export interface LockFile extends Schema.Schema.Type<typeof Stored> {}

/** `undefined` when it is no lock. */
export const decode = (json: Uint8Array): LockFile | undefined => {
  const lock = Option.getOrUndefined(decodeStored(Buffer.from(json).toString("utf8")))
  return lock === undefined || Number.isNaN(Date.parse(lock.time)) ? undefined : lock
}

export const encode = (lock: LockFile): Buffer => Buffer.from(JSON.stringify(lock))

const namespace = (): string => {
  try {
    return readlinkSync("/proc/self/ns/pid")
  } catch {
    return ""
  }
}

/** A lock of this process. `now` is in milliseconds since 1970. */
export const make = (exclusive: boolean, now: number): LockFile => {
  const { gid, hostname, uid, username } = Machine.current()
  return {
    time: new Date(now).toISOString(),
    exclusive,
    hostname,
    username,
    pid: process.pid,
    ...(uid === 0 ? {} : { uid }),
    ...(gid === 0 ? {} : { gid }),
    birth: ProcessIdentity.current().birth,
    namespace: namespace()
  }
}

/** A holder says so every five minutes; after this long, in milliseconds, it is not there any more. */
export const staleAfterMillis = 30 * 60_000

/** Milliseconds since the holder last said that it is there; 0 for a time to come, as clocks differ. */
export const ageOf = (lock: LockFile, now: number): number => Math.max(0, now - Date.parse(lock.time))

const bootOf = (birth: string): string => birth.slice(0, birth.indexOf("/"))

/** Whether the process id of the lock means something here. */
const isOfOurProcesses = ({ birth, hostname, namespace: of }: LockFile): boolean => {
  const own = ProcessIdentity.current()
  if (birth === undefined || hostname !== own.host) return false
  return of === namespace() && bootOf(birth) === bootOf(own.birth)
}

const hasEnded = ({ birth = "", hostname: host, pid }: LockFile): boolean =>
  ProcessIdentity.hasEnded({ host, pid, birth })

/**
 * Whether nobody can hold the lock any more, so that whoever wants one may take
 * it away without being asked to.
 *
 * Only of OurClone's own locks of this host is that known: its process has
 * ended; or, when that can not be told after a restart of the machine or of a
 * container, it has been silent so long that it would have stopped by itself.
 */
export const isDead = (lock: LockFile, now: number): boolean => {
  if (isOfOurProcesses(lock)) return hasEnded(lock)
  const { host } = ProcessIdentity.current()
  return lock.birth !== undefined && lock.hostname === host && ageOf(lock, now) > staleAfterMillis
}

/** What `unlock` takes away: restic's rule, but never the lock of a process that is known to run. */
export const isStale = (lock: LockFile, now: number): boolean => {
  if (isOfOurProcesses(lock)) return hasEnded(lock)
  return ageOf(lock, now) > staleAfterMillis || hasEnded(lock)
}

const agoOf = (millis: number): string => {
  const minutes = Math.floor(millis / 60_000)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (minutes < 1) return "less than a minute ago"
  if (hours < 1) return `${minutes} min ago`
  return days < 1 ? `${hours} h ${minutes % 60} min ago` : `${days} d ${hours % 24} h ago`
}

/** `root on vm (pid 4711, exclusive, last seen 2 h 5 min ago)`. */
export const describe = (lock: LockFile, now: number): string => {
  const who = lock.username === "" ? "a process" : lock.username
  const kind = lock.exclusive ? "exclusive, " : ""
  return `${who} on ${lock.hostname} (pid ${lock.pid}, ${kind}last seen ${agoOf(ageOf(lock, now))})`
}
