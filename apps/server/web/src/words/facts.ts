/** Facts of a run as lines of its log. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Deed, Fact } from "@ourclone/core/events/RunEvent"
import type { IconName } from "../ui/Icon.tsx"
import { visible } from "../ui/Path.tsx"
import type { Tone } from "../ui/StateBadge.tsx"
import { exactly } from "./moments.ts"
import { stepText } from "./steps.ts"
import { waitReason } from "./taskStates.ts"

export interface LogLine {
  readonly icon: IconName
  readonly tone: Tone
  readonly word: string
  readonly text: string
}

const deeds: { readonly [Name in Deed]: string } = {
  stored: "stored",
  copied: "copied",
  touched: "time or attributes set",
  same: "unchanged",
  updated: "updated",
  removed: "deleted",
  moved: "moved",
  directoryMade: "folder made",
  directoryRemoved: "folder removed",
  restored: "restored",
  verified: "verified"
}

export const deedWord = (deed: Deed): string => deeds[deed]

const sized = (item: string, bytes: number | undefined): string =>
  bytes === undefined ? visible(item) : `${visible(item)}  ${Amount.bytes(bytes)}`

const tags: { readonly [Tag in Fact["_tag"]]: true } = {
  ...{ Planned: true, Would: true, Done: true, Skipped: true, Failed: true },
  ...{ Step: true, Waiting: true, Note: true, Finished: true }
}

/** A page that was opened before its service was renewed hears of facts that it has no words for. */
export const isKnown = ({ _tag }: { readonly _tag: string }): boolean => Object.hasOwn(tags, _tag)

const ends = { done: "ended", failed: "failed", cancelled: "cancelled" } as const

export const lineOf = (fact: Fact): LogLine => {
  switch (fact._tag) {
    case "Planned": {
      const removals = fact.removals === 0 ? "" : `, ${Amount.count(fact.removals)} to delete`
      const text = `${Amount.files(fact.files)}, ${Amount.bytes(fact.bytes)}${removals}${fact.isFinal ? "" : ", still counting"}`
      return { icon: "info", tone: "quiet", word: "planned", text }
    }
    case "Would":
      return { icon: "info", tone: "quiet", word: `would be ${deeds[fact.deed]}`, text: sized(fact.item, fact.bytes) }
    case "Done":
      return { icon: "check", tone: "done", word: deeds[fact.deed], text: sized(fact.item, fact.bytes) }
    case "Skipped":
      return { icon: "info", tone: "quiet", word: "skipped", text: `${visible(fact.item)}: ${visible(fact.because)}` }
    case "Failed":
      return { icon: "cross", tone: "failed", word: "failed", text: visible(fact.failure.message) }
    case "Step":
      return { icon: "info", tone: "quiet", word: "step", text: visible(stepText(fact.name, fact.values)) }
    case "Waiting": {
      const until = fact.until === undefined ? "" : ` until ${exactly(fact.until)}`
      return { icon: "clock", tone: "waiting", word: "waiting", text: `${waitReason(fact.for)}${until}` }
    }
    case "Note":
      return { icon: "info", tone: "quiet", word: "note", text: visible(fact.message) }
    case "Finished": {
      const tone = fact.outcome === "done" ? "done" : fact.outcome === "failed" ? "failed" : "quiet"
      const by = fact.by === undefined ? "" : `by ${fact.by}`
      return {
        icon: fact.outcome === "done" ? "check" : "cross",
        tone,
        word: ends[fact.outcome],
        text: fact.failure?.message ?? by
      }
    }
  }
}
