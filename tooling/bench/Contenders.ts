/** The programs that are compared, each spoken to in its own words and at its best flags. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import type { BenchStorage } from "./BenchStorages.ts"
import type { Checkout } from "./Checkout.ts"
import type { EmulatorProcess } from "./EmulatorProcess.ts"

export interface Transferring {
  readonly name: string
  readonly upload: (folder: string, bucket: string, transfers: number) => ReadonlyArray<string>
  readonly download: (bucket: string, folder: string, transfers: number) => ReadonlyArray<string>
}

export interface Contender extends Transferring {
  readonly environment: (emulator: EmulatorProcess) => Readonly<Record<string, string>>
  /** The same with the remote `bench`, which has to be in the configuration or `environment`. */
  readonly on: (storage: BenchStorage) => Transferring & { readonly environment: Readonly<Record<string, string>> }
  readonly list: (bucket: string) => ReadonlyArray<string>
  /** Commands that do nothing but start, by what they are called in the table. */
  readonly starts: Readonly<Record<string, ReadonlyArray<string>>>
}

export const b2Environment = ({ endpoint, key, keyId }: EmulatorProcess): Readonly<Record<string, string>> => ({
  B2_APPLICATION_KEY_ID: keyId,
  B2_APPLICATION_KEY: key,
  B2_ENDPOINT: endpoint
})

/** The remote `bench` in OurClone's configuration. */
export const configurationOf = ({ ourclone }: BenchStorage): string =>
  [
    "[remotes.bench]",
    ...Object.entries(ourclone).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
    ""
  ].join("\n")

const ourcloneAt = (name: string, program: ReadonlyArray<string>, at: string): Transferring => ({
  name,
  upload: (folder, bucket, transfers) => [...program, "sync", folder, `${at}${bucket}`, `--transfers=${transfers}`],
  download: (bucket, folder, transfers) => [...program, "sync", `${at}${bucket}`, folder, `--transfers=${transfers}`]
})

export const ourclone = (name: string, { program, script }: Checkout): Contender => ({
  ...ourcloneAt(name, program, "b2://"),
  environment: b2Environment,
  on: ({ root }) => ({ ...ourcloneAt(name, program, `bench:${root}`), environment: {} }),
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

const rcloneAt = (name: string, command: string, at: string): Transferring => ({
  name,
  upload: (folder, bucket, transfers) => [command, "sync", folder, `${at}${bucket}`, ...rcloneFlags(transfers)],
  download: (bucket, folder, transfers) => [command, "sync", `${at}${bucket}`, folder, ...rcloneFlags(transfers)]
})

const rcloneName = (command: string): string =>
  spawnSync(command, ["version"], { encoding: "utf8" }).stdout.split("\n")[0]?.trim() ?? "rclone"

const makeRclone = (command: string, name = rcloneName(command)): Contender => ({
  ...rcloneAt(name, command, "EMU:"),
  on: ({ rclone, root }) => ({
    ...rcloneAt(name, command, `BENCH:${root}`),
    environment: Object.fromEntries(
      Object.entries(rclone).map(([option, value]) => [`RCLONE_CONFIG_BENCH_${option}`, value])
    )
  }),
  environment: ({ endpoint, key, keyId }) => ({
    RCLONE_CONFIG_EMU_TYPE: "b2",
    RCLONE_CONFIG_EMU_ACCOUNT: keyId,
    RCLONE_CONFIG_EMU_KEY: key,
    RCLONE_CONFIG_EMU_ENDPOINT: endpoint
  }),
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
