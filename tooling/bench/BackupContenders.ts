/** The backup programs that are compared, each at its defaults. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Checkout } from "./Checkout.ts"

export interface BackupContender {
  readonly name: string
  /** `cache` is a folder for what the program keeps beside the repository. */
  readonly environment: (cache: string) => Readonly<Record<string, string>>
  readonly init: (repository: string) => ReadonlyArray<string>
  readonly backup: (repository: string, folder: string) => ReadonlyArray<string>
  readonly restore: (repository: string, target: string) => ReadonlyArray<string>
  readonly check: (repository: string) => ReadonlyArray<string>
  readonly forget: (repository: string, keep: number) => ReadonlyArray<string>
  /** Brings the files of a repository on this disk to a bucket; absent where a program has no such command. */
  readonly publish?: (folder: string, bucket: string) => ReadonlyArray<string>
}

export const password = "bench"

export const ourcloneBackup = (name: string, { program }: Checkout): BackupContender => ({
  name,
  environment: (cache) => ({ OURCLONE_PASSWORD: password, XDG_CACHE_HOME: cache }),
  init: (repository) => [...program, "repo", "init", "--repo", repository],
  backup: (repository, folder) => [...program, "backup", folder, "--repo", repository],
  restore: (repository, target) => [...program, "restore", "latest", "--repo", repository, "--target", target],
  check: (repository) => [...program, "repo", "check", "--read-data", "--repo", repository],
  forget: (repository, keep) => [...program, "forget", "--keep-last", String(keep), "--prune", "--repo", repository],
  publish: (folder, bucket) => [...program, "sync", folder, `b2://${bucket}`]
})

const makeRestic = (command: string): BackupContender => ({
  name: spawnSync(command, ["version"], { encoding: "utf8" }).stdout.split(" compiled")[0]?.trim() ?? "restic",
  environment: (cache) => ({ RESTIC_PASSWORD: password, RESTIC_CACHE_DIR: cache }),
  init: (repository) => [command, "init", "--repository-version", "2", "--repo", repository],
  backup: (repository, folder) => [command, "backup", folder, "--repo", repository],
  restore: (repository, target) => [command, "restore", "latest", "--repo", repository, "--target", target],
  check: (repository) => [command, "check", "--read-data", "--repo", repository],
  forget: (repository, keep) => [command, "forget", "--keep-last", String(keep), "--prune", "--repo", repository]
})

/** Whatever `restic` is on PATH, or `$RESTIC`; none when there is none. */
export const restic = (): BackupContender | undefined => {
  const found = (process.env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, "restic"))
  const command = process.env["RESTIC"] ?? found.find((candidate) => fs.existsSync(candidate))
  return command === undefined ? undefined : makeRestic(command)
}
