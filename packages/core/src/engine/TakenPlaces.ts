/**
 * Files whose place is taken by something extra of another kind: what was a folder is a file now, or the reverse.
 *
 * They wait until everything else is stored. Then, if nothing failed and the guards agree, what is in the way of one goes
 * right before it is stored.
 */
import * as Effect from "effect/Effect"
import type { File } from "../contract/Entry.ts"
import { isWithin, parent, type RemotePath } from "../contract/RemotePath.ts"
import { AlreadyExists, StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"
import { type Afterwards, emptied, type Removal, remove, toRemoved } from "./Afterwards.ts"
import * as FileSteps from "./FileSteps.ts"
import * as Guard from "./Guard.ts"
import * as LetterCases from "./LetterCases.ts"
import type { Totals } from "./Plan.ts"
import { failed, type TransferRun } from "./TransferRun.ts"

export interface Waiting {
  readonly file: File
  /** What the destination said; absent where it was not tried. */
  readonly error: StorageError | undefined
}

/** What the destination tells the thing at `path` from others by. */
const nameOf = ({ destination }: TransferRun, path: RemotePath): string => {
  const name = destination.storedAs?.(path) ?? path
  return destination.capabilities.isCaseSensitive === true ? name : LetterCases.folded(name)
}

export interface TakenPlaces {
  /** To be called with each file that will be removed, in the order of the plan. */
  readonly frees: (path: RemotePath) => void
  /** Whether `file` waits, because a file that will be removed stands where its folder should be. */
  readonly holds: (file: File) => boolean
  /** Whether `file` waits, because the destination said that its place is taken. */
  readonly holdsRefused: (file: File, error: StorageError) => boolean
  /** Stores what waited. Fails when a guard stops the removals, or with an error that stops the job. */
  readonly settle: (later: Afterwards, totals: Totals) => Effect.Effect<void, StorageError | Guard.GuardStopped>
}

const folderExpected = ({ destination }: TransferRun, { path }: File): StorageError => {
  const message = "an extra file stands where its folder should be, and stays because other files failed"
  return new StorageError({
    provider: destination.name,
    operation: "put",
    path,
    reason: new AlreadyExists({ message })
  })
}

/** Files that wait for the same things to go. */
interface Group {
  readonly removals: Array<Removal>
  readonly directories: Array<RemotePath>
  readonly waiting: Array<Waiting>
}

export const make = (run: TransferRun): TakenPlaces => {
  const freed = new Set<string>()
  const waiting: Array<Waiting> = []

  const groupsOf = (later: Afterwards): ReadonlyArray<Group> => {
    const groups = new Map<string, Group>()
    const groupOf = (name: string): Group => {
      const group = groups.get(name) ?? { removals: [], directories: [], waiting: [] }
      groups.set(name, group)
      return group
    }
    const obstacleOf = (path: RemotePath): string => {
      const own = nameOf(run, path)
      for (let above = parent(path); above !== ""; above = parent(above)) {
        if (freed.has(nameOf(run, above))) return nameOf(run, above)
      }
      return own
    }
    for (const each of waiting) groupOf(obstacleOf(each.file.path)).waiting.push(each)
    const place = (path: RemotePath, put: (group: Group) => void): void => {
      for (let above = path; above !== ""; above = parent(above)) {
        const group = groups.get(nameOf(run, above))
        if (group !== undefined) put(group)
      }
    }
    for (const removal of later.removals) place(removal.path, ({ removals }) => removals.push(removal))
    for (const path of later.removedDirectories) place(path, ({ directories }) => directories.push(path))
    return [...groups.values()]
  }

  const refuse = ({ error, file }: Waiting): Effect.Effect<void, StorageError> =>
    failed(run, file.path, file.size)(error ?? folderExpected(run, file))

  const clear = ({ directories, removals, waiting }: Group): Effect.Effect<void, StorageError> =>
    Effect.gen(function* () {
      const { transfers } = run.options
      yield* Effect.forEach(removals, ({ path }) => remove(run, path), { concurrency: transfers, discard: true })
      const { removeDirectory } = run.destination
      if (removeDirectory === undefined) return
      const names = new Set(waiting.map(({ file }) => nameOf(run, file.path)))
      const isInWay = (path: RemotePath): boolean => [...names].some((name) => isWithin(nameOf(run, path), name))
      for (const path of emptied([...removals.map(({ path }) => path), ...directories.map(toRemoved)]).filter(
        isInWay
      )) {
        yield* Effect.catch(retrying(removeDirectory(path)), failed(run, path))
      }
    })

  const replace = (group: Group): Effect.Effect<void, StorageError> =>
    Effect.andThen(
      clear(group),
      Effect.forEach(
        group.waiting,
        ({ file }) =>
          Effect.andThen(
            run.options.tell.room,
            FileSteps.put(run, { file, because: "missing" }, failed(run, file.path, file.size))
          ),
        { concurrency: run.options.transfers, discard: true }
      )
    )

  const settle = Effect.fnUntraced(function* (
    later: Afterwards,
    totals: Totals
  ): Effect.fn.Return<void, StorageError | Guard.GuardStopped> {
    if (waiting.length === 0) return
    const groups = groupsOf(later)
    const isFreed = ({ directories, removals }: Group) => removals.length + directories.length > 0
    for (const group of groups.filter((each) => !isFreed(each))) {
      yield* Effect.forEach(group.waiting, refuse, { discard: true })
    }
    const stopped = Guard.deletion(totals, run.options)
    const gone = new Set<RemotePath>()
    for (const group of groups.filter(isFreed)) {
      const isHeld = ({ file }: Waiting) => run.withholding.holdsPath(file.path)
      if (stopped !== undefined || group.waiting.some(isHeld) || group.removals.some(run.withholding.holds)) {
        yield* Effect.forEach(group.waiting, refuse, { discard: true })
        continue
      }
      yield* replace(group)
      for (const { path } of group.removals) gone.add(path)
    }
    later.removals = later.removals.filter(({ path }) => !gone.has(path))
    if (stopped !== undefined && groups.some(isFreed)) return yield* stopped
  })

  return {
    frees: (path) => {
      if (run.destination.capabilities.hasDirectories) freed.add(nameOf(run, path))
    },
    holds: (file) => {
      if (freed.size === 0) return false
      for (let above = parent(file.path); above !== ""; above = parent(above)) {
        if (!freed.has(nameOf(run, above))) continue
        waiting.push({ file, error: undefined })
        return true
      }
      return false
    },
    holdsRefused: (file, error) => {
      if (error.reason._tag !== "AlreadyExists" || error.stopsJob) return false
      waiting.push({ file, error })
      return true
    },
    settle
  }
}
