/** Room on the file system below a root. */
import * as fs from "node:fs"
import { NoSpace } from "@ourclone/core/contract/StorageError"
import * as Place from "./LocalPlace.ts"

/** In bytes, for this user; `undefined` where the file system does not say. */
export const read = (place: Place.Place): number | undefined => {
  const { bavail, blocks, bsize } = fs.statfsSync(Place.nearestExisting(place.root || "/"))
  return blocks === 0 ? undefined : bavail * bsize
}

/** Throws `NoSpace` when `bytes` more can not be stored. */
export const require = (place: Place.Place, bytes: number): void => {
  const free = read(place)
  if (free === undefined || bytes <= free) return
  throw new NoSpace({ message: `the file needs ${bytes} bytes and the disk has ${free} left: free some space` })
}
