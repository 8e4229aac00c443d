/** Walking through folders, each asked for and sorted, so that the whole is in order; the next ones are read ahead. */
import { type Directory, type Entry, orderKey, type Skipped } from "@ourclone/core/contract/Entry"
import type { ListOptions, Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { NotFound, type StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { Row } from "./dav/Multistatus.ts"
import { asked, resourceOf, unsized } from "./Resource.ts"
import { isTemporary } from "./TemporaryName.ts"
import type { WebdavRoot } from "./WebdavRoot.ts"

/** How many directories of one level are read before their turn. */
const readAhead = 8

/** In characters: a server that has a folder in each folder has no end. */
const longestPath = 32 * 1024

const skipped = (path: string, because: string, isFailure: boolean): Skipped => ({
  _tag: "Skipped",
  path,
  because,
  isFailure
})

/** A directory that is there, as it has no entries that count. */
type Found = Entry | { readonly _tag: "Below"; readonly path: RemotePath.RemotePath }

const entryOf = (root: WebdavRoot, directory: RemotePath.RemotePath, row: Row): Found | undefined => {
  const text = root.pathOf(row.href)
  if (text === directory) return undefined
  const refusal =
    text === undefined || (directory !== "" && !text.startsWith(`${directory}/`))
      ? "it is not below the folder that was listed"
      : text.length > longestPath
        ? "it lies in too many folders"
        : RemotePath.refusal(text)
  if (text === undefined || refusal !== undefined) {
    const because = `the server has a name that can not be used here: ${refusal}; rename it there`
    return skipped((text ?? row.href).slice(0, longestPath), because, true)
  }
  const path = RemotePath.makeUnsafe(text)
  if (RemotePath.parent(path) !== directory) {
    return skipped(text, "the server lists it in a folder that it is not in", true)
  }
  const { file, isCollection, size } = resourceOf(row)
  if (isCollection) return { _tag: "Below", path }
  if (isTemporary(RemotePath.basename(path))) return undefined
  return size < 0 ? skipped(text, unsized, true) : file(path)
}

const keyOf = (found: Found): string => (found._tag === "Below" ? `${found.path}/` : orderKey(found))

/** In order, without what listings pass over. The answer must be of the folder, if of nothing else. */
const namesOf = (
  root: WebdavRoot,
  directory: RemotePath.RemotePath
): Effect.Effect<ReadonlyArray<Found>, StorageError> =>
  Effect.flatMap(root.client.find(directory, `${root.urlOf(directory)}/`, 1, asked), (rows) => {
    const self = rows.find(({ href }) => root.pathOf(href) === directory)
    if (self === undefined) {
      const message = "the answer is no listing of the folder that was asked for"
      return Effect.fail(root.fail("list", directory, new UnexpectedResponse({ message })))
    }
    if (!resourceOf(self).isCollection) {
      return Effect.fail(root.fail("list", directory, new NotFound({ message: "there is no such directory" })))
    }
    const found = rows
      .flatMap((row) => entryOf(root, directory, row) ?? [])
      .sort((left, right) => RemotePath.compare(keyOf(left), keyOf(right)))
    // What is told twice is there once.
    return Effect.succeed(found.filter((one, index) => index === 0 || keyOf(one) !== keyOf(found[index - 1]!)))
  })

type Names = Effect.Effect<ReadonlyArray<Found>, StorageError>

const walk = (
  root: WebdavRoot,
  names: ReadonlyArray<Found>,
  options: ListOptions
): Stream.Stream<Entry, StorageError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const isWanted = (path: RemotePath.RemotePath) => options.mayContain?.(path) !== false
      const below = names.flatMap((found) => (found._tag === "Below" && isWanted(found.path) ? [found.path] : []))
      const ahead = new Map<string, Names>()
      let next = 0
      // Of this stream. A folder that is entered has one of its own, which ends before what was begun there is wanted.
      const scope = yield* Effect.scope
      const readNext = Effect.suspend(() => {
        const path = below[next++]
        if (path === undefined) return Effect.void
        return Effect.map(Effect.forkIn(namesOf(root, path), scope, { startImmediately: true }), (fiber) => {
          ahead.set(path, Fiber.join(fiber))
        })
      })
      yield* Effect.forEach(below.slice(0, readAhead), () => readNext, { discard: true })

      const enter = (path: RemotePath.RemotePath): Stream.Stream<Entry, StorageError> => {
        const found = ahead.get(path) ?? namesOf(root, path)
        ahead.delete(path)
        const content = Effect.matchEffect(Effect.andThen(readNext, found), {
          onFailure: (error) => {
            // It is gone by now, or nobody may look into it; what comes after it is listed all the same.
            if (error.reason._tag === "NotFound") return Effect.succeed(Stream.empty)
            if (error.reason._tag !== "PermissionDenied") return Effect.fail(error)
            return Effect.succeed(Stream.succeed<Entry>(skipped(path, error.reason.message, true)))
          },
          onSuccess: (inside): Effect.Effect<Stream.Stream<Entry, StorageError>> =>
            Effect.succeed(
              inside.length === 0 ? Stream.succeed<Entry>({ _tag: "Directory", path }) : walk(root, inside, options)
            )
        })
        return Stream.unwrap(content)
      }

      return Stream.flatMap(Stream.fromIterable(inRuns(names)), (run) =>
        run.directory === undefined
          ? Stream.fromIterable(run.entries)
          : isWanted(run.directory)
            ? enter(run.directory)
            : Stream.empty
      )
    })
  )

interface Run {
  readonly entries: ReadonlyArray<Entry>
  readonly directory: RemotePath.RemotePath | undefined
}

/** Entries that stand together as one step, and each directory as one. */
const inRuns = (names: ReadonlyArray<Found>): ReadonlyArray<Run> => {
  const runs: Array<Run> = []
  let entries: Array<Entry> = []
  for (const found of names) {
    if (found._tag !== "Below") entries.push(found)
    else {
      if (entries.length > 0) runs.push({ entries, directory: undefined })
      runs.push({ entries: [], directory: found.path })
      entries = []
    }
  }
  if (entries.length > 0) runs.push({ entries, directory: undefined })
  return runs
}

export const list =
  (root: WebdavRoot): Provider["list"] =>
  (path, options = {}) =>
    Stream.unwrap(
      Effect.matchEffect(namesOf(root, path), {
        onFailure: (error) => (error.reason._tag === "NotFound" ? Effect.succeed(Stream.empty) : Effect.fail(error)),
        onSuccess: (names): Effect.Effect<Stream.Stream<Entry, StorageError>> =>
          Effect.succeed(
            options.depth === 1
              ? Stream.fromIterable(
                  names.map((found): Entry => (found._tag === "Below" ? directoryOf(found.path) : found))
                )
              : walk(root, names, options)
          )
      })
    )

const directoryOf = (path: RemotePath.RemotePath): Directory => ({ _tag: "Directory", path })
