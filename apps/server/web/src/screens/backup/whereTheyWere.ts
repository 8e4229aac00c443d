/** How what was chosen of a snapshot is restored to its own paths: one folder of it into the same folder of this computer. */

export interface Aim {
  /** A folder of the snapshot, whose content goes to the target; "" for all. */
  readonly folder: string
  /** "" while nothing is known of the snapshot. */
  readonly target: string
  /** Patterns, below the folder. */
  readonly include: ReadonlyArray<string>
}

/** A path as a pattern that means it and nothing else. */
export const literal = (path: string): string => path.replace(/[\\*?[\]]/g, "\\$&")

const above = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")))

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`)

const shared = (left: string, right: string): string => {
  let folder = left
  while (!isWithin(right, folder)) folder = above(folder)
  return folder
}

/** `paths` are absolute. The folder is the one that holds them all, or the allowed one where that would be above it. */
export const whereTheyWere = (paths: ReadonlyArray<string>, roots: ReadonlyArray<string>): Aim => {
  const [first] = paths
  if (first === undefined) return { folder: "", target: "", include: [] }
  const root = roots.find((one) => paths.every((path) => isWithin(path, one)))
  const holder = paths.map(above).reduce(shared)
  const folder = root !== undefined && !isWithin(holder, root) ? root : holder
  if (paths.includes(folder)) return { folder: folder === "/" ? "" : folder, target: folder, include: [] }
  const below = (path: string) => path.slice(folder === "/" ? 0 : folder.length)
  return { folder: folder === "/" ? "" : folder, target: folder, include: paths.map((path) => literal(below(path))) }
}
