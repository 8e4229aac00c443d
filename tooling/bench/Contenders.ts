/** The programs that are compared, each spoken to in its own words and at its best flags. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import type { EmulatorProcess } from "./EmulatorProcess.ts"

export interface Contender {
  readonly name: string
  readonly environment: (emulator: EmulatorProcess) => Readonly<Record<string, string>>
  readonly upload: (folder: string, bucket: string, transfers: number) => ReadonlyArray<string>
  readonly download: (bucket: string, folder: string, transfers: number) => ReadonlyArray<string>
  readonly list: (bucket: string) => ReadonlyArray<string>
}

const bundle = path.resolve(import.meta.dirname, "..", "..", "apps", "cli", "dist", "main.mjs")
export const ourcloneProgram: ReadonlyArray<string> = [process.execPath, bundle]

/** The program as it ships; `npm run bench` builds it first. */
export const ourclone: Contender = {
  name: "ourclone",
  environment: ({ endpoint, key, keyId }) => ({
    B2_APPLICATION_KEY_ID: keyId,
    B2_APPLICATION_KEY: key,
    B2_ENDPOINT: endpoint
  }),
  upload: (folder, bucket, transfers) => [
    ...ourcloneProgram,
    "sync",
    folder,
    `b2://${bucket}`,
    `--transfers=${transfers}`
  ],
  download: (bucket, folder, transfers) => [
    ...ourcloneProgram,
    "sync",
    `b2://${bucket}`,
    folder,
    `--transfers=${transfers}`
  ],
  list: (bucket) => [...ourcloneProgram, "ls", `b2://${bucket}`]
}

const rcloneFlags = (transfers: number) => [
  "--fast-list",
  `--transfers=${transfers}`,
  `--checkers=${transfers}`,
  "--multi-thread-streams=4",
  "--config=/dev/null"
]

const makeRclone = (command: string): Contender => ({
  name: spawnSync(command, ["version"], { encoding: "utf8" }).stdout.split("\n")[0]?.trim() ?? "rclone",
  environment: ({ endpoint, key, keyId }) => ({
    RCLONE_CONFIG_EMU_TYPE: "b2",
    RCLONE_CONFIG_EMU_ACCOUNT: keyId,
    RCLONE_CONFIG_EMU_KEY: key,
    RCLONE_CONFIG_EMU_ENDPOINT: endpoint
  }),
  upload: (folder, bucket, transfers) => [command, "sync", folder, `EMU:${bucket}`, ...rcloneFlags(transfers)],
  download: (bucket, folder, transfers) => [command, "sync", `EMU:${bucket}`, folder, ...rcloneFlags(transfers)],
  list: (bucket) => [command, "lsf", "--recursive", "--format", "stp", `EMU:${bucket}`, ...rcloneFlags(16)]
})

/** Whatever `rclone` is on PATH, or `$RCLONE`; none when there is none. */
export const rclone = (): Contender | undefined => {
  const named = process.env["RCLONE"]
  const found = (process.env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, "rclone"))
  const command = named ?? found.find((candidate) => fs.existsSync(candidate))
  return command === undefined ? undefined : makeRclone(command)
}
