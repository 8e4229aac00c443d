/** `snapshot rewrite`: snapshots anew without some paths, of another host or time. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact, RunEvent } from "@ourclone/core/events/RunEvent"
import { kind } from "@ourclone/jobs/repository/RewriteJob"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { type ExcludeFlagsInput, excludesOf, type IncludeFlagsInput, includesOf } from "./PathFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import { counted, shortId, tellUnreadable } from "./SnapshotFacts.ts"

export interface RewriteFlags extends RepositoryInput, SnapshotFilterInput, ExcludeFlagsInput, IncludeFlagsInput {
  readonly newHost: string | undefined
  readonly newTimeMillis: number | undefined
  readonly forget: boolean
  readonly dryRun: boolean
  readonly ids: ReadonlyArray<string>
}

type Told = Extract<Fact, { readonly _tag: "Done" | "Would" }>

const tellPath = (output: Output, path: string, dryRun: boolean): void => {
  if (output.isJson) output.json({ message_type: "removed", path })
  else if (output.isVerbose || dryRun) output.line(`remove ${printable(path)}`)
}

const tellSnapshot = (output: Output, { bytes = 0, item, values = {} }: Told): void => {
  const by = values.by === undefined ? undefined : String(values.by)
  if (output.isJson) {
    output.json({ message_type: "changed", old_snapshot_id: item, new_snapshot_id: by })
    return
  }
  const files = Number(values.files)
  const gone = files === 0 ? "" : `, without ${Amount.files(files)} (${Amount.bytes(bytes)})`
  output.line(
    by === undefined
      ? `snapshot ${shortId(item)} would be another${gone}`
      : `snapshot ${shortId(item)} is now ${shortId(by)}${gone}`
  )
}

const teller = (output: Output, dryRun: boolean) => (event: RunEvent) => {
  tellUnreadable(output, event)
  if (event._tag === "Note" && event.code === "nothingLeft") {
    output.problem(`snapshot ${shortId(event.item ?? "")}: ${event.message}`)
  }
  if (event._tag !== "Done" && event._tag !== "Would") return
  if (event.deed === "removed") tellPath(output, event.item, dryRun)
  else tellSnapshot(output, event)
}

export const run = (flags: RewriteFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const paths = { ...(yield* excludesOf(flags)), ...(yield* includesOf(flags)) }
      const { dryRun, forget, ids, newTimeMillis } = flags
      const described = given({ newHost: flags.newHost || undefined, newTimeMillis })
      const isAsked = Object.values(paths).some((patterns) => patterns.length > 0) || Object.keys(described).length > 0
      if (!isAsked) return yield* usage("say with --exclude what to take out, or --include, --new-host or --new-time")
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, ...filterOf(flags), ...paths, ...described, forget, ids }
      const view = { onEvent: teller(output, dryRun) }
      const summary = yield* RepositoryJob.run(output, kind, request, view, { passwords, isPreview: dryRun })
      const { replaced, unchanged } = summary
      if (output.isJson) return output.json({ message_type: "summary", changed_snapshots: replaced, unchanged })
      const dry = dryRun ? ". Nothing was done: --dry-run" : ""
      output.note(`${counted(replaced)} replaced, ${unchanged} unchanged${dry}`)
      if (replaced > 0 && forget && !dryRun) output.note("free the space with: ourclone repo prune")
    })
  )
