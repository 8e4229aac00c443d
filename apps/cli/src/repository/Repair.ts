/** `repo repair`: index, packs and snapshots, in the order in which they are mended. */
import * as RepairIndex from "@ourclone/backup/care/RepairIndex"
import * as RepairPacks from "@ourclone/backup/care/RepairPacks"
import * as RepairSnapshots from "@ourclone/backup/care/RepairSnapshots"
import * as Effect from "effect/Effect"
import * as Amount from "../Amount.ts"
import { usage } from "../ExitCode.ts"
import { printable } from "../PrintableText.ts"
import type { RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { select } from "./SnapshotSelection.ts"

const counted = (count: number, thing: string): string => `${Amount.count(count)} ${thing}${count === 1 ? "" : "s"}`

export const index = (flags: RepositoryInput & { readonly readAllPacks: boolean; readonly dryRun: boolean }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const unreadable: Array<string> = []
      const report = (event: RepairIndex.RepairIndexEvent): void => {
        if (event._tag === "UnreadablePack") unreadable.push(event.id)
        if (event._tag === "DamagedIndex") output.problem(`index ${event.id} is dropped: ${event.message}`)
        else if (event._tag === "MissingPack") output.problem(`pack ${event.id} is gone and no longer listed`)
        else if (event._tag === "UnreadablePack") output.problem(event.message)
        else if (output.isVerbose) output.note(`pack ${event.id}: ${event.blobs} blobs listed anew`)
      }
      const repairing = RepairIndex.repairIndex(repository, flags, report)
      const summary = yield* locked(output, repository, flags, "exclusive", repairing)
      if (output.isJson) return output.json({ message_type: "summary", ...summary })
      const { damagedIndexes, indexedPacks, missingPacks, newIndexes, removedIndexes, unreadablePacks } = summary
      output.line(
        `${counted(indexedPacks, "pack")} listed anew, ${missingPacks} gone, ${unreadablePacks} unreadable, ${counted(damagedIndexes, "index file")} damaged`
      )
      if (flags.dryRun) output.note("nothing was done: --dry-run")
      else {
        output.line(`${counted(newIndexes, "index file")} written, ${removedIndexes} removed`)
        if (unreadable.length > 0) output.note(`go on with: ourclone repo repair packs ${unreadable.join(" ")}`)
      }
    })
  )

const packId = /^[0-9a-f]{64}$/

export const packs = (flags: RepositoryInput & { readonly ids: ReadonlyArray<string> }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const bad = flags.ids.find((id) => !packId.test(id))
      if (bad !== undefined)
        return yield* usage(`"${bad}" is not the id of a pack: those have 64 digits, as check prints them`)
      const repository = yield* open(output, flags)
      const report = (event: RepairPacks.RepairPacksEvent): void => {
        if (event._tag === "BadBlob") output.problem(`${event.type} blob ${event.id} in pack ${event.pack} is damaged`)
        else output.problem(`pack ${event.id}: ${event.message}`)
      }
      const repairing = RepairPacks.repairPacks(repository, flags.ids, {}, report)
      const summary = yield* locked(output, repository, flags, "exclusive", repairing)
      if (output.isJson) return output.json({ message_type: "summary", ...summary })
      output.line(
        `${counted(summary.savedBlobs, "blob")} saved, ${summary.lostBlobs} lost, ${counted(summary.removedPacks, "pack")} removed`
      )
      if (summary.lostBlobs > 0) output.note("go on with: ourclone repo repair snapshots")
    })
  )

const damages = {
  MissingContent: "a part of its content is lost",
  WrongSize: "its size is corrected",
  InvalidNode: "it is of no known kind, and left out",
  EmptiedDirectory: "what was in this folder is lost"
}

const snapshotText = (event: RepairSnapshots.RepairSnapshotsEvent): string => {
  switch (event._tag) {
    case "Replaced":
      return event.by === undefined
        ? `snapshot ${event.snapshot.slice(0, 8)} would be replaced`
        : `snapshot ${event.snapshot.slice(0, 8)} is now ${event.by.slice(0, 8)}`
    case "UnreadableFile":
      return `snapshot ${event.snapshot} can not be read, and stays until ourclone forget ${event.snapshot.slice(0, 8)}: ${event.message}`
    case "Unreadable":
      return `nothing of snapshot ${event.snapshot.slice(0, 8)} can be read${event.isRemoved ? "; it is removed" : ""}`
    default:
      return `${printable(event.path.toString())}: ${damages[event._tag]}`
  }
}

export const snapshots = (
  flags: RepositoryInput &
    SnapshotFilterInput & { readonly forget: boolean; readonly dryRun: boolean; readonly ids: ReadonlyArray<string> }
) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const report = (event: RepairSnapshots.RepairSnapshotsEvent): void => {
        const { _tag, ...facts } = event
        if (!output.isJson) output.line(snapshotText(event))
        else output.json({ message_type: _tag, ...facts, ...("path" in event ? { path: event.path.toString() } : {}) })
      }
      const repairing = Effect.gen(function* () {
        const chosen =
          flags.ids.length + flags.host.length + flags.tag.length + flags.path.length === 0
            ? {}
            : { snapshots: yield* select(output, repository, flags.ids, flags) }
        const { dryRun, forget } = flags
        return yield* RepairSnapshots.repairSnapshots(repository, { ...chosen, dryRun, forget }, report)
      })
      const summary = yield* locked(output, repository, flags, "exclusive", repairing)
      if (output.isJson) return output.json({ message_type: "summary", ...summary })
      const dry = flags.dryRun ? ". Nothing was done: --dry-run" : ""
      output.note(`${summary.replaced} replaced, ${summary.intact} intact, ${summary.unreadable} unreadable${dry}`)
    })
  )
