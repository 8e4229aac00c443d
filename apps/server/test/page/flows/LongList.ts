/** A task that very many files of have failed, as its runner would have written it. */
import { current } from "@ourclone/core/machine/ProcessIdentity"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import { noTotals } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import type { Person } from "../Person.ts"

const files = 100_000
const atOnce = 10_000

const nameOf = (index: number): string => `folder/file-${String(index).padStart(6, "0")}`

const write = (stateDirectory: string): Promise<string> =>
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

export const longList = ({ fill, look, open, page, row, see, service }: Person): void => {
  test("a list of 100,000 failed files draws what is seen, is searched as a whole, and is gone through to its end", async () => {
    const id = await write(service().stateDirectory)
    await open(`/tasks/${id}?view=failed`)
    const table = page().getByRole("table", { name: "Failed files" })
    expect(await table.getAttribute("aria-rowcount")).toBe(String(files + 1))
    await fill("Filter", nameOf(files - 1))
    await row(new RegExp(nameOf(files - 1))).waitFor()
    await fill("Filter", "")
    await see(nameOf(0))
    await table.getByRole("row").nth(1).focus()
    await page().keyboard.press("End")
    await row(new RegExp(nameOf(files - 1))).waitFor()
    expect(await table.getByRole("row").count()).toBeLessThan(60)
    await look("long list", true)
  })
}
