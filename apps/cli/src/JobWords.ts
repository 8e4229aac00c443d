/** What jobs fail with, in the words of the command line. */
import { GuardStopped } from "@ourclone/core/engine/Guard"
import type { InvalidJob } from "@ourclone/jobs/JobError"
import { type CommandStopped, usage } from "./ExitCode.ts"

/** Fields are called as their flags are: `keepDaily` is `--keep-daily`. */
const flagOf = (field: string): string => `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

export const ofInvalid = ({ field, message }: InvalidJob): CommandStopped =>
  usage(field === undefined ? message : `${flagOf(field)}${message.startsWith('"') ? "" : ":"} ${message}`)

const allowEmptySource = "If it is meant to be empty, say --allow-empty-source"

/** A guard's words, with the flag that lets its reader go on. */
export const ofGuard = (error: GuardStopped): GuardStopped =>
  error.guard !== "empty source" || error.message.includes("--")
    ? error
    : new GuardStopped({ guard: error.guard, message: `${error.message}. ${allowEmptySource}` })
