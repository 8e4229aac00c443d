import { expect, test } from "vitest"
import { cameTo } from "../../src/task/CameTo.ts"

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
