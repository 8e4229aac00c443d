/** `snapshot find`: which snapshots have a file. */

import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import * as FindRun from "@ourclone/backup/look/Find"
import * as NodeJson from "@ourclone/backup/look/NodeJson"
import { readerOf } from "@ourclone/jobs/repository/LoadedRepository"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { usage } from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import { printable } from "../PrintableText.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import * as NodeText from "./NodeText.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { select } from "./SnapshotSelection.ts"
import * as SnapshotText from "./SnapshotText.ts"
import * as Units from "./Units.ts"

export interface FindFlags extends ReadingInput, SnapshotFilterInput {
  readonly snapshot: ReadonlyArray<string>
  readonly ignoreCase: boolean
  readonly long: boolean
  readonly oldest: string | undefined
  readonly newest: string | undefined
  readonly blob: boolean
  readonly tree: boolean
  readonly pack: boolean
  readonly patterns: ReadonlyArray<string>
}

/** Hands matches on snapshot by snapshot, as restic's array or as paths below a title. */
const makeMatchPrinter = (output: Output, long: boolean) => {
  let current: Snapshot | undefined
  let matches: Array<unknown> = []
  let groups = 0
  const close = (): void => {
    if (current === undefined || !output.isJson) return
    const group = { matches, hits: matches.length, snapshot: current.id }
    output.raw(`${groups++ === 0 ? "" : ","}${JSON.stringify(group)}`)
    matches = []
  }
  return {
    begin: () => {
      if (output.isJson) output.raw("[")
    },
    print: (match: FindRun.Match): void => {
      if (match.snapshot !== current) {
        close()
        current = match.snapshot
        if (!output.isJson) output.line(`in snapshot ${SnapshotText.title(current)}`)
      }
      if (output.isJson) matches.push(NodeJson.ofMatch(match))
      else output.line(NodeText.line(match.path, match.node, long))
    },
    end: () => {
      close()
      if (output.isJson) output.raw("]\n")
    }
  }
}

const objectJson = ({ id, parentTree, path, snapshot, type }: FindRun.FoundObject) => ({
  object_type: type,
  id,
  path: path.toString(),
  ...(parentTree === undefined ? {} : { parent_tree: parentTree }),
  snapshot: snapshot.id,
  time: snapshot.time
})

const printObjects = Effect.fnUntraced(function* <E>(output: Output, objects: Stream.Stream<FindRun.FoundObject, E>) {
  if (!output.isJson) {
    return yield* Stream.runForEach(objects, ({ id, path, snapshot, type }) =>
      Effect.sync(() =>
        output.line(`${type} ${id} of ${printable(path.toString())} in snapshot ${snapshot.id.slice(0, 8)}`)
      )
    )
  }
  output.raw(`${JSON.stringify((yield* Stream.runCollect(objects)).map(objectJson))}\n`)
})

export const run = (flags: FindFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const kinds = [flags.blob, flags.tree, flags.pack].filter(Boolean).length
      if (kinds > 1) return yield* usage("choose one of --blob, --tree and --pack")
      const nanoseconds = (millis: number | undefined) =>
        millis === undefined ? undefined : BigInt(millis) * 1_000_000n
      const oldest = nanoseconds(yield* Units.optional("oldest", flags.oldest, Units.moment))
      const newest = nanoseconds(yield* Units.optional("newest", flags.newest, Units.moment))
      const repository = yield* open(output, flags)
      const searching = Effect.gen(function* () {
        const snapshots = (yield* select(output, repository, flags.snapshot, flags)).toReversed()
        const reader = yield* readerOf(repository)
        if (kinds === 1) {
          const of = (isWanted: boolean) => (isWanted ? flags.patterns : [])
          const ids = { blobs: of(flags.blob), trees: of(flags.tree), packs: of(flags.pack) }
          return yield* printObjects(output, FindRun.byId(repository, reader, snapshots, ids))
        }
        const { ignoreCase, patterns } = flags
        const matches = yield* Effect.try({
          try: () => FindRun.byPattern(reader, snapshots, { patterns, ignoreCase, oldest, newest }),
          catch: (error) => usage(error instanceof Error ? error.message : String(error))
        })
        const printer = makeMatchPrinter(output, flags.long)
        printer.begin()
        let found = 0
        yield* Stream.runForEach(matches, (match) =>
          Effect.sync(() => {
            found++
            printer.print(match)
          })
        )
        printer.end()
        if (found === 0 && !output.isJson)
          output.note(
            `nothing of that name is in ${snapshots.length === 1 ? "1 snapshot" : `${snapshots.length} snapshots`}`
          )
      })
      yield* locked(output, repository, flags, "shared", searching)
    })
  )
