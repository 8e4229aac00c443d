/** `cleanup`: what each of its flags asks for is a job of its own. */

import * as Amount from "@ourclone/core/events/Amount"
import * as Cleanup from "@ourclone/jobs/storage/Cleanup"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import * as ExitCode from "./ExitCode.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as OldVersionsCommand from "./OldVersionsCommand.ts"
import * as Output from "./Output.ts"
import * as StoredHistory from "./StoredHistory.ts"
import * as TransferText from "./TransferText.ts"

interface Temporary {
  readonly path: string
  readonly olderThanMillis: number | undefined
  readonly dryRun: boolean
}

const removeTemporary = Effect.fnUntraced(function* (flags: Temporary) {
  const output = yield* Output.make
  const { olderThanMillis } = flags
  const request = { path: absolute(flags.path), ...given({ olderThanMillis }) }
  const { summary } = yield* JobRun.run(Cleanup.kind, request, output, {
    isPreview: flags.dryRun,
    asksForProgress: "never",
    inWords: TransferText.ofFact,
    result: (fact) => {
      const text = TransferText.ofPreview(fact)
      if (text !== undefined) output.line(text)
    }
  })
  if (output.isJson) return
  const { bytes, kept, removed } = summary
  const rest = kept === 0 ? "" : `; ${Amount.files(kept)} too young for it left alone`
  const what = flags.dryRun ? "would be removed" : "removed"
  output.note(`${Amount.files(removed)} ${what} (${Amount.bytes(bytes)})${rest}`)
}, Effect.scoped)

export const run = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly oldVersions: boolean
  readonly unfinished: boolean
  readonly olderThanMillis: number | undefined
  readonly maxDelete: number | undefined
  readonly dryRun: boolean
}) {
  const { dryRun, maxDelete, oldVersions, olderThanMillis, path, unfinished } = flags
  if (maxDelete !== undefined && !oldVersions) return yield* ExitCode.usage("--max-delete is for --old-versions")
  if (unfinished) yield* StoredHistory.cancel({ path, olderThanMillis, dryRun })
  if (oldVersions) yield* OldVersionsCommand.remove({ path, olderThanMillis, maxDelete, dryRun })
  if (!oldVersions && !unfinished) yield* removeTemporary({ path, olderThanMillis, dryRun })
})
