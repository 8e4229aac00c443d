/** A place as it was typed, so that it means the same wherever a job runs: paths of this machine become absolute. */
import * as path from "node:path"
import { split } from "@ourclone/jobs/place/PlaceText"

/** Keeps the slash at the end, which says that a folder is meant. */
export const absolute = (text: string): string => {
  if (split(text).prefix !== "" || text === "") return text
  const resolved = path.resolve(text)
  return /[/\\]$/.test(text) && !resolved.endsWith(path.sep) ? `${resolved}${path.sep}` : resolved
}

/** A file or folder of this machine that need not be named. */
export const absolutePath = (typed: string | undefined): string | undefined =>
  typed === undefined ? undefined : path.resolve(typed)
