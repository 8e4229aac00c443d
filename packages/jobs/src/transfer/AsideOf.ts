/** Where a request says that what is replaced or removed is kept. */
import { isInside } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Guard from "@ourclone/core/engine/Guard"
import { type Aside, isNamed, takenBy } from "@ourclone/core/engine/SetAside"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import { InvalidJob } from "../kind/JobError.ts"
import { filterOf } from "../place/FilterFields.ts"
import { open } from "../place/OpenPlace.ts"
import { givenOf, type Transferring } from "./TransferFields.ts"

export const refusal = ({ backupDir, suffix, suffixKeepExtension }: Transferring): InvalidJob | undefined => {
  if (suffix !== undefined && (suffix === "" || suffix.includes("/"))) {
    return new InvalidJob({ field: "suffix", message: "what is added to names must be something without a slash" })
  }
  return suffixKeepExtension === true && suffix === undefined && backupDir === undefined
    ? new InvalidJob({ field: "suffixKeepExtension", message: "nothing is to be added to names" })
    : undefined
}

/** Where it goes; nothing where it is not kept by the run itself. */
export const placeOf = ({ backupDir, destination, suffix }: Transferring & { readonly destination: string }) =>
  backupDir ?? (suffix === undefined ? undefined : destination)

/** Which files of the destination are what earlier runs kept there: they are neither removed nor kept once more. */
export const keptBefore = ({ backupDir, suffix = "", suffixKeepExtension = false }: Transferring) =>
  backupDir !== undefined || suffix === ""
    ? undefined
    : (path: string): boolean => isNamed(path, { suffix, keepsExtension: suffixKeepExtension })

const overlapping = (place: Provider, destination: Provider, source: Provider) =>
  [destination, source].find((side) => isInside(place.place, side.place) || isInside(side.place, place.place))

/** None where nothing is to be kept. Fails where the folder lies in what is transferred, or it in the folder. */
export const asideOf = Effect.fnUntraced(function* (
  request: Transferring,
  { destination, source }: { readonly destination: Provider; readonly source: Provider },
  tell: Tell
) {
  const { backupDir, suffix = "", suffixKeepExtension = false } = request
  if (backupDir === undefined && suffix === "") return undefined
  const named = { suffix, keepsExtension: suffixKeepExtension }
  if (backupDir === undefined) {
    const filter = yield* filterOf(request)
    const aside: Aside = { place: destination, ...named, taken: takenBy(source, filter, named) }
    return aside
  }
  const place = yield* open(backupDir, tell, givenOf(request))
  if (place.place.account !== destination.place.account) {
    const message = `${place.name} is of another account than ${destination.name}; what is kept stays where it was stored`
    return yield* new InvalidJob({ field: "backupDir", message })
  }
  const other = overlapping(place, destination, source)
  if (other !== undefined) {
    const message = `${place.name}, where replaced files go, and ${other.name} lie in each other; choose a folder apart`
    return yield* new Guard.GuardStopped({ guard: "overlap", message })
  }
  const aside: Aside = { place, ...named }
  return aside
})
