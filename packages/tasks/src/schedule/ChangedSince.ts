/** Whether something in a folder has changed, as the times say that the system keeps itself. */
import * as fs from "node:fs"
import { join } from "node:path"

/** Not of what `isLeft` says is left out, nor of what is gone again or nobody may read. `since` is in milliseconds since 1970 UTC. */
export const changedSince = async (
  folder: string,
  since: number,
  isLeft: (path: string) => boolean
): Promise<boolean> => {
  const isNew = async (path: string): Promise<boolean> => {
    const found = await fs.promises.lstat(path).catch(() => undefined)
    return found !== undefined && found.ctimeMs >= since
  }
  const waiting = [folder]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (isLeft(path)) continue
    if (await isNew(path)) return true
    const directory = await fs.promises.opendir(path, { bufferSize: 256 }).catch(() => undefined)
    if (directory === undefined) continue
    for await (const entry of directory) {
      const below = join(path, entry.name)
      if (entry.isDirectory()) waiting.push(below)
      else if (!isLeft(below) && (await isNew(below))) return true
    }
  }
  return false
}
