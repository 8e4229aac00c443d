/** The directory that is mounted on: whether it can be, and what a killed process left there. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Remedy } from "@ourclone/core/contract/Remedy"
import * as Effect from "effect/Effect"
import { BadMountPoint, fail, type MountError } from "../../contract/MountError.ts"
import { remedy } from "../../contract/MountRemedies.ts"
import * as MountTable from "../MountTable.ts"
import { fuseType } from "./FuseType.ts"

/** The server of what is mounted there may answer no more: nothing waits for it longer than this. */
const patience = "5 seconds"
const mostLinks = 40

export interface PointOptions {
  /** Whether what is in the directory may be hidden as long as it is mounted on. */
  readonly allowsNonEmpty: boolean
}

/** What a directory is to whoever wants to mount on it; `Dead` is a mount of ours whose process has ended. */
export type Fitness =
  | { readonly _tag: "Free" }
  | { readonly _tag: "Dead" | "Unfit"; readonly because: string; readonly remedy: Remedy }

const unfit = (because: string, what = remedy("chooseMountPoint")): Fitness => ({
  _tag: "Unfit",
  because,
  remedy: what
})

const nonEmpty = {
  _tag: "Unfit",
  because: "it is not empty, and what is in it could not be seen meanwhile",
  remedy: remedy("chooseEmptyPoint")
} as const

const missing = new Set(["ENOENT", "ENOTDIR"])

/** Empty where the system tells no such table. */
export const mountTable = (): string => {
  try {
    return fs.readFileSync("/proc/self/mountinfo", "utf8")
  } catch {
    return ""
  }
}

const follow = async (point: string, left: number): Promise<string> => {
  const parent = await fs.promises.realpath(path.dirname(point))
  const at = path.join(parent, path.basename(point))
  const target = left === 0 ? undefined : await fs.promises.readlink(at).catch(() => undefined)
  return target === undefined ? at : follow(path.resolve(parent, target), left - 1)
}

/** A point as the table of mounts calls it: no link. What is mounted there is asked nothing. */
export const resolve = (point: string): Effect.Effect<string> =>
  Effect.promise(() => follow(path.resolve("/", point), mostLinks).catch(() => point)).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(point) })
  )

/** Waits for nothing that does not answer. */
const within = <A>(work: () => Promise<A>, late: A): Effect.Effect<A> =>
  Effect.timeoutOrElse(Effect.promise(work), { duration: patience, orElse: () => Effect.succeed(late) })

/**
 * The errno's name for a directory, or what it is. By the thread pool: the caller may never look into a mount itself. Of a
 * mount whose process was killed the kernel still has the attributes for a while; its room is asked of the process alone.
 */
const look = (point: string): Effect.Effect<"directory" | "other" | string> =>
  within(
    () =>
      fs.promises
        .statfs(point)
        .then(() => fs.promises.stat(point))
        .then(
          (stats) => (stats.isDirectory() ? "directory" : "other"),
          (error: NodeJS.ErrnoException) => error.code ?? "EIO"
        ),
    "ETIMEDOUT"
  )

/** Of one that this user may not list nothing is hidden. */
const isEmpty = (point: string): Effect.Effect<boolean> =>
  within(async () => {
    const entries = await fs.promises.opendir(point).catch(() => undefined)
    if (entries === undefined) return true
    try {
      return (await entries.read()) === null
    } finally {
      await entries.close()
    }
  }, true)

/** How a mount answers whose process has ended; the second in the moment after. */
const isDead = (found: string): boolean => found === "ENOTCONN" || found === "ECONNABORTED"

const taken = (point: string, { source, type }: MountTable.MountedPlace, found: string): Fitness => {
  const what = remedy("unmountFirst", { point })
  if (isDead(found)) {
    const because = `the program that had mounted ${source} there (${type}) has ended`
    return { _tag: type === fuseType ? "Dead" : "Unfit", because, remedy: what }
  }
  const state = found === "ETIMEDOUT" ? ` and has not answered for ${patience}` : ""
  return unfit(`${source} (${type}) is mounted there${state}`, what)
}

const silent = (holder: MountTable.MountedPlace | undefined): Fitness => {
  const disk = holder === undefined ? "" : `: it lies on ${holder.source} (${holder.type})`
  return unfit(`it has not answered for ${patience}${disk}`, remedy("waitForDisk"))
}

/** `point` is resolved. Nothing is changed. */
export const judge = (point: string, { allowsNonEmpty }: PointOptions): Effect.Effect<Fitness> =>
  Effect.gen(function* () {
    const found = yield* look(point)
    const table = mountTable()
    const mounted = MountTable.at(table, point)
    if (mounted !== undefined) return taken(point, mounted, found)
    if (found === "ETIMEDOUT") return silent(MountTable.holding(table, point))
    if (found === "other") return unfit("it is no directory")
    if (missing.has(found)) return unfit("there is no such directory")
    if (found !== "directory") return unfit(`the system says ${found}`)
    return allowsNonEmpty || (yield* isEmpty(point)) ? { _tag: "Free" } : nonEmpty
  })

const refusal = (point: string, { because, remedy: what }: Exclude<Fitness, { readonly _tag: "Free" }>) =>
  fail(new BadMountPoint({ message: `${point} can not be mounted on: ${because}`, remedy: what }))

/** Fails where something in it would be hidden; for doors that look at nothing else of it. */
export const refuseNonEmpty = (point: string, options: PointOptions): Effect.Effect<void, MountError> =>
  Effect.gen(function* () {
    if (options.allowsNonEmpty || (yield* isEmpty(point))) return
    return yield* Effect.fail(refusal(point, nonEmpty))
  })

/** Takes away a mount of ours whose process has ended; false where there is none. Whatever answers is left alone. */
export const clean = (
  point: string,
  takeAway: (point: string) => Effect.Effect<void, MountError>
): Effect.Effect<boolean, MountError> =>
  Effect.gen(function* () {
    const fitness = yield* judge(point, { allowsNonEmpty: true })
    if (fitness._tag !== "Dead") return false
    yield* takeAway(point)
    return true
  })

/**
 * Leaves `point` as a directory with nothing mounted on it. Of what is there only a mount of ours whose process has ended
 * is taken away; anything that answers, or belongs to another program, is left alone and refused.
 */
export const prepare = (
  point: string,
  options: PointOptions,
  takeAway: (point: string) => Effect.Effect<void, MountError>
): Effect.Effect<void, MountError> =>
  Effect.gen(function* () {
    for (let left = 4; ; left--) {
      const fitness = yield* judge(point, options)
      if (fitness._tag === "Free") return
      if (fitness._tag === "Dead" && left > 0) yield* takeAway(point)
      else return yield* Effect.fail(refusal(point, fitness))
    }
  })
