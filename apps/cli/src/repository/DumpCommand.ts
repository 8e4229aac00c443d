/** `snapshot dump`: a file of a snapshot, or a folder as an archive. */
import { open as openFile } from "node:fs/promises"
import { LocalFailure, RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import { printable } from "@ourclone/core/events/PrintableText"
import { kind } from "@ourclone/jobs/repository/DumpBytes"
import * as Effect from "effect/Effect"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"

export interface DumpFlags extends ReadingInput, SnapshotFilterInput {
  readonly archive: "tar" | "zip" | undefined
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
      const { access, passwords } = yield* accessOf(flags)
      const { archive, file, snapshot } = flags
      const request = { ...access, ...filterOf(flags), snapshot, file, ...given({ archive }) }
      let write: ((piece: Uint8Array) => Effect.Effect<void, RepositoryError>) | undefined
      // The target is opened once there is something to write: what is not in the snapshot empties no file.
      const take = Effect.fnUntraced(function* (piece: Uint8Array) {
        write ??= yield* sink(output, flags.target)
        yield* write(piece)
      })
      yield* RepositoryJob.bytes(output, kind, request, take, {
        passwords,
        hasNoLock: true,
        onEvent: (event) => {
          if (event._tag === "Skipped") output.problem(`skipped ${printable(event.item)}: ${event.because}`)
        }
      })
      // A file without content has no piece.
      if (write === undefined) yield* sink(output, flags.target)
    })
  )
