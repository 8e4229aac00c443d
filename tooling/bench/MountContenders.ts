/** Programs that show a bucket as a folder, each at its best flags. They run in the foreground until they are unmounted. */
import { spawnSync } from "node:child_process"
import type { Checkout } from "./Checkout.ts"
import { b2Environment, rcloneCommand } from "./Contenders.ts"
import type { EmulatorProcess } from "./EmulatorProcess.ts"

export interface MountContender {
  readonly name: string
  readonly environment: (emulator: EmulatorProcess, cache: string) => Readonly<Record<string, string>>
  readonly mount: (bucket: string, point: string, cache: string) => ReadonlyArray<string>
}

export const ourcloneMount = (name: string, { program }: Checkout): MountContender => ({
  name,
  environment: (emulator, cache) => ({ ...b2Environment(emulator), XDG_STATE_HOME: cache }),
  mount: (bucket, point, cache) => [
    ...program,
    "mount",
    `--cache-dir=${cache}/mount`,
    "--write-back=1s",
    "--dir-cache-time=1h",
    `b2://${bucket}`,
    point
  ]
})

/** Flags that only newer ones know are given to those alone. */
const makeRclone = (command: string, name: string, help: string): MountContender => ({
  name,
  environment: ({ endpoint, key, keyId }) => ({
    RCLONE_CONFIG_EMU_TYPE: "b2",
    RCLONE_CONFIG_EMU_ACCOUNT: keyId,
    RCLONE_CONFIG_EMU_KEY: key,
    RCLONE_CONFIG_EMU_ENDPOINT: endpoint
  }),
  mount: (bucket, point, cache) => [
    command,
    "mount",
    `EMU:${bucket}`,
    point,
    "--config=/dev/null",
    `--cache-dir=${cache}`,
    "--vfs-cache-mode=full",
    ...(help.includes("--vfs-read-chunk-streams") ? ["--vfs-read-chunk-streams=8", "--vfs-read-chunk-size=8M"] : []),
    ...(help.includes("--vfs-fast-fingerprint") ? ["--vfs-fast-fingerprint"] : []),
    "--buffer-size=0",
    "--transfers=8",
    "--dir-cache-time=1h",
    "--vfs-write-back=1s"
  ]
})

/** None where there is no rclone. */
export const rcloneMount = (): MountContender | undefined => {
  const command = rcloneCommand()
  if (command === undefined) return undefined
  const ask = (...args: ReadonlyArray<string>) => spawnSync(command, args, { encoding: "utf8" }).stdout
  return makeRclone(command, ask("version").split("\n")[0]?.trim() ?? "rclone", ask("mount", "--help"))
}
