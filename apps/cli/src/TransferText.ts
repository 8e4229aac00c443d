/** Facts about transfers as lines for people. */
import type { TransferSummary } from "@ourclone/core/engine/TransferSummary"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { RunView } from "@ourclone/core/events/RunView"
import { told } from "./words/remedies.ts"

export type Verb = "copy" | "move" | "remove"

const doneText = ({ bytes, deed, item }: Extract<Fact, { readonly _tag: "Done" }>): string | undefined => {
  const name = printable(item)
  const size = bytes === undefined ? "" : ` (${Amount.bytes(bytes)})`
  switch (deed) {
    case "stored":
    case "copied":
      return `copied ${name}${size}`
    case "moved":
      return bytes === undefined ? `removed from source ${name}` : `copied ${name}${size}\nremoved from source ${name}`
    case "touched":
      return `set time ${name}`
    case "removed":
      return `removed ${name}`
    case "restored":
      return `brought back ${name}${size}`
    case "directoryMade":
      return `made folder ${name}`
    case "directoryRemoved":
      return `removed folder ${name}`
    default:
      return undefined
  }
}

/** What `--verbose` says of a fact. */
export const ofFact = (fact: Fact): string | undefined => {
  if (fact._tag === "Done") return doneText(fact)
  return fact._tag === "Skipped"
    ? `skipped ${printable(fact.item)}: ${printable(told({ ...fact, message: fact.because }))}`
    : undefined
}

const would = ({ because, bytes, deed, item }: Extract<Fact, { readonly _tag: "Would" }>): string | undefined => {
  const name = because === undefined ? printable(item) : `${printable(item)} (${printable(because)})`
  switch (deed) {
    case "stored":
      return `copy ${name}`
    case "moved":
      return bytes === undefined ? `remove from source ${name}` : `move ${name}`
    case "touched":
      return because === undefined || because === "time differs" ? `set time ${name}` : `set attributes ${name}`
    case "removed":
      return `remove ${name}`
    case "restored":
      return `bring back ${name}`
    case "directoryMade":
      return `make folder ${name}`
    case "directoryRemoved":
      return `remove folder ${name}`
    default:
      return undefined
  }
}

/** Whether another file of that name goes for it. */
export const replaces = ({ because, deed }: Extract<Fact, { readonly _tag: "Would" }>): boolean =>
  (deed === "stored" || deed === "moved") && because !== "missing" && because !== "same at the destination"

/** What `--dry-run` prints for a fact of a preview. */
export const ofPreview = (fact: Fact): string | undefined => {
  switch (fact._tag) {
    case "Would":
      return would(fact)
    case "Skipped":
      return `skip ${printable(fact.item)} (${printable(told({ ...fact, message: fact.because }))})`
    case "Failed":
      return `fail ${printable(fact.failure.item ?? "")} (${printable(told(fact.failure))})`
    default:
      return undefined
  }
}

/** The last line of `--dry-run`. */
export const ofPlanned = ({ bytes, files, removals, same }: RunView["planned"], verb: Verb): string => {
  if (verb === "remove") return `${Amount.files(removals)} to remove`
  const removing = removals > 0 ? `, ${Amount.count(removals)} to remove` : ""
  return `${Amount.files(files)} (${Amount.bytes(bytes)}) to ${verb}${removing}, ${Amount.count(same)} the same`
}

/** What there was to remove and was not. */
export const ofWithheld = (files: number): string => {
  const what = files === 0 ? "empty folders" : Amount.files(files)
  return `${what} to remove ${files === 1 ? "was" : "were"} kept, because files failed; correct that and run again`
}

/** The end of a transfer on one line. */
export const ofSummary = (summary: TransferSummary, seconds: number, verb: Verb): string => {
  const copied = summary.stored + summary.copied
  const speed = seconds >= 1 && summary.storedBytes > 0 ? `, ${Amount.bytes(summary.storedBytes / seconds)}/s` : ""
  const isRemoval = verb === "remove"
  const parts = [
    isRemoval ? undefined : `${Amount.files(copied)} copied (${Amount.bytes(summary.storedBytes)})`,
    isRemoval ? undefined : `${Amount.count(summary.same)} the same`,
    summary.touched > 0 ? `${Amount.count(summary.touched)} got another time or other attributes` : undefined,
    summary.removed > 0 || isRemoval ? `${Amount.count(summary.removed)} removed` : undefined,
    summary.moved > 0 ? `${Amount.count(summary.moved)} removed from the source` : undefined,
    `${Amount.count(summary.skipped)} skipped`,
    `${Amount.count(summary.failed)} failed`,
    summary.retries > 0 ? `${Amount.count(summary.retries)} retries` : undefined
  ]
  return `${parts.filter((part) => part !== undefined).join(", ")} in ${Amount.duration(seconds)}${speed}`
}
