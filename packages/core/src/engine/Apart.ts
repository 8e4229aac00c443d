/**
 * Whether source and destination are two places, asked of the storages themselves: a file that is put at the one is looked
 * for at the other.
 *
 * `PlaceIdentity` tells the places of one account apart. A service that is reached by two addresses or protocols, or through
 * a mount, has two accounts, and what a move finds there already is the very file that it is about to remove.
 */
import { randomUUID } from "node:crypto"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ByteSource from "../contract/ByteSource.ts"
import type { DatedFile } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { join, makeUnsafe, parent, type RemotePath, root } from "../contract/RemotePath.ts"
import { InvalidRequest, StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"
import { GuardStopped } from "./Guard.ts"
import { folded } from "./LetterCases.ts"

/** `unsure` where a program shows one of them, as it may show late what the other has. */
type Verdict = "apart" | "same" | "unsure"

export interface Apart {
  /** Fails where the file at `path` of the source, which is called `stored` there, may be the very file that the destination has at `path`. */
  readonly beforeSource: (path: RemotePath, stored: RemotePath) => Effect.Effect<void, StorageError>
  /** Fails where some of what is to be removed at the destination is the source; `first` is a file of the source. */
  readonly beforeRemovals: (
    removals: ReadonlyArray<{ readonly path: RemotePath }>,
    first: RemotePath | undefined
  ) => Effect.Effect<void, StorageError | GuardStopped>
  /** Fails once both are found to be one place; never ends otherwise. */
  readonly stop: Effect.Effect<never, GuardStopped>
}

/** Folders whose verdict is remembered; files come in order of their paths. */
const mostFolders = 256
/** So many of what is to be removed, and is called as a file of the source is, are asked about. */
const mostTries = 4

const text = new TextEncoder().encode("This file told whether two places are one, and may be removed.\n")

/** The version too, where there are versions: nothing of it is to stay. */
const takeAway = (provider: Provider, file: DatedFile): Effect.Effect<void> => {
  const { versions } = provider
  const { modifiedAt, path, size, versionId } = file
  const removal = retrying(provider.remove(path))
  if (versions === undefined || versionId === undefined) return Effect.ignore(removal)
  const version = { path, versionId, kind: "Stored", size, modifiedAt, storedAt: modifiedAt } as const
  return Effect.ignore(Effect.catch(retrying(versions.remove(version)), () => removal))
}

/** Whether a file that is put in a folder of `destination` is seen in a folder of `source`. */
const probe = (
  [source, ours]: readonly [Provider, RemotePath],
  [destination, theirs]: readonly [Provider, RemotePath]
): Effect.Effect<Verdict, StorageError> => {
  const name = makeUnsafe(`.ourclone-${randomUUID()}`)
  const modifiedAt = Math.floor(Date.now() / 1000) * 1000
  return Effect.acquireUseRelease(
    retrying(destination.put(join(theirs, name), ByteSource.fromBytes(text), { modifiedAt })),
    () =>
      retrying(source.stat(join(ours, name))).pipe(
        Effect.as<Verdict>("same"),
        Effect.catchReason("StorageError", "NotFound", () => Effect.succeed<Verdict>("apart"))
      ),
    (file) => takeAway(destination, file)
  )
}

const mountOf = ({ mountOf }: Provider, path: RemotePath): Effect.Effect<string | undefined, StorageError> =>
  mountOf === undefined ? Effect.succeed(undefined) : mountOf(path)

/** What needs no question to a service: nothing where it does. */
const told = (
  source: Provider,
  ours: RemotePath,
  destination: Provider,
  theirs: RemotePath
): Effect.Effect<Verdict | undefined, StorageError> =>
  Effect.map(Effect.all([mountOf(source, ours), mountOf(destination, theirs)]), ([mount, other]) => {
    const isLocated = source.locate !== undefined && destination.locate !== undefined && mount === other
    // `LastLook` asks those.
    if (isLocated && source.place.account === destination.place.account) return "apart"
    return mount === undefined && other === undefined ? undefined : "unsure"
  })

const onePlace = ({ name }: Provider, destination: Provider, how: string): GuardStopped =>
  new GuardStopped({ guard: "overlap", message: `source and destination, ${name} and ${destination.name}, ${how}` })

export const make = (source: Provider, destination: Provider): Apart => {
  const stopped = Deferred.makeUnsafe<never, GuardStopped>()
  /** Where a folder can be reached by a link or a mount below the root, each is asked; otherwise the root speaks for all. */
  const hasLinks = source.capabilities.hasDirectories && destination.capabilities.hasDirectories
  const remembered = (ask: (folder: RemotePath) => Effect.Effect<Verdict | undefined, StorageError>) => {
    const known = new Map<RemotePath, Effect.Effect<Verdict | undefined, StorageError>>()
    return (folder: RemotePath) =>
      Effect.suspend(() => {
        const asked = known.get(folder)
        if (asked !== undefined) return asked
        if (known.size >= mostFolders) known.delete(known.keys().next().value!)
        return Effect.flatMap(Effect.cached(ask(folder)), (answer) => {
          // Another may have begun to ask meanwhile.
          const first = known.get(folder) ?? answer
          known.set(folder, first)
          return first
        })
      })
  }
  const toldOf = remembered((folder) => told(source, folder, destination, folder))
  const probed = remembered((folder) => probe([source, folder], [destination, folder]))
  const verdictOf = (path: RemotePath): Effect.Effect<Verdict | undefined, StorageError> =>
    Effect.flatMap(toldOf(parent(path)), (verdict) =>
      verdict === undefined ? probed(hasLinks ? parent(path) : root) : Effect.succeed(verdict)
    )

  /** In one folder. */
  const areTwoNames = (path: RemotePath, stored: RemotePath): boolean =>
    path !== stored && (destination.capabilities.isCaseSensitive === true || folded(path) !== folded(stored))

  const refuse = (path: RemotePath, message: string) =>
    Effect.fail(
      new StorageError({ provider: source.name, operation: "remove", path, reason: new InvalidRequest({ message }) })
    )

  return {
    beforeSource: (path, stored) =>
      Effect.flatMap(verdictOf(path), (verdict) => {
        if (verdict === "apart" || (verdict === "same" && areTwoNames(path, stored))) return Effect.void
        if (verdict === "unsure") {
          return refuse(
            path,
            `it was at ${destination.name} already, and through the mount of a program nobody can tell whether it is the very file: it stays at the source; remove it yourself where these are two files`
          )
        }
        if (parent(path) === root || !hasLinks) {
          const error = onePlace(source, destination, "are the same place, so nothing more is removed there")
          return Effect.andThen(Deferred.fail(stopped, error), Effect.never)
        }
        return refuse(path, `it is the very file that is stored in ${destination.name}, so it stays`)
      }),
    beforeRemovals: Effect.fnUntraced(function* (removals, first) {
      if (first === undefined) return
      const inner = removals.filter(({ path }) => path.endsWith(`/${first}`)).slice(0, mostTries)
      for (const { path } of inner) {
        const folder = makeUnsafe(path.slice(0, -first.length - 1))
        const verdict = yield* told(source, root, destination, folder)
        if ((verdict ?? (yield* probe([source, root], [destination, folder]))) === "apart") continue
        return yield* onePlace(source, destination, `meet in "${folder}" of the latter, so nothing was removed`)
      }
    }),
    stop: Deferred.await(stopped)
  }
}
