import { expect, it } from "@effect/vitest"
import * as Told from "@ourclone/core/testing/Told"
import { BackupProgress } from "../../src/archive/BackupProgress.ts"

it("names the four paths that a backup has begun with last", () => {
  const tell = Told.make()
  const made = new BackupProgress(tell, false)
  const shown = () => tell.progress()?.current?.map(({ item }) => item)
  expect(shown()).toEqual([])
  for (const path of ["a", "b", "c", "d", "e", "f"]) made.begin(path)
  expect(shown()).toEqual(["c", "d", "e", "f"])
  made.finish()
  expect(shown()).toEqual([])
})
