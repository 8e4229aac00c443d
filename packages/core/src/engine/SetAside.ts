/** Keeping what a transfer replaces or removes: it goes to another place, or gets another name, first. */
import * as Effect from "effect/Effect"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { makeUnsafe, type RemotePath } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"
import * as Download from "./Download.ts"
import { upload } from "./Upload.ts"

export interface Aside {
  /** Where such files go, under their own paths. Of the destination's account, outside what is transferred. */
  readonly place: Provider
  /** Added to the name; before the extension where `keepsExtension`. "" for none. */
  readonly suffix: string
  readonly keepsExtension: boolean
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

/** Keeps the file at `path` of `destination`, where there is one. */
export const keepAt = (destination: Provider, path: RemotePath, aside: Aside): Effect.Effect<void, StorageError> =>
  Effect.catchReason(retrying(destination.stat(path)), "StorageError", "NotFound", () =>
    Effect.succeed(undefined)
  ).pipe(Effect.flatMap((file) => (file === undefined ? Effect.void : keep(destination, file, aside))))
