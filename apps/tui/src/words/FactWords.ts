/** One fact of a run as a line of its log. */
import * as Amount from "@ourclone/core/events/Amount"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Deed, RunEvent } from "@ourclone/core/events/RunEvent"
import { ofWaiting } from "@ourclone/core/events/WaitingText"
import { told } from "./Remedies.ts"

export const deeds: { readonly [Name in Deed]: string } = {
  stored: "stored",
  copied: "copied",
  touched: "got another time or other attributes",
  same: "the same",
  updated: "updated",
  removed: "deleted",
  moved: "deleted at the source",
  directoryMade: "folder made",
  directoryRemoved: "folder removed",
  restored: "restored",
  verified: "verified"
}

const sized = (bytes: number | undefined): string => (bytes === undefined ? "" : `, ${Amount.bytes(bytes)}`)

/** Nothing for what is no news. */
export const of = (event: RunEvent, at: number): string | undefined => {
  switch (event._tag) {
    case "Planned":
      return event.isFinal
        ? `planned: ${Amount.files(event.files)}, ${Amount.bytes(event.bytes)}, ${Amount.count(event.removals)} to delete`
        : undefined
    case "Would":
      return `would be ${deeds[event.deed]}: ${printable(event.item)}${sized(event.bytes)}`
    case "Done":
      return `${deeds[event.deed]}: ${printable(event.item)}${sized(event.bytes)}`
    case "Skipped":
      return `skipped: ${printable(event.item)} (${printable(told({ ...event, message: event.because }))})`
    case "Failed":
      return `failed: ${printable(event.failure.item ?? "")} ${printable(told(event.failure))}`
    case "Step":
      if (event.name === KeptVersions.step) return printable(KeptVersions.words(KeptVersions.ofValues(event.values)))
      return event.name === "runBegan" ? `run ${event.values?.["take"] ?? ""} began` : event.name
    case "Waiting":
      return ofWaiting({ for: event.for, since: at, until: event.until, failure: event.failure }, at)
    case "Note":
      return printable(told(event))
    case "Finished":
      return event.failure === undefined ? event.outcome : `${event.outcome}: ${printable(told(event.failure))}`
    case "Progress":
      return undefined
  }
}
