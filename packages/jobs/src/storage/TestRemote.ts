/** The checks that every provider must pass, run on a folder of the user's own storage that is removed again. */
import { randomBytes } from "node:crypto"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import type { Tell } from "@ourclone/core/events/Tell"
import { retrying } from "@ourclone/core/layers/Retry"
import { type Check, NotApplicable } from "@ourclone/core/testing/Check"
import { checks } from "@ourclone/core/testing/ProviderContract"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { open } from "../place/OpenPlace.ts"
import { parentOf, split } from "../place/PlaceText.ts"
import { tested } from "./StorageFields.ts"

export const Request = Schema.Struct(tested)
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ passed: Schema.Int, failed: Schema.Int, notApplicable: Schema.Int })
export type Summary = typeof Summary.Type

/** Everything in the folder, with old versions, hide markers and unfinished files. */
const clear = Effect.fnUntraced(function* (provider: Provider) {
  const { largeFile, removeDirectory, versions } = provider
  if (largeFile !== undefined) {
    for (const file of yield* Stream.runCollect(largeFile.unfinished(root))) yield* retrying(largeFile.cancel(file))
  }
  const entries = yield* Stream.runCollect(provider.list(root))
  const folders = new Set<string>()
  for (const entry of entries) {
    if (entry._tag === "File") yield* retrying(provider.remove(entry.path))
    const segments = entry.path.split("/")
    const depth = entry._tag === "Directory" ? segments.length : segments.length - 1
    for (let length = depth; length > 0; length--) folders.add(segments.slice(0, length).join("/"))
  }
  if (removeDirectory !== undefined) {
    const deepestFirst = [...folders].sort((left, right) => right.length - left.length)
    for (const folder of deepestFirst) yield* retrying(removeDirectory(makeUnsafe(folder)))
  }
  if (versions !== undefined) {
    for (const version of yield* Stream.runCollect(versions.list(root))) yield* retrying(versions.remove(version))
  }
})

/** How a check ended, as the fact about it. */
const outcome = Effect.fnUntraced(function* (check: Check, provider: Provider) {
  const item = check.name
  const exit = yield* Effect.exit(check.run(provider))
  if (Exit.isSuccess(exit)) return { _tag: "Done", deed: "verified", item } as const
  if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.interrupt
  const error = Cause.squash(exit.cause)
  if (error instanceof NotApplicable) return { _tag: "Skipped", item, because: error.because } as const
  const message = error instanceof Error ? error.message : String(error)
  return { _tag: "Failed", failure: { code: "CheckFailed", message, item, isRetryable: false } } as const
})

/** The folder of the test, which no other run has. */
const folderOf = (remote: string): string => {
  const slash = split(remote).path === "" || remote.endsWith("/") ? "" : "/"
  return `${remote}${slash}.ourclone-test-${randomBytes(6).toString("hex")}`
}

const tidy = Effect.fnUntraced(function* (folder: string, tell: Tell) {
  yield* clear(yield* open(folder, tell))
  const above = parentOf(folder)
  if (above === undefined) return
  const { removeDirectory } = yield* open(above.folder, tell)
  if (removeDirectory !== undefined) yield* removeDirectory(above.name)
})

const run = Effect.fnUntraced(function* ({ remote }: Request, { tell }: Beside) {
  const base = yield* open(remote, tell)
  if (base.buckets !== undefined && base.location === "") {
    const message = `${remote} is a whole account; name a bucket to test in, such as ${remote}my-bucket`
    return yield* new InvalidJob({ message })
  }
  const folder = folderOf(remote)
  const counts = { passed: 0, failed: 0, notApplicable: 0 }
  tell.fact({ _tag: "Planned", files: checks.length, bytes: 0, removals: 0, isFinal: true })
  const runOne = Effect.fnUntraced(function* (check: Check, index: number) {
    const provider = yield* open(`${folder}/${index + 1}`, tell)
    const fact = yield* Effect.ensuring(outcome(check, provider), Effect.ignore(clear(provider)))
    if (fact._tag === "Done") counts.passed++
    else if (fact._tag === "Failed") counts.failed++
    else counts.notApplicable++
    tell.fact(fact)
    yield* tell.room
  }, Effect.scoped)
  yield* Effect.forEach(checks, runOne, { discard: true }).pipe(Effect.ensuring(Effect.ignore(tidy(folder, tell))))
  return counts
})

export const kind: JobKind<"testRemote", Request, Summary> = {
  type: "testRemote",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
