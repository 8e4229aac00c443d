/** `snapshot find`: which snapshots have a file, by name or by what it is made of. */

import * as PathFilter from "@ourclone/backup/choose/PathFilter"
import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import * as Find from "@ourclone/backup/look/Find"
import * as NodeNames from "@ourclone/backup/look/NodeNames"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { QueryKind } from "../kind/JobKind.ts"
import { texts } from "../kind/RequestFields.ts"
import { reading, snapshotChoice } from "./Fields.ts"
import * as LoadedRepository from "./LoadedRepository.ts"
import * as LockedQuery from "./LockedQuery.ts"
import { finding } from "./LookFields.ts"
import * as NodeRow from "./NodeRow.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"
import * as SnapshotRow from "./SnapshotRow.ts"

export const Request = Schema.Struct({
  ...reading,
  ...snapshotChoice,
  patterns: texts("Patterns of names or paths"),
  ...finding,
  blobs: texts("Instead of patterns: ids of blobs, or how they begin"),
  trees: texts("Instead of patterns: ids of trees, or how they begin"),
  packs: texts("Instead of patterns: ids of packs, or how they begin")
})
export type Request = typeof Request.Type

/** Each snapshot comes before what is found in it; how many were looked through comes last. */
export const Row = Schema.TaggedUnion({
  Snapshot: { snapshot: SnapshotRow.SnapshotRow },
  Match: { node: NodeRow.NodeRow },
  Object: {
    type: Schema.Literals(["blob", "tree"]),
    id: Schema.String,
    path: Schema.String,
    parentTree: Schema.optionalKey(Schema.String),
    pack: Schema.optionalKey(Schema.String)
  },
  /** With `showPackId`, before the last: one that was asked for and is in none of the snapshots. */
  Unused: { type: Schema.Literals(["blob", "tree"]), id: Schema.String, pack: Schema.String },
  Searched: { snapshots: Schema.Int }
})
export type Row = typeof Row.Type

const refuse = ({ blobs = [], packs = [], patterns = [], showPackId, trees = [] }: Request): InvalidJob | undefined => {
  if (showPackId === true && blobs.length + trees.length + packs.length === 0) {
    return new InvalidJob({
      field: "showPackId",
      message: "packs are told of blobs, trees and packs that are looked for"
    })
  }
  if ([blobs, packs, patterns, trees].filter(({ length }) => length > 0).length > 1) {
    return new InvalidJob({ message: "look for patterns, blobs, trees or packs, and not for several of them" })
  }
  try {
    PathFilter.make({ patterns, insensitivePatterns: [] })
    return undefined
  } catch (error) {
    return new InvalidJob({ message: error instanceof Error ? error.message : String(error) })
  }
}

const nanoseconds = (millis: number | undefined): bigint | undefined =>
  millis === undefined ? undefined : BigInt(Math.floor(millis)) * 1_000_000n

/** Puts the row of a snapshot before the first of what is found in it. */
const bySnapshot = <Found extends { readonly snapshot: Snapshot }>(toRow: (found: Found) => Row) => {
  let current: Snapshot | undefined
  return (found: Found): ReadonlyArray<Row> => {
    if (found.snapshot === current) return [toRow(found)]
    current = found.snapshot
    return [{ _tag: "Snapshot", snapshot: SnapshotRow.of(current) }, toRow(found)]
  }
}

const ofObject =
  (packs: Find.Packs | undefined) =>
  (found: Find.FoundObject): Row => {
    const { id, parentTree, path, type } = found
    const pack = packs?.of(found)
    return {
      _tag: "Object",
      type,
      id,
      path: NodeNames.textOf(path),
      ...(parentTree === undefined ? {} : { parentTree }),
      ...(pack === undefined ? {} : { pack })
    }
  }

export const kind: QueryKind<"find", Request, Row> = {
  type: "find",
  request: Request,
  row: Row,
  needs: OpenedRepository.needs,
  refuse,
  run: (request, beside) =>
    LockedQuery.stream(
      request,
      beside,
      Effect.fnUntraced(function* (repository) {
        const snapshots = (yield* SelectedSnapshots.select(repository, request, beside.tell)).toReversed()
        const reader = yield* LoadedRepository.readerOf(repository)
        const { blobs = [], packs = [], trees = [] } = request
        const matches = Find.byPattern(reader, snapshots, {
          patterns: request.patterns ?? [],
          ignoreCase: request.ignoreCase === true,
          oldest: nanoseconds(request.oldestMillis),
          newest: nanoseconds(request.newestMillis)
        })
        const packsOf = request.showPackId === true ? Find.packs(reader) : undefined
        const found =
          blobs.length + packs.length + trees.length > 0
            ? Stream.map(
                Find.byId(repository, reader, snapshots, { blobs, trees, packs }),
                bySnapshot(ofObject(packsOf))
              )
            : Stream.map(
                matches,
                bySnapshot((match: Find.Match): Row => ({ _tag: "Match", node: NodeRow.of(match) }))
              )
        const last: Row = { _tag: "Searched", snapshots: snapshots.length }
        const unused = Stream.suspend(() => Stream.fromIterable(packsOf?.unused({ blobs, trees, packs }) ?? []))
        const rest = Stream.map(unused, (one): Row => ({ _tag: "Unused", ...one }))
        return Stream.concat(Stream.concat(Stream.flattenIterable(found), rest), Stream.succeed(last))
      })
    )
}
