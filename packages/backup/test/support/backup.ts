/** Backups in tests, by us and by restic. */
import { execFileSync } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Archiver from "../../src/archive/Archiver.ts"
import type { BackupOptions } from "../../src/archive/BackupOptions.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as TestRepository from "./TestRepository.ts"

export const options = (paths: BackupOptions["paths"], more: Partial<BackupOptions> = {}): BackupOptions => ({
  paths,
  directory: process.cwd(),
  programVersion: "ourclone 0.0.0",
  host: "test",
  readConcurrency: 2,
  ...more
})

export const backup = (repository: Repository, path: string, more?: Partial<BackupOptions>) =>
  Archiver.backup(repository, options([path], more))

/** Works in a folder, so that those above it, which others change, are not backed up. */
export const inside = (folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = process.cwd()
      process.chdir(folder)
      return before
    }),
    (before) => Effect.sync(() => process.chdir(before))
  )

/** Runs the restic on PATH on a repository of `TestRepository.inFolder` and gives its output. */
export const restic = (root: string, ...rest: ReadonlyArray<string>): string =>
  execFileSync("restic", ["--no-cache", "-r", root, ...rest], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, RESTIC_PASSWORD: TestRepository.passwordText }
  })

/** The last line of a backup by restic that speaks JSON. */
export const resticBackup = (root: string, ...rest: ReadonlyArray<string>) =>
  JSON.parse(
    restic(root, "backup", "--json", "--host", "test", ...rest)
      .trim()
      .split("\n")
      .at(-1)!
  ) as {
    readonly snapshot_id: string
    readonly tree_blobs: number
    readonly data_blobs: number
    readonly dirs_unmodified: number
    readonly dirs_new: number
    readonly dirs_changed: number
    readonly files_unmodified: number
    readonly files_new: number
    readonly data_added: number
  }
