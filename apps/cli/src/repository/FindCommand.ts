/** `snapshot find`: which snapshots have a file. */

import * as PrintableText from "@ourclone/core/events/PrintableText"
import { printable } from "@ourclone/core/events/PrintableText"
import { kind, type Row } from "@ourclone/jobs/repository/FindQuery"
import type { NodeRow } from "@ourclone/jobs/repository/NodeRow"
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import * as NodeJson from "./NodeJson.ts"
import * as NodeLine from "./NodeLine.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import { counted, shortId, tellUnreadable } from "./SnapshotFacts.ts"
import * as SnapshotText from "./SnapshotText.ts"

export interface FindFlags extends ReadingInput, SnapshotFilterInput {
  readonly snapshot: ReadonlyArray<string>
  readonly ignoreCase: boolean
  readonly long: boolean
  readonly humanReadable: boolean
  readonly oldestMillis: number | undefined
  readonly newestMillis: number | undefined
  readonly blob: boolean
  readonly tree: boolean
  readonly pack: boolean
  readonly showPackId: boolean
  readonly patterns: ReadonlyArray<string>
}

type Found = Extract<Row, { readonly _tag: "Object" }>

/** Paths below the title of their snapshot. */
const textPrinter = (output: Output, flags: FindFlags) => {
  const isById = flags.blob || flags.tree || flags.pack
  let snapshot: SnapshotRow | undefined
  return (row: Row): void => {
    switch (row._tag) {
      case "Snapshot":
        snapshot = row.snapshot
        if (!isById) output.line(`in snapshot ${SnapshotText.title(snapshot)}`)
        return
      case "Match":
        output.line(NodeLine.of(row.node, flags))
        return
      case "Object": {
        const where = `${printable(row.path)} in snapshot ${shortId(snapshot?.id ?? "")}`
        output.line(`${row.type} ${row.id} of ${where}${row.pack === undefined ? "" : `, in pack ${row.pack}`}`)
        return
      }
      case "Unused":
        output.line(`${row.type} ${row.id} of nothing in the snapshots looked through, in pack ${row.pack}`)
        return
      case "Searched":
        if (snapshot === undefined && !isById) output.note(`nothing of that name is in ${counted(row.snapshots)}`)
    }
  }
}

const objectJson = ({ id, pack, parentTree, path, type }: Found, snapshot: SnapshotRow) => ({
  object_type: type,
  id,
  path,
  ...(parentTree === undefined ? {} : { parent_tree: parentTree }),
  snapshot: snapshot.id,
  time: snapshot.time,
  ...(pack === undefined ? {} : { pack })
})

/** restic's array: matches snapshot by snapshot, or objects one by one. */
const jsonPrinter = (output: Output) => {
  let snapshot: SnapshotRow | undefined
  let matches: Array<NodeRow> = []
  let printed = 0
  const print = (value: object): void => output.raw(`${printed++ === 0 ? "" : ","}${PrintableText.json(value)}`)
  const close = (): void => {
    if (snapshot !== undefined && matches.length > 0) {
      print({ matches: matches.map(NodeJson.ofMatch), hits: matches.length, snapshot: snapshot.id })
    }
    matches = []
  }
  output.raw("[")
  return (row: Row): void => {
    switch (row._tag) {
      case "Snapshot":
        close()
        snapshot = row.snapshot
        return
      case "Match":
        matches.push(row.node)
        return
      case "Object":
        if (snapshot !== undefined) print(objectJson(row, snapshot))
        return
      case "Unused":
        print({ object_type: row.type, id: row.id, pack: row.pack })
        return
      case "Searched":
        close()
        output.raw("]\n")
    }
  }
}

export const run = (flags: FindFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const kinds = [flags.blob, flags.tree, flags.pack].filter(Boolean).length
      if (kinds > 1) return yield* usage("choose one of --blob, --tree and --pack")
      const { access, passwords } = yield* accessOf(flags)
      const of = (isWanted: boolean) => (isWanted ? flags.patterns : [])
      const request = {
        ...access,
        ...filterOf(flags),
        ids: flags.snapshot,
        patterns: of(kinds === 0),
        blobs: of(flags.blob),
        trees: of(flags.tree),
        packs: of(flags.pack),
        ignoreCase: flags.ignoreCase,
        showPackId: flags.showPackId,
        ...given({ oldestMillis: flags.oldestMillis, newestMillis: flags.newestMillis })
      }
      let print: ((row: Row) => void) | undefined
      const take = (rows: ReadonlyArray<Row>) =>
        Effect.sync(() => {
          print ??= output.isJson ? jsonPrinter(output) : textPrinter(output, flags)
          for (const row of rows) print(row)
        })
      yield* RepositoryJob.query(output, kind, request, take, {
        passwords,
        hasNoLock: true,
        onEvent: (event) => tellUnreadable(output, event)
      })
    })
  )
