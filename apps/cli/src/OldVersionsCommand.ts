/** `cleanup --old-versions`, and what a purge has in common with it: versions that go for good. */
import type { RemovedVersions } from "@ourclone/core/engine/VersionRemoval"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { RunView } from "@ourclone/core/events/RunView"
import * as RemoveOldVersions from "@ourclone/jobs/storage/RemoveOldVersions"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import * as ExitCode from "./ExitCode.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import * as RunReport from "./RunReport.ts"

const countText = (count: number): string => Amount.counted(count, "version")

/** `12 versions of 3 files (1.2 MiB)` */
export const versionsText = ({ bytes, files, removed }: RemovedVersions): string =>
  `${countText(removed)} of ${Amount.files(files)} (${Amount.bytes(bytes)})`

/** The line of a removal. */
export const removalText = (fact: Fact): string | undefined => {
  if ((fact._tag !== "Done" && fact._tag !== "Would") || fact.deed !== "removed") return undefined
  const { versionId } = fact.values ?? {}
  const verb = fact._tag === "Done" ? "removed" : "remove"
  return `${verb} ${printable(fact.item)}${versionId === undefined ? "" : `  ${versionId}`}`
}

/** Names what could not be removed. Fails with the code for failed files where that is anything. */
export const concludeFailures = Effect.fnUntraced(function* (output: Output.Output, view: RunView, failed: number) {
  if (failed === 0) return
  for (const line of [`${countText(failed)} failed:`, ...RunReport.failureLines(view)]) output.problem(line)
  return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
})

export const remove = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly olderThanMillis: number | undefined
  readonly maxDelete: number | undefined
  readonly dryRun: boolean
}) {
  const output = yield* Output.make
  const { dryRun, maxDelete, olderThanMillis } = flags
  const request = { path: absolute(flags.path), ...given({ maxDelete, olderThanMillis }) }
  const result = (fact: Fact): void => {
    const text = dryRun ? removalText(fact) : undefined
    if (text !== undefined) output.line(text)
  }
  const options = { isPreview: dryRun, asksForProgress: false, inWords: removalText, result } as const
  const { summary, view } = yield* JobRun.run(RemoveOldVersions.kind, request, output, options)
  if (!output.isJson) {
    if (!dryRun) output.note(`${versionsText(summary)} removed for good`)
    else if (!output.isQuiet) output.line(`${versionsText(summary)} to remove. Nothing was done: --dry-run`)
    if (summary.kept > 0) output.note(`${Amount.count(summary.kept)} younger than that kept`)
  }
  yield* concludeFailures(output, view, summary.failed)
}, Effect.scoped)
