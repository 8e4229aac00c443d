/** What starts by itself. */
import { test } from "vitest"
import type { Person } from "../Person.ts"

export const schedules = (person: Person): void => {
  const { fill, local, look, open, page, press, repository, see, taskEndsAs, write } = person
  test("Schedules: a backup every week says when it is due, runs now, and is switched off", async () => {
    write("Letters/letter-of-2026.txt", "written since")
    await open("/schedules/new")
    await page().getByLabel("Repository").selectOption(repository)
    await fill("Folder to add", local("Letters"))
    await press("Add")
    await page().getByLabel("How often").selectOption("weekly")
    await see(/Next: \d{4}-\d\d-\d\d 02:30.*every Sunday at 02:30/)
    await look("new schedule")
    await press("Save schedule")
    await see("every Sunday at 02:30, UTC")
    const mine = page()
      .getByRole("listitem")
      .filter({ hasText: local("Letters") })
    await mine.getByLabel("On", { exact: true }).click()
    await mine.getByRole("definition").getByText("off", { exact: true }).waitFor()
    await mine.getByRole("button", { name: /^More about/ }).click()
    await look("more about a schedule")
    await page().keyboard.press("Escape")
    await mine.getByRole("button", { name: "Run now" }).click()
    await taskEndsAs("done")
  })
}
