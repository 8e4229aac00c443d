/** Whether a folder of this machine is free to be mounted on, as far as a short look tells. */
import * as fs from "node:fs"
import * as path from "node:path"
import { isWithin } from "@ourclone/core/contract/RemotePath"
import * as MountTable from "@ourclone/mount/fuse/MountTable"
import * as Effect from "effect/Effect"
import { InvalidJob } from "../kind/JobError.ts"
import * as OwnFolder from "../place/OwnFolder.ts"

const refusal = (point: string, because: string) =>
  new InvalidJob({ message: `${point} can not be mounted on: ${because}`, field: "point" })

/** Nothing where the system tells no such table. */
const mountedAt = (point: string): MountTable.MountedPlace | undefined => {
  try {
    return MountTable.at(fs.readFileSync("/proc/self/mountinfo", "utf8"), fs.realpathSync(point))
  } catch {
    return undefined
  }
}

const isReadOnly = (point: string): boolean => {
  try {
    fs.accessSync(point, fs.constants.W_OK)
    return false
  } catch {
    return true
  }
}

/** Why it is not. `place` is what is to be mounted, where that is known. */
export const refused = Effect.fnUntraced(function* (point: string, place?: string) {
  const found = yield* OwnFolder.look(point)
  // The mount of a process that has ended answers nothing, and is taken away when the next one begins.
  if (found === "unknown") return undefined
  if (found === "missing") return refusal(point, "there is no such directory; make it first")
  if (found === "other") return refusal(point, "it is no directory")
  if (place !== undefined && path.isAbsolute(place) && (isWithin(place, point) || isWithin(point, place))) {
    return refusal(point, `it and ${place} lie in each other, so the mount would show itself`)
  }
  const mounted = mountedAt(point)
  if (mounted !== undefined)
    return refusal(point, `${mounted.source} (${mounted.type}) is mounted there; unmount it first`)
  return isReadOnly(point) ? refusal(point, "this user may not write to it") : undefined
})
