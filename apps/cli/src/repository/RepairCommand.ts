/** `repo repair`: index, packs and snapshots, in the order in which they are mended. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import * as RepairIndex from "@ourclone/jobs/repository/RepairIndexJob"
import * as RepairPacks from "@ourclone/jobs/repository/RepairPacksJob"
import * as RepairSnapshots from "@ourclone/jobs/repository/RepairSnapshotsJob"
import * as Effect from "effect/Effect"
import type { Output } from "../Output.ts"
import type { RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import { shortId } from "./SnapshotFacts.ts"

const indexTeller = (output: Output, unreadable: Array<string>) => (event: RunEvent) => {
  if (event._tag === "Note" && event.code === "damagedIndex") {
    output.problem(`index ${event.item} is dropped: ${event.message}`)
  } else if (event._tag === "Note") output.problem(`pack ${event.item} is gone and no longer listed`)
  else if (event._tag === "Failed") {
    unreadable.push(event.failure.item ?? "")
    output.problem(event.failure.message)
  } else if (event._tag === "Done" && output.isVerbose) {
    output.note(`pack ${event.item}: ${Amount.counted(Number(event.values?.blobs), "blob")} listed anew`)
  }
}

export const index = (flags: RepositoryInput & { readonly readAllPacks: boolean; readonly dryRun: boolean }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const unreadable: Array<string> = []
      const request = { ...access, readAllPacks: flags.readAllPacks }
      const view = { onEvent: indexTeller(output, unreadable) }
      const options = { passwords, isPreview: flags.dryRun }
      const summary = yield* RepositoryJob.run(output, RepairIndex.kind, request, view, options)
      if (output.isJson) return output.json({ message_type: "summary", ...summary })
      const { damagedIndexes, indexedPacks, missingPacks, newIndexes, removedIndexes, unreadablePacks } = summary
      output.line(
        `${Amount.counted(indexedPacks, "pack")} listed anew, ${missingPacks} gone, ${unreadablePacks} unreadable, ${Amount.counted(damagedIndexes, "index file")} damaged`
      )
      if (flags.dryRun) output.note("nothing was done: --dry-run")
      else {
        output.line(`${Amount.counted(newIndexes, "index file")} written, ${removedIndexes} removed`)
        if (unreadable.length > 0) output.note(`go on with: ourclone repo repair packs ${unreadable.join(" ")}`)
      }
    })
  )

const packsTeller = (output: Output) => (event: RunEvent) => {
  if (event._tag === "Note" && event.code === "badBlob") output.problem(event.message)
  else if (event._tag === "Note") output.problem(`pack ${event.item}: ${event.message}`)
  else if (event._tag === "Failed") output.problem(`pack ${event.failure.item}: ${event.failure.message}`)
}

export const packs = (flags: RepositoryInput & { readonly ids: ReadonlyArray<string> }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, ids: flags.ids }
      const view = { onEvent: packsTeller(output) }
      const summary = yield* RepositoryJob.run(output, RepairPacks.kind, request, view, { passwords })
      if (output.isJson) return output.json({ message_type: "summary", ...summary })
      output.line(
        `${Amount.counted(summary.savedBlobs, "blob")} saved, ${summary.lostBlobs} lost, ${Amount.counted(summary.removedPacks, "pack")} removed`
      )
      if (summary.lostBlobs > 0) output.note("go on with: ourclone repo repair snapshots")
    })
  )

/** What is told of a snapshot or of a path in it: for people, and for programs. */
const snapshotWords = (event: RunEvent): readonly [text: string, json: object] | undefined => {
  switch (event._tag) {
    case "Note": {
      const { code, item = "", message } = event
      if (code === "unreadableSnapshot") return undefined
      return [`${printable(item)}: ${message}`, { message_type: code, path: item }]
    }
    case "Would":
      return [`snapshot ${shortId(event.item)} would be replaced`, { message_type: "Replaced", snapshot: event.item }]
    case "Done": {
      const { deed, item, values } = event
      if (deed === "removed") {
        const json = { message_type: "Unreadable", snapshot: item, isRemoved: true }
        return [`nothing of snapshot ${shortId(item)} can be read; it is removed`, json]
      }
      const by = String(values?.by)
      return [`snapshot ${shortId(item)} is now ${shortId(by)}`, { message_type: "Replaced", snapshot: item, by }]
    }
    case "Failed": {
      const { code, item = "", message } = event.failure
      if (code === "Unreadable") {
        const json = { message_type: code, snapshot: item, isRemoved: false }
        return [`nothing of snapshot ${shortId(item)} can be read`, json]
      }
      const text = `snapshot ${item} can not be read, and stays until ourclone forget ${shortId(item)}: ${message}`
      return [text, { message_type: code, snapshot: item, message }]
    }
    default:
      return undefined
  }
}

const snapshotsTeller = (output: Output) => (event: RunEvent) => {
  const words = snapshotWords(event)
  if (words === undefined) return
  const [text, json] = words
  if (output.isJson) output.json(json)
  else output.line(text)
}

export const snapshots = (
  flags: RepositoryInput &
    SnapshotFilterInput & { readonly forget: boolean; readonly dryRun: boolean; readonly ids: ReadonlyArray<string> }
) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, ...filterOf(flags), ids: flags.ids, forget: flags.forget }
      const view = { onEvent: snapshotsTeller(output) }
      const options = { passwords, isPreview: flags.dryRun }
      const summary = yield* RepositoryJob.run(output, RepairSnapshots.kind, request, view, options)
      if (output.isJson) return output.json({ message_type: "summary", ...summary })
      const dry = flags.dryRun ? ". Nothing was done: --dry-run" : ""
      output.note(`${summary.replaced} replaced, ${summary.intact} intact, ${summary.unreadable} unreadable${dry}`)
    })
  )
