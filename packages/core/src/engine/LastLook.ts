/**
 * Whether what is about to be removed is there for somebody else. Places were told apart before the run began; what
 * lies below them may still be one thing, by a mount or a link that names can not show.
 */
import * as Effect from "effect/Effect"
import { isInside, isSame, type PlaceIdentity, pathsIn } from "../contract/PlaceIdentity.ts"
import type { Provider } from "../contract/Provider.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import { InvalidRequest, StorageError } from "../contract/StorageError.ts"

const mayMeet = (source: Provider, destination: Provider): boolean => source.place.account === destination.place.account

const refuse = ({ name }: Provider, path: RemotePath, message: string) =>
  Effect.fail(new StorageError({ provider: name, operation: "remove", path, reason: new InvalidRequest({ message }) }))

/** Fails when the file at the source is the very file that is stored at the destination. */
export const beforeSource = (
  source: Provider,
  destination: Provider,
  path: RemotePath
): Effect.Effect<void, StorageError> => {
  if (source.locate === undefined || destination.locate === undefined || !mayMeet(source, destination)) {
    return Effect.void
  }
  const places = Effect.all([source.locate(path), destination.locate(path)])
  return Effect.flatMap(places, ([ours, theirs]) =>
    isSame(ours, theirs)
      ? refuse(source, path, `it is the very file that is stored in ${destination.name}, so it stays`)
      : Effect.void
  )
}

/** Fails when the file at the destination lies in the source, or has another name there, which the source may have. */
export const beforeDestination = (
  source: Provider,
  destination: Provider,
  path: RemotePath
): Effect.Effect<void, StorageError> => {
  if (destination.locate === undefined) return Effect.void
  return Effect.flatMap(destination.locate(path), (found: PlaceIdentity) => {
    if (isInside(found, source.place)) {
      return refuse(destination, path, `it also lies in the source, ${source.name}, so it stays`)
    }
    const [own, ...others] = pathsIn(found, destination.place)
    const other = others.find((name) => name !== own)
    return other === undefined ? Effect.void : refuse(destination, path, `it is also "${other}" there, so it stays`)
  })
}
