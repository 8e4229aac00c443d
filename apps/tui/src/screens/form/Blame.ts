/** Which field a failure belongs to that names none itself. */
import type { Failure } from "@ourclone/core/events/Failure"

const ofNames = new Set(["InvalidName", "AlreadyConfigured", "ScheduleExists"])

/** Of a form that gives something a name. */
export const blameName = ({ code }: Failure): string | undefined => (ofNames.has(code) ? "name" : undefined)

/** What says that the place itself can not be, rather than that its service is away. */
const ofPlaces = new Set(["NotFound", "NothingThere", "PermissionDenied", "InvalidRequest", "InvalidName"])

const bare = (place: string): string => place.replace(/\/+$/, "")

/** Of fields that hold places: the one that is not there, or names no storage. */
export const blamePlace = (
  { code, provider, remedy }: Failure,
  places: { readonly [field: string]: string }
): string | undefined => {
  const of = (isIt: (place: string) => boolean) => Object.entries(places).find(([, place]) => isIt(place))?.[0]
  const storage = code === "UnknownRemote" ? remedy?.values?.["name"] : undefined
  if (storage !== undefined) return of((place) => place.startsWith(`${storage}:`))
  return provider !== undefined && ofPlaces.has(code) ? of((place) => bare(place) === bare(provider)) : undefined
}
