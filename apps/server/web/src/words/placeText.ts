/** Places as text, taken apart and put together: `photos:bucket/2024` is storage `photos` and path `bucket/2024`. */
export interface PlaceParts {
  /** Nothing for a folder of this machine. */
  readonly storage: string | undefined
  readonly path: string
}

export const partsOf = (place: string): PlaceParts => {
  const colon = place.startsWith("/") ? -1 : place.indexOf(":")
  return colon < 0
    ? { storage: undefined, path: place }
    : { storage: place.slice(0, colon), path: place.slice(colon + 1).replace(/^\/+/, "") }
}

export const placeOf = ({ path, storage }: PlaceParts): string => (storage === undefined ? path : `${storage}:${path}`)

/** A name in a place. */
export const inside = (place: string, name: string): string =>
  place.endsWith(":") || place.endsWith("/") ? `${place}${name}` : `${place}/${name}`

/** One level up; nothing at the top. */
export const above = (place: string): string | undefined => {
  const { path, storage } = partsOf(place)
  const trimmed = path.replace(/\/+$/, "")
  if (trimmed === "") return undefined
  const slash = trimmed.lastIndexOf("/")
  if (storage === undefined) return slash <= 0 ? (trimmed === "/" ? undefined : "/") : trimmed.slice(0, slash)
  return placeOf({ storage, path: slash < 0 ? "" : trimmed.slice(0, slash) })
}

/** From the top down to the place, each with what it is called. */
export const trail = (place: string): ReadonlyArray<{ readonly place: string; readonly name: string }> => {
  const steps: Array<{ readonly place: string; readonly name: string }> = []
  for (let at: string | undefined = place.replace(/(?<=.)\/+$/, ""); at !== undefined; at = above(at)) {
    const { path, storage } = partsOf(at)
    const name = path.slice(path.lastIndexOf("/") + 1)
    steps.unshift({ place: at, name: path === "" ? `${storage}:` : name === "" ? "/" : name })
  }
  return steps
}

export const nameIn = (path: string): string => path.slice(path.lastIndexOf("/") + 1)
