/** Counts what is below directories, for a progress that knows the end. It keeps no names and reads no file. */
import * as fs from "node:fs"
import * as Status from "../system/Status.ts"
import { bytesOf, type DirectoryJob, type ScanResult } from "./ArchiveMessages.ts"
import type { ReaderContext } from "./DirectoryReader.ts"

const slash = Buffer.from("/")

export const scan = (
  jobs: ReadonlyArray<DirectoryJob>,
  { excludes, settings }: Omit<ReaderContext, "onFailure">
): ScanResult => {
  const directories: Array<DirectoryJob> = []
  let files = 0
  let bytes = 0

  const look = (path: Buffer, deviceId: bigint | undefined): void => {
    if (excludes.excludesPath(path)) return
    const status = Status.of(path)
    if (excludes.excludesStatus(status)) return
    if (settings.excludes.oneFileSystem && deviceId !== undefined && deviceId !== status.deviceId) return
    if (Status.isDirectory(status)) directories.push({ path: path.toString("latin1"), deviceId: status.deviceId })
    else files++
    if (Status.isFile(status)) bytes += status.size
  }

  const quietly = (act: () => void): void => {
    try {
      act()
    } catch {
      // The backup itself tells what can not be read.
    }
  }

  const list = (path: Buffer, deviceId: bigint | undefined): void => {
    const names = excludes.keptNames(path, fs.readdirSync(path, { encoding: "latin1" }))
    const prefix = path.equals(slash) ? slash : Buffer.concat([path, slash])
    for (const name of names) quietly(() => look(Buffer.concat([prefix, bytesOf(name)]), deviceId))
  }

  for (const { deviceId, path, targets } of jobs) {
    if (targets === undefined) quietly(() => list(bytesOf(path), deviceId))
    else {
      const paths = targets.map((target) => ({ path: bytesOf(target.path), deviceId: target.deviceId }))
      const kept = paths.filter((target) => !excludes.excludesByTag(target.path))
      for (const target of kept) quietly(() => look(target.path, target.deviceId))
    }
  }
  return { directories, files, bytes }
}
