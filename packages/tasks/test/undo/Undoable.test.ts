import { version } from "@ourclone/core/events/Envelope"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import { expect, it } from "vitest"
import { Ledger } from "../../src/runner/Ledger.ts"
import { noTotals, type Task } from "../../src/task/Task.ts"
import * as Undoable from "../../src/undo/Undoable.ts"

const ran = (kind: string, keeps: { readonly keepsVersions: boolean; readonly removesForGood?: boolean }) => {
  const ledger = new Ledger({ totals: noTotals, take: 1 } as Task)
  const event = KeptVersions.told(keeps as Parameters<typeof KeptVersions.told>[0])
  ledger.take({ v: version, at: 0, event })
  return { kind, totals: ledger.totals }
}

it("a task is offered to be taken back where its storage keeps what the task replaced or removed", () => {
  const disk = { keepsVersions: false }
  const bucket = { keepsVersions: true }
  const forGood = { keepsVersions: true, removesForGood: true }
  for (const kind of ["copy", "sync", "move", "remove"]) {
    expect([kind, Undoable.whyNot(ran(kind, bucket))]).toEqual([kind, undefined])
    expect([kind, Undoable.whyNot(ran(kind, disk))]).toEqual([kind, expect.stringContaining("kept no old versions")])
    expect([kind, Undoable.whyNot({ kind, totals: noTotals })]).toEqual([kind, undefined])
  }
  expect(Undoable.whyNot(ran("sync", forGood))).toBeUndefined()
  expect(Undoable.whyNot(ran("remove", forGood))).toContain("kept no old versions")
  expect(Undoable.whyNot(ran("backup", bucket))).toContain("Only a copy")
})
