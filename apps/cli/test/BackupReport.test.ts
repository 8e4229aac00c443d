import { expect, test } from "vitest"
import type { Output } from "../src/Output.ts"
import * as BackupReport from "../src/repository/BackupReport.ts"

test("how much there is to back up is told as restic tells it, once it is counted, and with --verbose alone", () => {
  const told = (isVerbose: boolean) => {
    const lines: Array<object> = []
    const output = { isJson: true, isVerbose, json: (line: object) => void lines.push(line) } as unknown as Output
    const { onEvent } = BackupReport.make(output)
    for (const isFinal of [false, true]) onEvent({ _tag: "Planned", files: 3, bytes: 70, removals: 0, isFinal })
    return lines
  }
  expect(told(false)).toEqual([])
  expect(told(true)).toEqual([
    {
      message_type: "verbose_status",
      action: "scan_finished",
      item: "",
      duration: 0,
      data_size: 70,
      data_size_in_repo: 0,
      metadata_size: 0,
      metadata_size_in_repo: 0,
      total_files: 3
    }
  ])
})
