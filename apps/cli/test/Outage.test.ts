import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import { expect, test } from "vitest"
import type { Output } from "../src/Output.ts"
import * as Outage from "../src/repository/Outage.ts"

const error = new StorageError({
  provider: "b2://bucket",
  operation: "upload",
  path: "data/00",
  reason: new Unavailable({ message: "nobody answers" })
})

/** What is said when calls fail at these seconds. */
const said = (...seconds: ReadonlyArray<number>): ReadonlyArray<string> => {
  const notes: Array<string> = []
  let time = 0
  const tell = Outage.teller(
    { note: (text: string) => notes.push(`${time}: ${text}`) } as unknown as Output,
    () => time * 1000
  )
  for (time of seconds) tell(error)
  return notes.map((note) => note.replace(error.message, "…"))
}

test("a failure that passes at once is not worth a word", () => {
  expect(said(0, 0.5, 1.5, 3.5, 200, 200.5)).toEqual([])
})

test("an outage is told after ten seconds, and again each minute", () => {
  expect(said(0, 1, 5, 11, 12, 30, 70, 72, 140)).toEqual([
    "11: waiting and trying again: …",
    "72: waiting and trying again, for 1 minute now: …",
    "140: waiting and trying again, for 2 minutes now: …"
  ])
})

test("what fails two minutes later is another outage", () => {
  expect(said(0, 11, 140, 141, 151)).toEqual(["11: waiting and trying again: …", "151: waiting and trying again: …"])
})
