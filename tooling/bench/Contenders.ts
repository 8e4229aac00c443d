/** The programs that are compared, each spoken to in its own words and at its best flags. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Checkout } from "./Checkout.ts"
import type { EmulatorProcess } from "./EmulatorProcess.ts"

export interface Contender {
  readonly name: string
  readonly environment: (emulator: EmulatorProcess) => Readonly<Record<string, string>>
  readonly upload: (folder: string, bucket: string, transfers: number) => ReadonlyArray<string>
  readonly download: (bucket: string, folder: string, transfers: number) => ReadonlyArray<string>
  readonly list: (bucket: string) => ReadonlyArray<string>
  /** Commands that do nothing but start, by what they are called in the table. */
  readonly starts: Readonly<Record<string, ReadonlyArray<string>>>
}

export const b2Environment = ({ endpoint, key, keyId }: EmulatorProcess): Readonly<Record<string, string>> => ({
  B2_APPLICATION_KEY_ID: keyId,
  B2_APPLICATION_KEY: key,
  B2_ENDPOINT: endpoint
})

export const ourclone = (name: string, { program, script }: Checkout): Contender => ({
  name,
  environment: b2Environment,
  upload: (folder, bucket, transfers) => [...program, "sync", folder, `b2://${bucket}`, `--transfers=${transfers}`],
  download: (bucket, folder, transfers) => [...program, "sync", `b2://${bucket}`, folder, `--transfers=${transfers}`],
  list: (bucket) => [...program, "ls", `b2://${bucket}`],
  starts: {
    "--version": [...program, "--version"],
    "--help": [...program, "--help"],
    "./ourclone --help": [script, "--help"]
  }
})

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
  list: (bucket) => [command, "lsf", "--recursive", "--format", "stp", `EMU:${bucket}`, ...rcloneFlags(16)],
  starts: { "--version": [command, "--version"], "--help": [command, "--help"] }
})

/** Whatever `rclone` is on PATH, or `$RCLONE`. */
export const rcloneCommand = (): string | undefined => {
  const found = (process.env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, "rclone"))
  return process.env["RCLONE"] ?? found.find((candidate) => fs.existsSync(candidate))
}

/** None where there is no rclone. */
export const rclone = (): Contender | undefined => {
  const command = rcloneCommand()
  return command === undefined ? undefined : makeRclone(command)
}
