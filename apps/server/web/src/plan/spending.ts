/** What a plan will store and fetch: against free space, the largest file, what the account allows, and a limit of one's own. */
import * as Amount from "@ourclone/core/events/Amount"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import type { Row as Room } from "@ourclone/jobs/storage/Room"
import { visible } from "../ui/Path.tsx"
import { about } from "../words/taskFigures.ts"
import type { Plan } from "./PlanFold.ts"
import * as Rates from "./Rates.ts"

export interface SpendingLine {
  readonly text: string
  /** It would not go well. */
  readonly isProblem?: boolean
}

export interface Spending {
  readonly plan: Plan
  /** Of the destination, once it is known. */
  readonly room: Room | undefined
  /** What kind of storage the destination is; nothing for this computer. */
  readonly type: string | undefined
  /** What a person has set instead of the rates that the service charges. */
  readonly own: Rates.Rates | undefined
  /** In the currency of the rates. */
  readonly most: number | undefined
  /** Bytes a second of the last transfer to the same storage. */
  readonly pace: number | undefined
}

interface Money {
  readonly once: number
  readonly monthly: number
  readonly currency: string
  readonly caveat: string
}

const storedBy = ({ counts }: Plan): number => counts.new.bytes + counts.overwrite.bytes

/** Of a plan that tells no cost, what is stored. */
export const moneyOf = ({ own, plan, type }: Pick<Spending, "own" | "plan" | "type">): Money | undefined => {
  const { cost } = plan
  const stored = storedBy(plan)
  if (cost === undefined) {
    if (type !== "b2" || stored === 0) return undefined
    return { once: 0, monthly: Rates.storageCost(stored, own), currency: "USD", caveat: Rates.caveatOf(own) }
  }
  const { asOf, currency, fetchedBytes, monthly, once, unknown } = cost
  const without = unknown === undefined ? "" : `; what ${unknown.map(visible).join(" and ")} charges is not known`
  if (own === undefined) return { once, monthly, currency, caveat: `${Rates.caveat(asOf)}${without}` }
  const keeps = monthly > 0 ? Rates.storageCost(stored, own) : 0
  return {
    once: Rates.egressCost(fetchedBytes, own),
    monthly: keeps,
    currency,
    caveat: `${Rates.ownCaveat(own)}${without}`
  }
}

const amount = (value: number, currency: string): string =>
  currency === "USD" ? Rates.dollars(value) : `${value.toFixed(2)} ${currency}`

/** More than was allowed, so that a run of it would do nothing. */
export const isBeyond = (spending: Spending): boolean => {
  const money = moneyOf(spending)
  return money !== undefined && spending.most !== undefined && money.once + money.monthly > spending.most
}

const spaceLines = ({ plan, room, type }: Spending): ReadonlyArray<SpendingLine> => {
  const stored = storedBy(plan)
  if (room === undefined || stored === 0) return []
  const says = `Stores ${Amount.bytes(stored)}`
  if (room.freeSpace !== undefined) {
    return room.freeSpace < stored
      ? [
          {
            text: `${says}, and only ${Amount.bytes(room.freeSpace)} are free there. Free some space first.`,
            isProblem: true
          }
        ]
      : [{ text: `${says}; ${Amount.bytes(room.freeSpace)} are free there.` }]
  }
  if (type !== "b2") return [{ text: `${says}. The storage does not say how much is free.` }]
  return [
    { text: `${says}. Backblaze B2 names no quota; where you have set a cap, a task that meets it waits and says so.` }
  ]
}

const timeLines = ({ pace, plan }: Spending): ReadonlyArray<SpendingLine> => {
  const stored = storedBy(plan)
  if (pace === undefined || stored === 0) return []
  return [{ text: `Takes ${about(stored / pace)} at ${Amount.bytes(pace)}/s, as fast as the last one there was.` }]
}

const fileLines = ({ plan: { largest }, room }: Spending): ReadonlyArray<SpendingLine> => {
  if (largest === undefined || room?.largestFile === undefined) return []
  const most = Amount.bytes(room.largestFile)
  return largest.bytes > room.largestFile
    ? [
        {
          text: `${visible(largest.item)} has ${Amount.bytes(largest.bytes)}; the storage takes files of up to ${most}. It will fail.`,
          isProblem: true
        }
      ]
    : [{ text: `The largest file has ${Amount.bytes(largest.bytes)}; the storage takes up to ${most}.` }]
}

const versionLines = ({ plan: { counts, kept } }: Spending): ReadonlyArray<SpendingLine> => {
  if (kept === undefined) return []
  const lines: Array<SpendingLine> = []
  if (counts.overwrite.files > 0) lines.push({ text: `Overwritten files: ${KeptVersions.ofReplaced(kept)}.` })
  if (counts.delete.files > 0) lines.push({ text: `Deleted files: ${KeptVersions.ofRemoved(kept)}.` })
  return lines
}

const moneyLines = (spending: Spending): ReadonlyArray<SpendingLine> => {
  const money = moneyOf(spending)
  if (money === undefined || money.once + money.monthly === 0) return []
  const { caveat, currency, monthly, once } = money
  const parts = [
    monthly > 0 ? `${amount(monthly, currency)} a month more` : undefined,
    once > 0 ? `${amount(once, currency)} at once` : undefined
  ].filter((part) => part !== undefined)
  const lines: Array<SpendingLine> = [{ text: `Costs ${parts.join(" and ")} (${caveat}). ${Rates.freeNote}` }]
  if (isBeyond(spending)) {
    const most = amount(spending.most ?? 0, currency)
    lines.push({ text: `That is more than your limit of ${most}: it would do nothing.`, isProblem: true })
  }
  return lines
}

export const linesOf = (spending: Spending): ReadonlyArray<SpendingLine> => [
  ...timeLines(spending),
  ...spaceLines(spending),
  ...fileLines(spending),
  ...versionLines(spending),
  ...moneyLines(spending)
]
