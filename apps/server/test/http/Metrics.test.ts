import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { current } from "@ourclone/core/machine/ProcessIdentity"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import { plain } from "@ourclone/tasks/task/Schedule"
import * as Effect from "effect/Effect"
import * as Metrics from "../../src/http/Metrics.ts"

describe("the figures of a service", () => {
  it.live("tell when each schedule went well last, and what is under way, and forget what is gone", () =>
    Effect.gen(function* () {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-metrics-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => fs.rmSync(folder, { recursive: true })))
      const store = yield* SqliteStore.make(path.join(folder, "tasks.db"), { clock: () => 1_700_000_000_000 })
      const request = { source: "/a", destination: "/b" }
      const named = { ...plain, kind: "sync", request, cron: "@daily", zone: "UTC" } as const
      const good = yield* store.schedules.create({ ...named, name: 'the "good"\none' }, null)
      yield* store.schedules.create({ ...named, name: "never", isOn: false }, null)
      const run = yield* store.create({ kind: "sync", request, origin: "schedule", schedule: good.id })
      const claim = yield* store.claim(current(), 8_000, run.id)
      const totals = { files: 3, bytes: 30, isFinal: true, done: 2, doneBytes: 20, skipped: 0, failed: 1 }
      yield* store.commit(claim!, { facts: [], outcomes: [], mended: [], totals }, 8_000)
      const under = yield* Metrics.text(store)
      expect(under).toContain("\nourclone_running_files 2\n# HELP")
      expect(under).toContain("ourclone_running_bytes 20\n")
      expect(under).toContain("ourclone_running_failed_files 1\n")
      expect(under).toContain('ourclone_schedule_on{schedule="never"} 0\n')
      expect(under).not.toContain("last_success")
      const batch = { facts: [], outcomes: [], mended: [], totals: { ...totals, failed: 0 } }
      yield* store.settle(run.id, { _tag: "Finished", take: claim!.take, failed: 0 }, batch, {})
      const after = yield* Metrics.text(store)
      expect(after).toContain(
        String.raw`ourclone_schedule_last_success_seconds{schedule="the \"good\"\none"} 1700000000`
      )
      expect(after).toContain("ourclone_running_files 0\n")
      yield* store.schedules.remove(good.id)
      expect(yield* Metrics.text(store)).not.toContain("good")
    }).pipe(Effect.scoped)
  )
})
