import * as RemoteError from "@ourclone/core/configuration/RemoteError"
import * as StorageError from "@ourclone/core/contract/StorageError"
import * as Guard from "@ourclone/core/engine/Guard"
import { Duration } from "effect"
import { expect, test } from "vitest"
import * as ExitCode from "../src/ExitCode.ts"

const message = "why"
const storage = (reason: StorageError.Reason) =>
  ExitCode.ofError(new StorageError.StorageError({ provider: "b2:x", operation: "stat", reason }))

test.each([
  ["nothing is there", new StorageError.NotFound({ message }), 4],
  ["the key may not", new StorageError.PermissionDenied({ message }), 7],
  ["the key is wrong", new StorageError.Unauthenticated({ message }), 7],
  ["the service is away", new StorageError.Unavailable({ message }), 5],
  ["the service asks for a pause", new StorageError.RateLimited({ message, retryAfter: Duration.seconds(1) }), 5],
  ["the account is at its cap", new StorageError.QuotaExceeded({ message }), 1],
  ["the disk is full", new StorageError.NoSpace({ message }), 1],
  ["a name can not be", new StorageError.InvalidRequest({ message }), 2]
] as const)("when %s the exit code follows", (_, reason, code) => {
  expect(storage(reason)).toBe(code)
})

test("an unknown remote is wrong usage, and a guard has a code of its own", () => {
  const reason = new RemoteError.UnknownRemote({ message, known: [] })
  expect(ExitCode.ofError(new RemoteError.RemoteError({ reason }))).toBe(2)
  expect(ExitCode.ofError(new Guard.GuardStopped({ guard: "max delete", message }))).toBe(25)
})

test("an error of a library is not taken for one of ours", () => {
  expect(ExitCode.isCommandError(new Error(message))).toBe(false)
  expect(ExitCode.isCommandError(new ExitCode.CommandStopped({ code: 9, message }))).toBe(true)
})
