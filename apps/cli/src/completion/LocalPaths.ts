/** Paths of this machine that begin as typed. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Candidate } from "./Candidate.ts"

const most = 2000

const isFolder = (entry: fs.Dirent, folder: string): boolean => {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  try {
    return fs.statSync(path.join(folder, entry.name)).isDirectory()
  } catch {
    return false
  }
}

/** `~/` is kept as typed. Names with a dot in front are shown where one was typed. */
export const candidates = (
  typed: string,
  options: { readonly home: string; readonly foldersOnly: boolean }
): ReadonlyArray<Candidate> => {
  if (typed === "~") return [{ text: "~/", isOpen: true }]
  const slash = typed.lastIndexOf("/") + 1
  const [before, begin] = [typed.slice(0, slash), typed.slice(slash)]
  const folder = path.resolve(before.startsWith("~/") ? path.join(options.home, before.slice(2)) : before || ".")
  let entries: ReadonlyArray<fs.Dirent>
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
  const found: Array<Candidate> = []
  for (const entry of entries) {
    const { name } = entry
    if (!name.startsWith(begin) || (name.startsWith(".") && !begin.startsWith("."))) continue
    if (found.length === most) break
    if (isFolder(entry, folder)) found.push({ text: `${before}${name}/`, isOpen: true })
    else if (!options.foldersOnly) found.push({ text: `${before}${name}` })
  }
  return found
}
