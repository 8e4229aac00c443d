/** A task of which very many files have failed, as its runner would have written it. */
import { current } from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as SqliteStore from "../store/SqliteStore.ts"
import { tasksFile } from "../store/TasksFile.ts"
import { noTotals } from "../task/Task.ts"

const atOnce = 10_000

/** In the order of their names. */
export const nameOf = (index: number): string => `folder/file-${String(index).padStart(6, "0")}`

/** Writes a copy with so many, a multiple of 10,000, into the journal of that folder; gives the task's id. */
export const write = (stateDirectory: string, files: number): Promise<string> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const store = yield* SqliteStore.make(tasksFile(stateDirectory))
        const request = { source: "/from", destination: "/to" }
        const { id } = yield* store.create({ kind: "copy", request, origin: "command", isRecord: true })
        const claim = yield* store.claim(current(), 60_000, id)
        if (claim === undefined) throw new Error("the task is not to be had")
        for (let first = 0; first < files; first += atOnce) {
          const outcomes = Array.from({ length: atOnce }, (_, index) => ({
            path: nameOf(first + index),
            kind: "failed" as const,
            code: "PermissionDenied",
            message: `${nameOf(first + index)}: may not be read`,
            remedy: null
          }))
          const totals = { ...noTotals, files: first + atOnce, failed: first + atOnce, isFinal: true }
          yield* store.commit(claim, { facts: [], totals, outcomes, mended: [] }, 60_000)
        }
        yield* store.settle(id, { _tag: "Finished", take: claim.take, failed: files })
        return id
      })
    )
  )
