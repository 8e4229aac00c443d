/**
 * How exactly a file system keeps times, told by the times that it gave to what is there: a system that has nanoseconds
 * gives none that is a whole second, but for one in many thousands.
 */

import * as nodePath from "node:path"
import * as fs from "../disk/DiskFs.ts"
import { nearestExisting } from "./LocalPlace.ts"

const second = 1_000_000_000n
/** FAT, as Linux numbers it, keeps every other second. */
const fat = 0x4d44
/** So many of the folder's entries are looked at besides. */
const most = 8

const isWhole = ({ ctimeNs, mtimeNs }: fs.BigIntStats): boolean => ctimeNs % second === 0n && mtimeNs % second === 0n

const someOf = (folder: string): ReadonlyArray<string> => {
  const directory = fs.opendirSync(folder, { bufferSize: most })
  try {
    const names: Array<string> = []
    for (let entry = directory.readSync(); entry !== null && names.length < most; entry = directory.readSync()) {
      names.push(entry.name)
    }
    return names
  } finally {
    directory.closeSync()
  }
}

/** In milliseconds. A place that can not be looked at counts as exact. */
export const of = (root: string): number => {
  try {
    const folder = nearestExisting(root)
    const stats = fs.statSync(folder, { bigint: true })
    if (!isWhole(stats)) return 1
    if (fs.statfsSync(folder).type === fat) return 2000
    const others = someOf(folder).map((name) =>
      fs.lstatSync(nodePath.join(folder, name), { bigint: true, throwIfNoEntry: false })
    )
    return others.every((each) => each === undefined || each.dev !== stats.dev || isWhole(each)) ? 1000 : 1
  } catch {
    return 1
  }
}
