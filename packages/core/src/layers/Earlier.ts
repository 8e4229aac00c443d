/**
 * A storage as it was, from the versions that it keeps: a provider of its own, at the same place, that only reads.
 *
 * It is no place where anything could be removed or overwritten (`place` leads nowhere in its account), so it may be
 * the source of a transfer to where it was taken from; what is stored meanwhile is newer than it and not in it.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { DatedFile, Directory, Entry } from "../contract/Entry.ts"
import type { ListOptions, Provider } from "../contract/Provider.ts"
import { isWithin, makeUnsafe, type RemotePath } from "../contract/RemotePath.ts"
import { InvalidRequest, NotFound, type Reason, StorageError } from "../contract/StorageError.ts"
import { fileOf, type Version, type Versions } from "../contract/Versions.ts"

type Look = Pick<Provider, "list" | "stat" | "statDirectory">

const readOnly = (provider: Provider, look: Look): Provider => {
  const { capabilities, location, name, place, read, readAll, specification } = provider
  const refuse = (operation: string) => (path: RemotePath) => {
    const reason = new InvalidRequest({ message: "this is how it was, which nothing can change" })
    return Effect.fail(new StorageError({ provider: name, operation, path, reason }))
  }
  return {
    specification,
    name,
    place: { account: place.account, ways: [] },
    location,
    capabilities: { ...capabilities, listsInOrder: true },
    read,
    readAll,
    put: refuse("put"),
    remove: refuse("remove"),
    ...look
  }
}

const failure = ({ name }: Provider, operation: string, path: RemotePath, reason: Reason) =>
  new StorageError({ provider: name, operation, path, reason })

const noFile = (provider: Provider, path: RemotePath) =>
  failure(provider, "stat", path, new NotFound({ message: "there was no such file" }))

/** Every version of exactly the name `path`, the newest first. */
export const versionsOfName = ({ list }: Versions, path: RemotePath): Stream.Stream<Version, StorageError> =>
  Stream.takeWhile(list(path), (version) => version.path === path)

/** Of each name the version that was the newest at `moment`, where it was stored then. */
const storedThen = (listed: Stream.Stream<Version, StorageError>, moment: number) =>
  Stream.suspend(() => {
    let decided: string | undefined
    return Stream.filter(listed, ({ kind, path, storedAt }) => {
      if (storedAt > moment || path === decided) return false
      decided = path
      return kind === "Stored"
    })
  })

interface Listed {
  /** "" or what every path begins with. */
  readonly prefix: string
  readonly isOneLevel: boolean
  readonly directoryOf: NonNullable<Versions["directoryOf"]>
}

/** Stored versions, in order, as the entries that a listing of the time had. */
const entriesOf = (stored: Stream.Stream<Version, StorageError>, { directoryOf, isOneLevel, prefix }: Listed) =>
  Stream.suspend(() => {
    /** An empty directory of which nothing else has been seen yet. */
    let pending: string | undefined
    /** The last entry that was shown; a directory with its slash. */
    let last = ""
    const directory = (path: string): Directory => {
      last = `${path}/`
      return { _tag: "Directory", path: makeUnsafe(path) }
    }
    const level = (path: string): string | undefined => {
      const slash = isOneLevel ? path.indexOf("/", prefix.length) : -1
      return slash < 0 ? undefined : path.slice(0, slash)
    }
    const next = (version: Version): ReadonlyArray<Entry> => {
      const { path } = version
      if (!path.startsWith(prefix)) return []
      const above = level(path)
      if (above !== undefined) return last === `${above}/` ? [] : [directory(above)]
      const ended = pending !== undefined && !path.startsWith(`${pending}/`) ? [directory(pending)] : []
      pending = undefined
      const marked = directoryOf(version)
      if (marked === undefined) {
        last = path
        return [...ended, fileOf(version)]
      }
      const isShown = marked.length >= prefix.length && marked !== "" && !isWithin(last, marked)
      if (isShown) pending = marked
      return ended
    }
    return Stream.mapAccum(
      stored,
      () => undefined,
      (_, version) => [undefined, next(version)] as const,
      {
        onHalt: () => (pending === undefined ? [] : [directory(pending)])
      }
    )
  })

/** `provider` as it was at `moment`, in milliseconds since 1970 UTC, as far as its versions still tell. */
export const asOf = (provider: Provider, versions: Versions, moment: number): Provider => {
  const { directoryOf = () => undefined } = versions
  const list = (directory: RemotePath, options?: ListOptions): Stream.Stream<Entry, StorageError> =>
    entriesOf(storedThen(versions.list(directory), moment), {
      prefix: directory === "" ? "" : `${directory}/`,
      isOneLevel: options?.depth === 1,
      directoryOf
    })
  const first = <A>(stream: Stream.Stream<A, StorageError>) =>
    Effect.map(Stream.runCollect(Stream.take(stream, 1)), ([found]) => found)
  return readOnly(provider, {
    list,
    stat: (path) =>
      Effect.flatMap(first(storedThen(versionsOfName(versions, path), moment)), (found) =>
        found === undefined || directoryOf(found) !== undefined
          ? Effect.fail(noFile(provider, path))
          : Effect.succeed(fileOf(found))
      ),
    statDirectory: (path) =>
      Effect.flatMap(first(list(path)), (found) => {
        if (found !== undefined || path === "") return Effect.succeed<Directory>({ _tag: "Directory", path })
        const reason = new NotFound({ message: "there was no such directory" })
        return Effect.fail(failure(provider, "statDirectory", path, reason))
      })
  })
}

/** `provider` as if the one version were all there is. */
export const onlyVersion = (provider: Provider, version: Version): Provider => {
  const file: DatedFile = fileOf(version)
  return readOnly(provider, {
    list: () => Stream.succeed(file),
    stat: (path) => (path === file.path ? Effect.succeed(file) : Effect.fail(noFile(provider, path)))
  })
}
