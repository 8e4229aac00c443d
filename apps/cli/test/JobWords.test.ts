import { InvalidJob } from "@ourclone/jobs/kind/JobError"
import { expect, test } from "vitest"
import * as JobWords from "../src/JobWords.ts"

test("a field of a request is called as its flag is", () => {
  const { code, message } = JobWords.ofInvalid(new InvalidJob({ field: "keepWithinDaily", message: "it is no span" }))
  expect({ code, message }).toEqual({ code: 2, message: "--keep-within-daily: it is no span" })
})
