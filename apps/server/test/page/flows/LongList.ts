/** Very many failed files of one task. */
import { nameOf, write } from "@ourclone/tasks/testing/FailedFiles"
import { expect, test } from "vitest"
import type { Person } from "../Person.ts"

const files = 100_000

export const longList = ({ fill, look, open, page, row, see, service }: Person): void => {
  test("a list of 100,000 failed files draws what is seen, is searched as a whole, and is gone through to its end", async () => {
    const id = await write(service().stateDirectory, files)
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
