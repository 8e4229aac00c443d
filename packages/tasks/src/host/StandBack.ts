/**
 * Sets a process behind its starter: work that goes on for hours lets whoever is waited for go first, and many runners at once
 * would hold up the page.
 *
 * Linux shares the processor between sessions first, where it groups by them (autogroup): a process that leads a session of its
 * own stands back only when its group does.
 */
import type { ChildProcess } from "node:child_process"
import * as fs from "node:fs"
import { getPriority, setPriority } from "node:os"

/** How much further back. */
const niceness = 10
const last = 19

const further = (priority: number): number => Math.min(last, priority + niceness)

interface Group {
  readonly name: string
  readonly priority: number
}

const groupOf = (pid: number | "self"): Group | undefined => {
  const [, name, priority] = /^(\S+) nice (-?\d+)/.exec(fs.readFileSync(`/proc/${pid}/autogroup`, "utf8")) ?? []
  return name === undefined ? undefined : { name, priority: Number(priority) }
}

/** The system lets a user set one group in a tenth of a second. */
const pauseMillis = 150
const mostTries = 20

const setGroupBack = ({ exitCode, pid, signalCode }: ChildProcess): void => {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  const [own, its] = [groupOf("self"), groupOf(pid)]
  if (own === undefined || its === undefined || own.name === its.name) return
  fs.writeFileSync(`/proc/${pid}/autogroup`, String(further(own.priority)))
}

const keepSettingGroupBack = (child: ChildProcess, tries: number): void => {
  try {
    setGroupBack(child)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || tries >= mostTries) return
    setTimeout(() => keepSettingGroupBack(child, tries + 1), pauseMillis).unref()
  }
}

/** Ten steps further back than this process. Where that can not be, it runs as it is. */
export const standBack = (child: ChildProcess): void => {
  try {
    if (child.pid !== undefined) setPriority(child.pid, further(getPriority()))
  } catch {
    return
  }
  keepSettingGroupBack(child, 1)
}
