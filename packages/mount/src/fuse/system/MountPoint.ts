/** The directory that is mounted on: whether it can be, and what a killed process left there. */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { BadMountPoint, fail, type MountError } from "../../contract/MountError.ts"
import { remedy } from "../../contract/MountRemedies.ts"
import * as MountTable from "../MountTable.ts"
import { fuseType } from "./FuseType.ts"

/** The server of what is mounted there may answer no more: nothing waits for it longer than this. */
const patience = "5 seconds"

const bad = (point: string, because: string, what = remedy("chooseMountPoint")) =>
  Effect.fail(fail(new BadMountPoint({ message: `${point} can not be mounted on: ${because}`, remedy: what })))

/**
 * The errno's name for a directory, or what it is. By the thread pool: the caller may never look into a mount itself. Of a
 * mount whose process was killed the kernel still has the attributes for a while; its room is asked of the process alone.
 */
const look = (point: string): Effect.Effect<"directory" | "other" | string> =>
  Effect.promise(() =>
    fs.promises
      .statfs(point)
      .then(() => fs.promises.stat(point))
      .then(
        (stats) => (stats.isDirectory() ? "directory" : "other"),
        (error: NodeJS.ErrnoException) => error.code ?? "EIO"
      )
  ).pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed("ETIMEDOUT") }))

/** How a mount answers whose process has ended; the second in the moment after. */
const isDead = (found: string): boolean => found === "ENOTCONN" || found === "ECONNABORTED"

export const mountTable = (): string => fs.readFileSync("/proc/self/mountinfo", "utf8")

/** Takes away a mount of ours whose process has ended; false where there is none. Whatever answers is left alone. */
export const clean = (
  point: string,
  takeAway: (point: string) => Effect.Effect<void, MountError>
): Effect.Effect<boolean, MountError> =>
  Effect.gen(function* () {
    if (MountTable.at(mountTable(), point)?.type !== fuseType || !isDead(yield* look(point))) return false
    yield* takeAway(point)
    return true
  })

/**
 * Leaves `point` as a directory with nothing mounted on it. Of what is there only a mount of ours whose process has ended
 * is taken away; anything that answers, or belongs to another program, is left alone and refused.
 */
export const prepare = (
  point: string,
  takeAway: (point: string) => Effect.Effect<void, MountError>
): Effect.Effect<void, MountError> =>
  Effect.gen(function* () {
    for (let left = 4; ; left--) {
      const found = yield* look(point)
      const mounted = MountTable.at(mountTable(), point)
      if (isDead(found) && mounted?.type === fuseType && left > 0) yield* takeAway(point)
      else if (mounted !== undefined)
        return yield* bad(
          point,
          isDead(found)
            ? `the program that had mounted ${mounted.source} there (${mounted.type}) has ended`
            : `${mounted.source} (${mounted.type}) is mounted there`,
          remedy("unmountFirst", { point })
        )
      else if (found === "directory") return
      else if (found === "other") return yield* bad(point, "it is no directory")
      else
        return yield* bad(
          point,
          found === "ENOENT" ? "there is no such directory; make it first" : `the system says ${found}`
        )
    }
  })
