/** What jobs fail with, in the words of the command line. */
import type { InvalidJob } from "@ourclone/jobs/JobError"
import { type CommandStopped, usage } from "./ExitCode.ts"

const otherFlags: { readonly [field: string]: string } = { repository: "--repo", fromRepository: "--from-repo" }

/** Fields are called as their flags are: `keepDaily` is `--keep-daily`. */
const flagOf = (field: string): string =>
  otherFlags[field] ?? `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

export const ofInvalid = ({ field, message }: InvalidJob): CommandStopped =>
  usage(field === undefined ? message : `${flagOf(field)}${message.startsWith('"') ? "" : ":"} ${message}`)
