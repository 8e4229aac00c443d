/** `repo cache`: copies of repositories on this machine. */
import { resolve } from "node:path"
import * as Amount from "@ourclone/core/events/Amount"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import * as CachesQuery from "@ourclone/jobs/repository/CachesQuery"
import * as CleanCacheJob from "@ourclone/jobs/repository/CleanCacheJob"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import { command, someFailed } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { shortId } from "./SnapshotFacts.ts"
import * as Table from "./Table.ts"

const usualAgeMillis = 30 * 86_400_000

export interface CacheFlags {
  readonly cacheDirectory: string | undefined
  readonly cleanup: boolean
  readonly noSize: boolean
  readonly maxAgeMillis: number | undefined
  readonly maxBytes: number | undefined
  readonly dryRun: boolean
}

const passwords = new Map()

const list = Effect.fnUntraced(function* (output: Output, request: CachesQuery.Request) {
  const rows = yield* RepositoryJob.rows(output, CachesQuery.kind, request, { passwords })
  if (output.isJson) {
    for (const { bytes, files, id, usedAt } of rows) {
      output.json({ message_type: "cache", id, last_used: new Date(usedAt).toISOString(), files, size: bytes })
    }
  } else if (rows.length === 0) output.note("nothing is kept of any repository")
  else {
    const cells = rows.map(({ bytes, id, usedAt }) => [
      shortId(id),
      Amount.time(usedAt),
      ...(bytes === undefined ? [] : [Amount.bytes(bytes)])
    ])
    const heads = ["REPOSITORY", "LAST USED", ...(request.noSize === true ? [] : ["SIZE"])]
    for (const line of Table.lines(heads, cells)) output.line(line)
  }
})

const clean = Effect.fnUntraced(function* (output: Output, request: CleanCacheJob.Request, isPreview: boolean) {
  let failures = 0
  const onEvent = (event: RunEvent): void => {
    if (event._tag === "Failed") {
      failures++
      output.problem(event.failure.message)
    } else if (event._tag === "Done" || event._tag === "Would") {
      const { bytes = 0, item } = event
      if (output.isJson) output.json({ message_type: "removed", id: item, size: bytes })
      else output.line(`remove ${shortId(item)} (${Amount.bytes(bytes)})`)
    }
  }
  const summary = yield* RepositoryJob.run(output, CleanCacheJob.kind, request, { onEvent }, { passwords, isPreview })
  if (output.isJson) output.json({ message_type: "summary", removed: summary.removed, size: summary.bytes })
  else {
    const dry = isPreview ? ". Nothing was done: --dry-run" : ""
    output.note(
      `${Amount.counted(summary.removed, "copy", "copies")} removed, ${Amount.bytes(summary.bytes)} freed${dry}`
    )
  }
  if (failures > 0) return yield* someFailed
})

export const run = ({ cacheDirectory, cleanup, dryRun, maxAgeMillis, maxBytes, noSize }: CacheFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const folder = given({ cacheDirectory: cacheDirectory === undefined ? undefined : resolve(cacheDirectory) })
      if (cleanup) {
        const bounds = given({ maxAgeMillis: maxAgeMillis ?? usualAgeMillis, maxBytes })
        return yield* clean(output, { ...folder, ...bounds }, dryRun)
      }
      if (maxAgeMillis !== undefined || maxBytes !== undefined || dryRun) {
        return yield* usage("--max-age, --max-size and --dry-run go with --cleanup")
      }
      yield* list(output, { ...folder, ...(noSize ? { noSize } : {}) })
    })
  )
