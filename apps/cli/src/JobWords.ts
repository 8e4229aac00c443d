/** What jobs fail with, in the words of the command line. */
import type { InvalidJob } from "@ourclone/jobs/JobError"
import { type CommandStopped, usage } from "./ExitCode.ts"

/** Fields are called as their flags are: `keepDaily` is `--keep-daily`. */
const flagOf = (field: string): string => `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

export const ofInvalid = ({ field, message }: InvalidJob): CommandStopped =>
  usage(field === undefined ? message : `${flagOf(field)}${message.startsWith('"') ? "" : ":"} ${message}`)
