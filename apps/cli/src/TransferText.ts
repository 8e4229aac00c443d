/** Events and actions as lines for people. */
import type { Action } from "@ourclone/core/engine/Plan"
import type { Summary, TransferEvent } from "@ourclone/core/events/TransferEvent"
import * as Amount from "./Amount.ts"
import { printable } from "./PrintableText.ts"

/** What `--dry-run` prints for an action; `verb` is `copy` or `move`. */
export const ofAction = (action: Action, verb: string): string | undefined => {
  switch (action._tag) {
    case "Put":
      return `${verb} ${printable(action.file.path)} (${action.because})`
    case "Touch":
      return `set time ${printable(action.file.path)} (time differs)`
    case "Keep":
      return verb === "move" ? `remove from source ${printable(action.file.path)} (same at the destination)` : undefined
    case "Remove":
      return `remove ${printable(action.path)}`
    case "MakeDirectory":
      return `make folder ${printable(action.path)}`
    case "RemoveDirectory":
      return `remove folder ${printable(action.path)}`
    case "Pass":
      return `${action.entry.isFailure ? "fail" : "skip"} ${printable(action.entry.path)} (${printable(action.entry.because)})`
  }
}

/** What `--verbose` says of an event. */
export const ofEvent = (event: TransferEvent): string | undefined => {
  switch (event._tag) {
    case "Stored":
    case "Copied":
      return `copied ${printable(event.path)} (${Amount.bytes(event.size)})`
    case "Touched":
      return `set time ${printable(event.path)}`
    case "Removed":
      return `removed ${printable(event.path)}`
    case "Moved":
      return `removed from source ${printable(event.path)}`
    case "DirectoryMade":
      return `made folder ${printable(event.path)}`
    case "DirectoryRemoved":
      return `removed folder ${printable(event.path)}`
    case "Retried":
      return `retrying ${printable(event.path)}: ${printable(event.error.reason.message)}`
    case "Skipped":
      return `skipped ${printable(event.path)}: ${printable(event.because)}`
    default:
      return undefined
  }
}

/** What there was to remove and was not. */
export const ofWithheld = (files: number): string => {
  const what = files === 0 ? "empty folders" : Amount.files(files)
  return `${what} to remove ${files === 1 ? "was" : "were"} kept, because files failed; correct that and run again`
}

/** The end of a transfer on one line. */
export const ofSummary = (summary: Summary, seconds: number, verb: "copy" | "move" | "remove"): string => {
  const copied = summary.stored + summary.copied
  const speed = seconds >= 1 && summary.storedBytes > 0 ? `, ${Amount.bytes(summary.storedBytes / seconds)}/s` : ""
  const isRemoval = verb === "remove"
  const parts = [
    isRemoval ? undefined : `${Amount.files(copied)} copied (${Amount.bytes(summary.storedBytes)})`,
    isRemoval ? undefined : `${Amount.count(summary.same)} the same`,
    summary.touched > 0 ? `${Amount.count(summary.touched)} got another time` : undefined,
    summary.removed > 0 || isRemoval ? `${Amount.count(summary.removed)} removed` : undefined,
    summary.moved > 0 ? `${Amount.count(summary.moved)} removed from the source` : undefined,
    `${Amount.count(summary.skipped)} skipped`,
    `${Amount.count(summary.failed)} failed`,
    summary.retries > 0 ? `${Amount.count(summary.retries)} retries` : undefined
  ]
  return `${parts.filter((part) => part !== undefined).join(", ")} in ${Amount.duration(seconds)}${speed}`
}
