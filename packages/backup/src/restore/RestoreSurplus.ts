/** `--delete`: what is in the restored directories and not in the snapshot. */
import * as fs from "node:fs"
import type { Selection } from "../choose/Selection.ts"
import { textOf } from "../system/SystemFailure.ts"
import type { IsOwn } from "./OwnRepository.ts"
import { join } from "./RestoreEntries.ts"
import { look } from "./RestoreTarget.ts"

export interface SurplusOptions {
  readonly selection: Selection
  readonly isOwn: IsOwn
  readonly isDryRun: boolean
  readonly onDeleted: (location: string) => void
  readonly onFailure: (location: string, message: string) => void
}

/**
 * Removes what is at the path as far as it is selected. Symbolic links are removed and not followed;
 * another file system that is mounted below stays. Gives whether the path is gone.
 */
export const removeSurplus = (path: Buffer, location: Buffer, device: bigint, options: SurplusOptions): boolean => {
  const found = look(path)
  if (found === undefined) return true
  const isDirectory = found.isDirectory()
  const { isSelected, mayContain } = options.selection(location, isDirectory)
  if (!isSelected && !mayContain) return false
  if (found.dev !== device) {
    options.onFailure(location.toString(), "another file system is mounted there: it is not deleted")
    return false
  }
  if (isDirectory && options.isOwn(path, found)) {
    options.onFailure(location.toString(), "the repository lies there: it is not deleted")
    return false
  }
  try {
    if (isDirectory && !removeBelow(path, location, device, options)) return false
    if (!isSelected) return false
    if (!options.isDryRun) {
      if (isDirectory) fs.rmdirSync(path)
      else fs.unlinkSync(path)
    }
    options.onDeleted(location.toString())
    return true
  } catch (error) {
    options.onFailure(location.toString(), textOf(error))
    return false
  }
}

const removeBelow = (path: Buffer, location: Buffer, device: bigint, options: SurplusOptions): boolean => {
  let isEmpty = true
  for (const name of fs.readdirSync(path, { encoding: "buffer" })) {
    if (!removeSurplus(join(path, name), join(location, name), device, options)) isEmpty = false
  }
  return isEmpty
}
