/** The backup programs that are compared, each at its defaults. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { ourcloneProgram } from "./Contenders.ts"

export interface BackupContender {
  readonly name: string
  /** `cache` is a folder for what the program keeps beside the repository. */
  readonly environment: (cache: string) => Readonly<Record<string, string>>
  readonly init: (repository: string) => ReadonlyArray<string>
  readonly backup: (repository: string, folder: string) => ReadonlyArray<string>
  readonly restore: (repository: string, target: string) => ReadonlyArray<string>
  readonly check: (repository: string) => ReadonlyArray<string>
  readonly forget: (repository: string, keep: number) => ReadonlyArray<string>
}

const password = "bench"

export const ourcloneBackup: BackupContender = {
  name: "ourclone",
  environment: (cache) => ({ OURCLONE_PASSWORD: password, XDG_CACHE_HOME: cache }),
  init: (repository) => [...ourcloneProgram, "repo", "init", "--repo", repository],
  backup: (repository, folder) => [...ourcloneProgram, "backup", folder, "--repo", repository],
  restore: (repository, target) => [...ourcloneProgram, "restore", "latest", "--repo", repository, "--target", target],
  check: (repository) => [...ourcloneProgram, "repo", "check", "--read-data", "--repo", repository],
  forget: (repository, keep) => [
    ...ourcloneProgram,
    "forget",
    "--keep-last",
    String(keep),
    "--prune",
    "--repo",
    repository
  ]
}

const makeRestic = (command: string): BackupContender => ({
  name: spawnSync(command, ["version"], { encoding: "utf8" }).stdout.split(" compiled")[0]?.trim() ?? "restic",
  environment: (cache) => ({ RESTIC_PASSWORD: password, RESTIC_CACHE_DIR: cache }),
  init: (repository) => [command, "init", "--repository-version", "2", "--repo", repository],
  backup: (repository, folder) => [command, "backup", folder, "--repo", repository],
  restore: (repository, target) => [command, "restore", "latest", "--repo", repository, "--target", target],
  check: (repository) => [command, "check", "--read-data", "--repo", repository],
  forget: (repository, keep) => [command, "forget", "--keep-last", String(keep), "--prune", "--repo", repository]
})

/** OurClone, and whatever `restic` is on PATH, or `$RESTIC`. */
export const backupContenders = (): ReadonlyArray<BackupContender> => {
  const found = (process.env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, "restic"))
  const command = process.env["RESTIC"] ?? found.find((candidate) => fs.existsSync(candidate))
  return command === undefined ? [ourcloneBackup] : [ourcloneBackup, makeRestic(command)]
}
