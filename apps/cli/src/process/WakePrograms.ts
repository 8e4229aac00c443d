/** What keeps the machine awake while a task runs, by system. */
import type { WakeProgram } from "@ourclone/tasks/runner/WakeLock"

export const wakePrograms: { readonly [platform: string]: WakeProgram | undefined } = {
  linux: ["systemd-inhibit", "--what=sleep:idle", "--who=ourclone", "--why=A task runs", "--mode=block", "cat"],
  darwin: ["caffeinate", "-is", "cat"]
}
