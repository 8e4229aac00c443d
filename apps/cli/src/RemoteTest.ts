/** `remote test`: the checks every provider must pass, run on a folder of the user's own storage that is removed again. */
import { randomBytes } from "node:crypto"
import type { Provider } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import { retrying } from "@ourclone/core/layers/Retry"
import { type Check, NotApplicable } from "@ourclone/core/testing/Check"
import { checks } from "@ourclone/core/testing/ProviderContract"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as ExitCode from "./ExitCode.ts"
import * as Output from "./Output.ts"
import * as Place from "./Place.ts"
import { printable } from "./PrintableText.ts"

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
    for (const folder of deepestFirst) yield* retrying(removeDirectory(folder as typeof root))
  }
  if (versions !== undefined) {
    for (const version of yield* Stream.runCollect(versions.list(root))) yield* retrying(versions.remove(version))
  }
})

type Verdict = "ok" | "failed" | "not applicable"

const outcome = Effect.fnUntraced(function* (check: Check, provider: Provider) {
  const exit = yield* Effect.exit(check.run(provider))
  if (Exit.isSuccess(exit)) return { verdict: "ok" as Verdict, because: undefined }
  if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.interrupt
  const error = Cause.squash(exit.cause)
  if (error instanceof NotApplicable) return { verdict: "not applicable" as Verdict, because: error.because }
  return { verdict: "failed" as Verdict, because: error instanceof Error ? error.message : String(error) }
})

const marks: Record<Verdict, string> = { ok: "ok  ", failed: "FAIL", "not applicable": "-   " }

export const run = Effect.fnUntraced(function* (flags: { readonly remote: string }) {
  const output = yield* Output.make
  const typed = flags.remote.includes(":") ? flags.remote : `${flags.remote}:`
  const base = yield* Place.open(typed)
  if (base.buckets !== undefined && base.location === "") {
    return yield* ExitCode.usage(`${typed} is a whole account; name a bucket to test in, such as ${typed}my-bucket`)
  }
  const slash = Place.split(typed).path === "" || typed.endsWith("/") ? "" : "/"
  const name = `.ourclone-test-${randomBytes(6).toString("hex")}`
  const folder = `${typed}${slash}${name}`
  let failed = 0
  let passed = 0

  const runOne = Effect.fnUntraced(function* (check: Check, index: number) {
    const provider = yield* Place.open(`${folder}/${index + 1}`)
    const { because, verdict } = yield* Effect.ensuring(outcome(check, provider), Effect.ignore(clear(provider)))
    if (verdict === "failed") failed++
    if (verdict === "ok") passed++
    if (output.isJson) return output.json({ _tag: "Check", name: check.name, verdict, because })
    output.line(`${marks[verdict]} ${check.name}${because === undefined ? "" : `: ${printable(because)}`}`)
    yield* output.flush
  }, Effect.scoped)

  const tidy = Effect.gen(function* () {
    yield* clear(yield* Place.open(folder))
    const above = Place.parentOf(folder)
    if (above === undefined) return
    const { removeDirectory } = yield* Place.open(above.folder)
    if (removeDirectory !== undefined) yield* removeDirectory(above.name)
  })
  yield* Effect.forEach(checks, runOne, { discard: true }).pipe(Effect.ensuring(Effect.ignore(tidy)))
  if (failed > 0) {
    const message = `${failed} of ${checks.length} checks failed; this storage can lose or mix up files`
    return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message })
  }
  if (!output.isJson)
    output.line(`${passed} checks passed on ${printable(typed)}, ${checks.length - passed} do not apply`)
}, Effect.scoped)
