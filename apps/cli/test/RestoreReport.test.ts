import { expect, test } from "vitest"
import type { Output } from "../src/Output.ts"
import * as RestoreReport from "../src/repository/RestoreReport.ts"

test("how far a restore is counts files alone for people, and as restic counts in its JSON", () => {
  const report = RestoreReport.make({ isJson: true } as unknown as Output, false)
  report.onEvent({ _tag: "Planned", files: 2, bytes: 70, removals: 0, isFinal: true })
  report.onEvent({
    _tag: "Progress",
    phase: "transferring",
    files: 1,
    bytes: 30,
    current: [],
    figures: { totalFiles: 4, filesRestored: 3 }
  })
  expect(report.counts()).toMatchObject({ files: 2, filesDone: 1 })
  expect(report.status(report.counts(), 1)).toMatchObject({ total_files: 4, files_restored: 3 })
})
