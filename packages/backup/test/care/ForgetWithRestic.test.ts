import { execFileSync, spawnSync } from "node:child_process"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Forget from "../../src/care/Forget.ts"
import type { ForgetPolicy } from "../../src/care/ForgetPolicy.ts"
import * as Snapshot from "../../src/format/Snapshot.ts"
import * as CalendarDuration from "../../src/go/CalendarDuration.ts"
import * as SnapshotFilter from "../../src/repository/SnapshotFilter.ts"
import * as SnapshotGroups from "../../src/repository/SnapshotGroups.ts"
import * as Random from "../support/random.ts"
import { at } from "../support/snapshots.ts"
import * as TestRepository from "../support/TestRepository.ts"

const version = spawnSync("restic", ["version"], { encoding: "utf8" }).stdout ?? ""
const [, major = "0", minor = "0"] = /^restic (\d+)\.(\d+)/.exec(version) ?? []
/** Before 0.16 the oldest snapshot was not kept, so only rules that run out can be compared. */
const keepsOldest = Number(major) > 0 || Number(minor) >= 16

/** Counts of more than the snapshots there are for older programs to run out of, in one of the periods. */
const snapshots = (() => {
  const random = Random.make(2024)
  const offsets = ["Z", "+01:00", "+02:00", "-08:00", "+05:45"]
  return Array.from({ length: 120 }, (_, index) => {
    const date = new Date(Date.UTC(2020, 0, 1) + random.number(5 * 365 * 24 * 60) * 60_000)
    const time = date.toISOString().replace(".000Z", random.pick(offsets))
    return at(time, { hostname: index % 3 === 0 ? "one" : "two", tags: index % 7 === 0 ? ["a", "b"] : ["b"] })
  })
})()

const span = (text: string): CalendarDuration.CalendarDuration => CalendarDuration.parse(text)!

const policies: ReadonlyArray<readonly [flags: ReadonlyArray<string>, policy: ForgetPolicy]> = [
  [["--keep-last", "3"], { last: 3 }],
  [["--keep-hourly", "10"], { hourly: 10 }],
  [["--keep-daily", "12"], { daily: 12 }],
  [["--keep-weekly", "9"], { weekly: 9 }],
  [["--keep-monthly", "7"], { monthly: 7 }],
  [["--keep-yearly", "2"], { yearly: 2 }],
  [["--keep-within", "1y2m3d4h"], { within: span("1y2m3d4h") }],
  [["--keep-within", "400d"], { within: span("400d") }],
  [["--keep-tag", "a,b", "--keep-last", "1"], { tags: [["a", "b"]], last: 1 }],
  [["--keep-daily", "3", "--keep-weekly", "3", "--keep-monthly", "5"], { daily: 3, weekly: 3, monthly: 5 }],
  [["--keep-within-daily", "1y6m", "--keep-last", "2"], { withinDaily: span("1y6m"), last: 2 }],
  [["--keep-within-weekly", "20m", "--keep-last", "2"], { withinWeekly: span("20m"), last: 2 }],
  [["--keep-within-monthly", "2y", "--keep-last", "2"], { withinMonthly: span("2y"), last: 2 }],
  [["--keep-within-yearly", "3y", "--keep-last", "2"], { withinYearly: span("3y"), last: 2 }],
  [["--keep-within-hourly", "3m", "--keep-last", "2"], { withinHourly: span("3m"), last: 2 }]
]

const newerPolicies: typeof policies = [
  [["--keep-yearly", "20"], { yearly: 20 }],
  [["--keep-weekly", "unlimited"], { weekly: -1 }],
  [["--keep-monthly", "unlimited", "--keep-daily", "5"], { monthly: -1, daily: 5 }],
  [["--keep-within-yearly", "30y"], { withinYearly: span("30y") }],
  [["--keep-within-monthly", "30y"], { withinMonthly: span("30y") }]
]

interface ResticGroup {
  readonly host: string
  readonly keep: ReadonlyArray<unknown>
  readonly remove: ReadonlyArray<unknown> | null
  readonly reasons: ReadonlyArray<unknown>
}

/** 0.14 has no full list of `oldest` reasons and counters of its own. */
const comparable = ({ host, keep, reasons, remove }: ResticGroup) => ({
  host,
  keep,
  remove: remove ?? [],
  matches: (reasons as ReadonlyArray<{ matches: unknown }>).map(({ matches }) => matches)
})

describe.skipIf(version === "")("Forget beside restic", () => {
  it.live("keeps and removes the same, for the same reasons", () =>
    Effect.gen(function* () {
      const { repository, root } = yield* TestRepository.inFolder()
      yield* Effect.forEach(snapshots, (one) => repository.save("snapshots", Snapshot.encode(one)), { concurrency: 8 })
      for (const [flags, policy] of keepsOldest ? [...policies, ...newerPolicies] : policies) {
        const printed = execFileSync(
          "restic",
          ["--repo", root, "--no-cache", "forget", "--dry-run", "--json", "--group-by", "host", ...flags],
          { encoding: "utf8", env: { ...process.env, RESTIC_PASSWORD: TestRepository.passwordText } }
        )
        const theirs = (JSON.parse(printed.split("\n")[0]!) as ReadonlyArray<ResticGroup>).map(comparable)
        const { groups } = yield* Forget.plan(repository, {
          policy,
          filter: SnapshotFilter.everything,
          grouping: SnapshotGroups.parse("host")!,
          allowRemoveAll: false
        })
        const ours = groups.map((group) => comparable(JSON.parse(JSON.stringify(Forget.toJson(group)))))
        const byHost = (list: typeof ours) => list.toSorted((left, right) => (left.host < right.host ? -1 : 1))
        expect({ flags, groups: byHost(ours) }).toEqual({ flags, groups: byHost(theirs) })
      }
    }).pipe(Effect.scoped)
  )
})
