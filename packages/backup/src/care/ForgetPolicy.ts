/**
 * Which snapshots of a group are kept: restic's rules, to the letter.
 *
 * All rules look at all snapshots, from the newest on, and one that any rule wants is kept. Hours, days, weeks,
 * months and years are those of the offset that each snapshot was written with, not of this machine.
 */

import type { Snapshot } from "../format/Snapshot.ts"
import * as CalendarDuration from "../go/CalendarDuration.ts"
import * as CivilDate from "../go/CivilDate.ts"
import * as GoTime from "../go/GoTime.ts"
import * as SnapshotFilter from "../repository/SnapshotFilter.ts"

const periods = ["hourly", "daily", "weekly", "monthly", "yearly"] as const
type Period = (typeof periods)[number]

/** -1: as many as there are. */
export const unlimited = -1

export interface ForgetPolicy {
  /** How many of the newest. */
  readonly last?: number | undefined
  /** The newest snapshots of so many hours, days… that have one. While some are left, the oldest of all is kept too. */
  readonly hourly?: number | undefined
  readonly daily?: number | undefined
  readonly weekly?: number | undefined
  readonly monthly?: number | undefined
  readonly yearly?: number | undefined
  /** All that are younger, counted from the newest that is not in the future. */
  readonly within?: CalendarDuration.CalendarDuration | undefined
  /** The newest of each hour, day… of those that are younger. */
  readonly withinHourly?: CalendarDuration.CalendarDuration | undefined
  readonly withinDaily?: CalendarDuration.CalendarDuration | undefined
  readonly withinWeekly?: CalendarDuration.CalendarDuration | undefined
  readonly withinMonthly?: CalendarDuration.CalendarDuration | undefined
  readonly withinYearly?: CalendarDuration.CalendarDuration | undefined
  /** All that have every tag of one of these lists. */
  readonly tags?: ReadonlyArray<ReadonlyArray<string>> | undefined
}

export interface Kept {
  readonly snapshot: Snapshot
  /** Which rules want it, in restic's words: `daily snapshot`. */
  readonly matches: ReadonlyArray<string>
}

export interface Decision {
  /** Newest first, like all of these. */
  readonly keep: ReadonlyArray<Snapshot>
  readonly remove: ReadonlyArray<Snapshot>
  readonly reasons: ReadonlyArray<Kept>
}

/** A snapshot with what is asked of it again and again. */
interface Candidate {
  readonly snapshot: Snapshot
  readonly instant: GoTime.Instant
  /** Numbers that are the same for snapshots of the same hour, day… */
  readonly buckets: Record<Period, number>
}

/** Monday begins a week, and a week belongs to the year of its Thursday. */
const isoWeek = (days: number): number => {
  const thursday = days + 3 - ((((days + 3) % 7) + 7) % 7)
  const { year } = CivilDate.dateOf(thursday)
  return year * 100 + Math.floor((thursday - CivilDate.daysOf(year, 1, 1)) / 7) + 1
}

const candidateOf = (snapshot: Snapshot): Candidate => {
  const instant = GoTime.read(snapshot.time)
  if (instant === undefined) throw new SyntaxError(`the time of snapshot ${snapshot.id} is none`)
  const { date, days, secondOfDay } = GoTime.wallClock(instant)
  const monthly = date.year * 100 + date.month
  const daily = monthly * 100 + date.day
  return {
    snapshot,
    instant,
    buckets: {
      hourly: daily * 100 + Math.floor(secondOfDay / 3600),
      daily,
      weekly: isoWeek(days),
      monthly,
      yearly: date.year
    }
  }
}

const isLater = (left: GoTime.Instant, right: GoTime.Instant): boolean =>
  left.seconds > right.seconds || (left.seconds === right.seconds && left.nanoseconds > right.nanoseconds)

/** Says why a snapshot is kept; asked from the newest to the oldest. */
type Rule = (candidate: Candidate, isOldest: boolean) => string | undefined

const countRule = (count: number, reason: string, bucketOf: (candidate: Candidate) => unknown): Rule => {
  let left = count
  let last: unknown
  return (candidate, isOldest) => {
    if (left === 0) return undefined
    const bucket = bucketOf(candidate)
    const isSame = bucket === last
    if (isSame && !isOldest) return undefined
    last = bucket
    if (left > 0) left -= 1
    return isSame ? `oldest ${reason}` : reason
  }
}

const withinRule = (period: Period, start: GoTime.Instant, duration: string): Rule => {
  const rule = countRule(unlimited, `${period} within`, ({ buckets }) => buckets[period])
  return (candidate, isOldest) => {
    const reason = isLater(candidate.instant, start) ? rule(candidate, isOldest) : undefined
    return reason === undefined ? undefined : `${reason} ${duration}`
  }
}

const withinKeys = {
  hourly: "withinHourly",
  daily: "withinDaily",
  weekly: "withinWeekly",
  monthly: "withinMonthly",
  yearly: "withinYearly"
} as const

/** Go's zero time stands for "none". */
const neverYet: GoTime.Instant = { seconds: -62_135_596_800, nanoseconds: 0, offsetSeconds: 0 }

/** The newest that is not in the future: a wrong clock must not make all others old. */
const newestOf = (candidates: ReadonlyArray<Candidate>, now: GoTime.Instant): GoTime.Instant =>
  candidates.find(({ instant }) => isLater(now, instant))?.instant ?? neverYet

const rulesOf = (policy: ForgetPolicy, newest: GoTime.Instant): ReadonlyArray<Rule> => {
  const rules: Array<Rule> = []
  for (const tags of policy.tags ?? []) {
    rules.push(({ snapshot }) => (SnapshotFilter.hasTags(snapshot, tags) ? `has tags [${tags.join(", ")}]` : undefined))
  }
  const within = policy.within
  if (within !== undefined && !CalendarDuration.isZero(within)) {
    const start = CalendarDuration.before(newest, within)
    const reason = `within ${CalendarDuration.format(within)}`
    rules.push(({ instant }) => (isLater(instant, start) ? reason : undefined))
  }
  if (policy.last !== undefined) rules.push(countRule(policy.last, "last snapshot", (candidate) => candidate))
  for (const period of periods) {
    const count = policy[period]
    if (count !== undefined) rules.push(countRule(count, `${period} snapshot`, ({ buckets }) => buckets[period]))
  }
  for (const period of periods) {
    const duration = policy[withinKeys[period]]
    if (duration === undefined || CalendarDuration.isZero(duration)) continue
    rules.push(withinRule(period, CalendarDuration.before(newest, duration), CalendarDuration.format(duration)))
  }
  return rules
}

/** Whether no rule of it would keep anything. */
export const isEmpty = (policy: ForgetPolicy): boolean =>
  [policy.last, ...periods.map((period) => policy[period])].every((count) => (count ?? 0) === 0) &&
  [policy.within, ...periods.map((period) => policy[withinKeys[period]])].every(
    (duration) => duration === undefined || CalendarDuration.isZero(duration)
  ) &&
  (policy.tags ?? []).length === 0

/** Sorts the snapshots of one group into those to keep and those to remove. `now` is nanoseconds since 1970. */
export const apply = (snapshots: ReadonlyArray<Snapshot>, policy: ForgetPolicy, now: bigint): Decision => {
  const candidates = snapshots.map(candidateOf)
  candidates.sort(
    (left, right) =>
      right.instant.seconds - left.instant.seconds || right.instant.nanoseconds - left.instant.nanoseconds
  )
  const present = { seconds: Number(now / 1_000_000_000n), nanoseconds: Number(now % 1_000_000_000n), offsetSeconds: 0 }
  const rules = rulesOf(policy, newestOf(candidates, present))
  const reasons: Array<Kept> = []
  const remove: Array<Snapshot> = []
  for (const [index, candidate] of candidates.entries()) {
    const isOldest = index === candidates.length - 1
    const matches = rules.map((rule) => rule(candidate, isOldest)).filter((reason) => reason !== undefined)
    if (matches.length === 0) remove.push(candidate.snapshot)
    else reasons.push({ snapshot: candidate.snapshot, matches })
  }
  return { keep: reasons.map(({ snapshot }) => snapshot), remove, reasons }
}
