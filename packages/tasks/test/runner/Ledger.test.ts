import { version } from "@ourclone/core/events/Envelope"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { expect, it } from "vitest"
import { Ledger } from "../../src/runner/Ledger.ts"
import { noTotals, type Task } from "../../src/task/Task.ts"

const ledger = () => new Ledger({ totals: noTotals, take: 1 } as Task)

it("files alone are counted as such, whichever kind of job tells of them; folders beside them", () => {
  const facts: ReadonlyArray<Fact> = [
    { _tag: "Done", deed: "stored", item: "a", bytes: 3 },
    { _tag: "Done", deed: "directoryMade", item: "made" },
    { _tag: "Done", deed: "directoryRemoved", item: "gone" },
    { _tag: "Done", deed: "restored", item: "folder", what: "folder" },
    { _tag: "Done", deed: "restored", item: "link", what: "link", bytes: 0 }
  ]
  const counting = ledger()
  for (const event of facts) counting.take({ v: version, at: 0, event })
  expect(counting.totals).toMatchObject({ done: 1, doneBytes: 3, folders: 3 })
})
