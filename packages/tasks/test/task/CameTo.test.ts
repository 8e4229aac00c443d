import { expect, test } from "vitest"
import { bytesThrough, cameTo, completed } from "../../src/task/CameTo.ts"

const totals = (done: number) => ({
  files: done,
  bytes: 0,
  isFinal: true,
  done,
  doneBytes: 0,
  skipped: 0,
  failed: 0
})

test.each<[string, number, { readonly [figure: string]: number } | null, string, number?]>([
  ["copy", 46, null, "46 files"],
  ["sync", 0, null, "nothing to do"],
  ["sync", 0, null, "2 folders", 2],
  ["copy", 1, null, "1 file", 2],
  ["backup", 0, { totalFilesProcessed: 49 }, "49 files"],
  ["backup", 0, null, "–"],
  ["init", 0, null, "–"],
  ["forget", 0, { kept: 3 }, "–"],
  ["createBucket", 1, null, "–"],
  ["defragment", 0, null, "–"]
])("a %s that did %i files and summed up %j came to %4$s", (kind, done, summary, words, folders?: number) => {
  expect(cameTo({ kind, summary, totals: { ...totals(done), ...(folders === undefined ? {} : { folders }) } })).toBe(
    words
  )
})

test("a backup's figures are those of its summary, as it tells of no file alone", () => {
  const summary = {
    filesNew: 3,
    filesChanged: 2,
    filesUnmodified: 36,
    totalFilesProcessed: 41,
    totalBytesProcessed: 900
  }
  const task = { kind: "backup", summary, totals: totals(0) }
  expect([completed(task), bytesThrough(task)]).toEqual([5, 900])
  const copy = { kind: "copy", summary: null, totals: { ...totals(4), doneBytes: 7 } }
  expect([completed(copy), bytesThrough(copy)]).toEqual([4, 7])
})

test("a copy of which all failed had something to do", () => {
  expect(cameTo({ kind: "copy", summary: null, totals: { ...totals(0), failed: 1 } })).toBe("0 files")
})
