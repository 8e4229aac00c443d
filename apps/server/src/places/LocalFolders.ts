/** What the folder picker shows. */
import * as fs from "node:fs/promises"
import * as path from "node:path"
import type { FoldersAnswer } from "../api/storage/LocalGroup.ts"
import type { Folders } from "../side/SideWire.ts"
import type { AllowedRoots } from "./AllowedRoots.ts"

const most = 2_000

const rootsShown = (roots: AllowedRoots): FoldersAnswer => ({
  path: null,
  parent: null,
  folders: roots.roots.map((root) => ({ name: root, path: root })),
  isCut: false
})

const failed = (name: string, error: unknown): Folders => {
  const { code = "" } = error as NodeJS.ErrnoException
  return code === "ENOENT" || code === "ENOTDIR"
    ? { _tag: "NotThere", message: `there is no folder ${name}` }
    : { _tag: "Refused", message: `the service may not list ${name} (${code})` }
}

/** The folders in an allowed folder, by name; without one the allowed folders themselves. */
export const list = async (roots: AllowedRoots, name: string | null): Promise<Folders> => {
  if (name === null) return { _tag: "Found", found: rootsShown(roots) }
  const verdict = await roots.judge(name)
  if (verdict._tag === "Refused") {
    return { _tag: "Refused", message: `"${name}" may not be looked at: ${verdict.because}` }
  }
  try {
    const listed = await fs.readdir(verdict.path, { withFileTypes: true })
    const folders = listed
      .filter((entry) => entry.isDirectory() && roots.judgeReal(path.join(verdict.path, entry.name))._tag === "Allowed")
      .map((entry) => ({ name: entry.name, path: path.join(name, entry.name) }))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
    const above = path.dirname(path.resolve(name))
    const parent = above !== name && (await roots.judge(above))._tag === "Allowed" ? above : null
    return {
      _tag: "Found",
      found: { path: name, parent, folders: folders.slice(0, most), isCut: folders.length > most }
    }
  } catch (error) {
    return failed(name, error)
  }
}
