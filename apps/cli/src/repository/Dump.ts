/** `snapshot dump`: a file of a snapshot, or a folder as an archive. */
import { open as openFile } from "node:fs/promises"
import * as DumpStream from "@ourclone/backup/look/Dump"
import { LocalFailure, RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import { readerOf } from "@ourclone/jobs/repository/LoadedRepository"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Output } from "../Output.ts"
import { printable } from "../PrintableText.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { folderTree } from "./SnapshotFolder.ts"
import { filterOf } from "./SnapshotSelection.ts"

export interface DumpFlags extends ReadingInput, SnapshotFilterInput {
  readonly archive: "tar" | "zip"
  readonly target: string | undefined
  readonly snapshot: string
  readonly file: string
}

const localFailure = (target: string, problem: string, error: unknown): RepositoryError => {
  const message = `${problem}: ${SystemFailure.textOf(error)}`
  return new RepositoryError({
    repository: target,
    reason: new LocalFailure({ message, code: SystemFailure.codeOf(error) })
  })
}

/** Where the pieces go; each is waited for. */
const sink = (output: Output, target: string | undefined) => {
  if (target === undefined) {
    const write = (piece: Uint8Array): Effect.Effect<void, RepositoryError> => {
      output.raw(piece)
      return output.flush
    }
    return Effect.succeed(write)
  }
  return Effect.map(
    Effect.acquireRelease(
      Effect.tryPromise({
        try: () => openFile(target, "w"),
        catch: (error) =>
          localFailure(target, SystemFailure.codeOf(error) === "ENOENT" ? "its folder" : "it can not be written", error)
      }),
      (file) => Effect.ignore(Effect.tryPromise(() => file.close()))
    ),
    (file) =>
      (piece: Uint8Array): Effect.Effect<void, RepositoryError> =>
        Effect.tryPromise({
          try: () => file.writeFile(piece),
          catch: (error) => localFailure(target, "only a part of it could be written", error)
        })
  )
}

export const run = (flags: DumpFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const { id, subfolder } = Snapshots.parse(flags.snapshot)
      const working = Effect.gen(function* () {
        const snapshot = yield* Snapshots.find(repository, id, filterOf(flags))
        const reader = yield* readerOf(repository)
        const pieces = DumpStream.dump(repository, reader, {
          tree: yield* folderTree(repository, reader, snapshot, subfolder),
          path: flags.file,
          format: flags.archive,
          onSkipped: (path, reason) => output.problem(`skipped ${printable(path.toString())}: ${reason}`)
        })
        const write = yield* sink(output, flags.target)
        yield* Stream.runForEach(pieces, write)
      })
      yield* locked(output, repository, flags, "shared", Effect.scoped(working))
    })
  )
