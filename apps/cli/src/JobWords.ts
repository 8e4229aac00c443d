/** What jobs fail with, in the words of the command line. */
import type { InvalidJob } from "@ourclone/jobs/kind/JobError"
import { type CommandStopped, usage } from "./ExitCode.ts"
import { flagNameOf } from "./FlagWords.ts"

export const ofInvalid = ({ field, message }: InvalidJob): CommandStopped =>
  usage(field === undefined ? message : `${flagNameOf(field)}${message.startsWith('"') ? "" : ":"} ${message}`)
