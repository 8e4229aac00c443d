/** What stops a transfer before it takes something away that its user meant to keep. */
import * as Schema from "effect/Schema"
import { remedy } from "../contract/CoreRemedies.ts"
import { isInside, isSame } from "../contract/PlaceIdentity.ts"
import type { Provider } from "../contract/Provider.ts"
import { Remedy } from "../contract/Remedy.ts"
import type { Totals } from "./Plan.ts"

export class GuardStopped extends Schema.TaggedError<GuardStopped>()("GuardStopped", {
  guard: Schema.Literals(["empty source", "max delete", "overlap", "remove all", "undo"]),
  message: Schema.String,
  remedy: Schema.optionalKey(Remedy)
}) {}

export interface DeletionLimits {
  /** Most files to remove; without it, half of the destination's files where it has more than 100. */
  readonly maxDelete?: number | undefined
  readonly allowsEmptySource: boolean
}

const freelyRemoved = 100

/** Asked when planning is over and before anything is removed. */
export const deletion = (totals: Totals, limits: DeletionLimits): GuardStopped | undefined => {
  if (totals.sourceFiles === 0 && !limits.allowsEmptySource) {
    return new GuardStopped({
      guard: "empty source",
      message: "the source is empty or missing, so nothing was removed",
      remedy: remedy("allowEmptySource")
    })
  }
  const isSmall = totals.destinationFiles <= freelyRemoved
  const most = limits.maxDelete ?? (isSmall ? Number.POSITIVE_INFINITY : Math.floor(totals.destinationFiles / 2))
  if (totals.removals <= most) return undefined
  return new GuardStopped({
    guard: "max delete",
    message: `${totals.removals} of ${totals.destinationFiles} files would be removed and at most ${most} may, so none was`,
    remedy: remedy("allowRemovals", { removals: String(totals.removals) })
  })
}

/** Whether one side lies inside the other, where a sync would read what it writes or remove what it reads. */
export const overlap = (source: Provider, destination: Provider): GuardStopped | undefined => {
  const [ours, theirs] = [source.beneath ?? source.place, destination.beneath ?? destination.place]
  const isInner = isInside(theirs, ours)
  if (!isInner && !isInside(ours, theirs)) return undefined
  const [inner, outer] = isInner ? [destination.name, source.name] : [source.name, destination.name]
  const isOnePlace = isSame(ours, theirs)
  const message = isOnePlace
    ? source.name === destination.name
      ? `source and destination are the same place, ${source.name}`
      : `source and destination, ${source.name} and ${destination.name}, are the same place`
    : `${inner} lies inside ${outer}; choose a destination outside the source`
  return new GuardStopped({ guard: "overlap", message })
}
