/** What keeps the machine awake while a task runs, by system. */
import type { WakeProgram } from "@ourclone/core/machine/WakeLock"

export const wakePrograms: { readonly [platform: string]: WakeProgram | undefined } = {
  linux: ["systemd-inhibit", "--what=sleep:idle", "--who=ourclone", "--why=A task runs", "--mode=block", "cat"],
  darwin: ["caffeinate", "-is", "cat"]
}

/** What asks whoever shuts the machine down to wait a little, by system. */
export const shutdownPrograms: { readonly [platform: string]: WakeProgram | undefined } = {
  linux: [
    "systemd-inhibit",
    "--what=shutdown",
    "--who=ourclone",
    "--why=Files of a mount are not stored yet",
    "--mode=delay",
    "cat"
  ]
}
