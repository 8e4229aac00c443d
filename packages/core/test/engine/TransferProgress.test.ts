import { expect, test } from "vitest"
import * as TransferProgress from "../../src/engine/TransferProgress.ts"
import * as Told from "../../src/testing/Told.ts"

const make = () => {
  const told = Told.make()
  const totals = {
    sourceFiles: 1,
    destinationFiles: 0,
    same: 0,
    putFiles: 1,
    putBytes: 100,
    copiedBytes: 0,
    removals: 0
  }
  return { progress: TransferProgress.make(told, totals), shown: told.progress }
}

test("bytes count while a file is on its way and once when it has arrived", () => {
  const { progress, shown } = make()
  const a = progress.begin("a", 100)
  const b = progress.begin("b", 100)
  progress.advance(a, 60)
  progress.advance(b, 10)
  expect(shown()).toMatchObject({ phase: "transferring", files: 0, bytes: 70 })
  progress.end(a, true)
  expect(shown()).toMatchObject({ files: 1, bytes: 110, current: [{ item: "b", done: 10, size: 100 }] })
})

test("bytes of an attempt that is repeated, or of a file that failed, are taken back", () => {
  const { progress, shown } = make()
  const a = progress.begin("a", 100)
  progress.advance(a, 60)
  progress.advance(a, -60)
  progress.advance(a, 30)
  progress.end(a, false)
  expect(shown()).toMatchObject({ files: 1, bytes: 0, current: [] })
})

test("a run hashes as long as no file sends, and what was hashed is not counted as done", () => {
  const { progress, shown } = make()
  const a = progress.begin("a", 100)
  progress.hashed(a, 40)
  expect(shown()).toMatchObject({ phase: "hashing", bytes: 0, current: [{ done: 40, phase: "hashing" }] })
  const b = progress.begin("b", 100)
  expect(shown()?.phase).toBe("transferring")
  progress.end(b, true)
  progress.advance(a, 1)
  expect(shown()).toMatchObject({ phase: "transferring", bytes: 101, current: [{ item: "a", done: 1 }] })
})

test("a gauge names sixteen files and counts the rest", () => {
  const { progress, shown } = make()
  for (let index = 0; index < 20; index++) progress.begin(`${index}`, 1)
  expect(shown()?.current).toHaveLength(16)
  expect(shown()?.more).toBe(4)
})
