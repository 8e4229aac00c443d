/**
 * Which process on which machine, so that a later one can tell whether it still runs.
 *
 * A process id alone is not enough: after a restart of the machine, or many
 * processes later, it belongs to another.
 */
import { readFileSync } from "node:fs"
import { getPriority, hostname } from "node:os"
import * as Schema from "effect/Schema"

export const ProcessIdentity = Schema.Struct({
  host: Schema.String,
  pid: Schema.Int,
  /** Differs between two processes of the same id on one host; "" where the system does not tell. */
  birth: Schema.String
})
export type ProcessIdentity = typeof ProcessIdentity.Type

/** What Linux tells of a process, from its state on. Throws elsewhere. */
const statOf = (pid: number): ReadonlyArray<string> => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")
}

/** The start of the machine and, in its clock ticks since then, of the process; Linux only. */
const birthOf = (pid: number): string => {
  try {
    const machine = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
    return `${machine}/${statOf(pid)[19]}`
  } catch {
    return ""
  }
}

/** Killed, and only still there because nobody has asked what became of it: usual in a container without an init. */
const isZombie = (pid: number): boolean => {
  try {
    return statOf(pid)[0] === "Z"
  } catch {
    return false
  }
}

let own: ProcessIdentity | undefined
let called: string | undefined

const hostName = (): string => called ?? hostname()

/** How this machine is called where its host name will not do, as in a container, which has another one at each start. Said before anybody asks. */
export const callMachine = (name: string): void => {
  called = name
  own = undefined
}

/** Of a process of this machine that is there now. */
export const ofPid = (pid: number): ProcessIdentity => ({ host: hostName(), pid, birth: birthOf(pid) })

export const current = (): ProcessIdentity => {
  own ??= ofPid(process.pid)
  return own
}

/** Whether the system knows the id; of which user the process is does not matter. */
const exists = (pid: number): boolean => {
  try {
    getPriority(pid)
    return true
  } catch (error) {
    const code = (error as { readonly info?: { readonly code?: string } }).info?.code
    return code !== undefined && code !== "ESRCH"
  }
}

/** Whether the process is known to have ended. Of a process on another host nothing is known. */
export const hasEnded = ({ birth, host, pid }: ProcessIdentity): boolean => {
  if (host !== hostName()) return false
  if (!exists(pid) || isZombie(pid)) return true
  const now = birthOf(pid)
  return birth !== "" && now !== "" && now !== birth
}
