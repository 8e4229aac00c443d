/** Keeping what a transfer replaces or removes: it goes to another place, or gets another name, first. */
import * as Effect from "effect/Effect"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { makeUnsafe, type RemotePath } from "../contract/RemotePath.ts"
import { InvalidRequest, StorageError } from "../contract/StorageError.ts"
import type { Filter } from "../filter/Filter.ts"
import { retrying } from "../layers/Retry.ts"
import * as Download from "./Download.ts"
import { upload } from "./Upload.ts"

export interface Aside {
  /** Where such files go, under their own paths. Of the destination's account, outside what is transferred. */
  readonly place: Provider
  /** Added to the name; before the extension where `keepsExtension`. "" for none. */
  readonly suffix: string
  readonly keepsExtension: boolean
  /** Where such files stay among those that are transferred. */
  readonly taken?: TakenNames | undefined
}

/** Names of files that are transferred, which a file that is kept must not take. */
export interface TakenNames {
  readonly has: (path: RemotePath) => Effect.Effect<boolean, StorageError>
  /** To be called with each file of the source before it is taken away there. */
  readonly moved: (path: RemotePath) => void
}

type Naming = Pick<Aside, "suffix" | "keepsExtension">

/** `a/b.txt` with `-old`: `a/b.txt-old`, or `a/b-old.txt`. */
export const nameOf = (path: string, { keepsExtension, suffix }: Naming): RemotePath => {
  const dot = path.lastIndexOf(".")
  const hasExtension = keepsExtension && dot > path.lastIndexOf("/") + 1
  return makeUnsafe(hasExtension ? `${path.slice(0, dot)}${suffix}${path.slice(dot)}` : `${path}${suffix}`)
}

/** Whether `path` is what `nameOf` makes of some path. */
export const isNamed = (path: string, naming: Naming): boolean => {
  const { suffix } = naming
  const at = path.lastIndexOf(suffix)
  return at > path.lastIndexOf("/") + 1 && nameOf(path.slice(0, at) + path.slice(at + suffix.length), naming) === path
}

/** What `filter` lets through of `source`, or has been moved from there. */
export const takenBy = (source: Provider, filter: Filter | undefined, naming: Naming): TakenNames => {
  const moved = new Set<RemotePath>()
  return {
    moved: (path) => {
      if (isNamed(path, naming)) moved.add(path)
    },
    has: (path) =>
      retrying(source.stat(path)).pipe(
        Effect.map((file) => filter?.includes(file) ?? true),
        Effect.catchReason("StorageError", "NotFound", () => Effect.sync(() => moved.has(path)))
      )
  }
}

/** Copies inside the service where that can be; the file stays where it is, to be replaced or removed then. */
const keep = (destination: Provider, file: File, aside: Aside): Effect.Effect<void, StorageError> => {
  const { place } = aside
  const to = nameOf(file.path, aside)
  if (place.copy !== undefined && place.place.account === destination.place.account) {
    return Effect.asVoid(retrying(place.copy(file, destination.location, to)))
  }
  return Effect.flatMap(retrying(destination.stat(file.path)), (dated) =>
    Effect.asVoid(
      upload(place, to, Download.source(destination, dated), {
        modifiedAt: dated.modifiedAt,
        nanoseconds: dated.nanoseconds,
        contentType: dated.contentType,
        durable: true,
        partConcurrency: 4
      })
    )
  )
}

const nameTaken = ({ name }: Provider, path: RemotePath, to: RemotePath): StorageError => {
  const message = `what is there would be kept as "${to}", which is a file of the source: choose another suffix, or a folder for what is kept`
  return new StorageError({
    provider: name,
    operation: "put",
    path,
    reason: new InvalidRequest({ message, concernsName: true })
  })
}

/** Keeps the file at `path` of `destination`, where there is one. Fails with `InvalidRequest` where the source has its name. */
export const keepAt = Effect.fnUntraced(function* (
  destination: Provider,
  path: RemotePath,
  aside: Aside
): Effect.fn.Return<void, StorageError> {
  const file = yield* Effect.catchReason(retrying(destination.stat(path)), "StorageError", "NotFound", () =>
    Effect.succeed(undefined)
  )
  if (file === undefined) return
  const to = nameOf(path, aside)
  if (aside.taken !== undefined && (yield* aside.taken.has(to))) return yield* nameTaken(destination, path, to)
  yield* keep(destination, file, aside)
})
