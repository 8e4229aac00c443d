/**
 * A program in a unit of systemd's own making, so that a stop of the service that started it does not end it, and what it
 * mounts is seen outside of that service's view of the machine. Elsewhere it is a process of its own session, which a stop
 * of the service's control group ends.
 */
import { spawnSync } from "node:child_process"

export type Command = readonly [program: string, ...words: ReadonlyArray<string>]
export type Variables = { readonly [variable: string]: string | undefined }

/** What systemd says to each unit of itself. */
const ownOfUnits =
  /^(INVOCATION_ID|JOURNAL_STREAM|MAINPID|MANAGERPID|NOTIFY_SOCKET|LISTEN_.*|WATCHDOG_.*|SYSTEMD_.*|_)$/

/**
 * A user's manager starts it outside of the service, with the variables by their names: their values stay out of the
 * process table. That of the system would show them to everybody, so root's program keeps what it was given, and only leaves
 * the control group.
 */
const unitWords = (environment: Variables, isRoot: boolean): ReadonlyArray<string> => {
  if (isRoot) return ["--scope", "--quiet", "--collect"]
  const names = Object.keys(environment).filter((name) => environment[name] !== undefined && !ownOfUnits.test(name))
  return ["--user", "--quiet", "--collect", "--pipe", "--same-dir", ...names.map((name) => `--setenv=${name}`)]
}

const patience = 3_000
/** By where programs are looked for. */
const works = new Map<string | undefined, boolean>()

/** Whether systemd makes units for this user here; asked once. */
const isThere = (environment: Variables, words: ReadonlyArray<string>): boolean => {
  if (process.platform !== "linux") return false
  const known = works.get(environment.PATH)
  if (known !== undefined) return known
  const trial = { env: { ...environment }, stdio: "ignore", timeout: patience } as const
  const found = spawnSync("systemd-run", [...words, "--", "true"], trial).status === 0
  works.set(environment.PATH, found)
  return found
}

/** `command` in a unit of its own, or as it is where there is no systemd that makes one. */
export const command = (
  command: Command,
  environment: Variables,
  isRoot: boolean = process.getuid?.() === 0
): Command => {
  const words = unitWords(environment, isRoot)
  return isThere(environment, words) ? ["systemd-run", ...words, "--", ...command] : command
}
