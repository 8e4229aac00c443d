/** Transfers, from the plan to what became of them. */
import * as fs from "node:fs"
import { expect, test } from "vitest"
import type { Person } from "../Person.ts"

export const migrate = (person: Person): void => {
  const { dialog, field, fill, follow, local, look, open, page, place, press, pressIn, see, taskEndsAs, write } = person
  test("Migrate: the plan first, then the task; a sync says how many files it deletes", async () => {
    for (const name of ["one", "two", "three"]) write(`Pictures/${name}.txt`, `content of ${name}`)
    await open("/migrate")
    // The first of them is that of the source.
    await page().getByRole("button", { name: "Choose" }).first().click()
    await dialog().getByLabel("Folder", { exact: true }).fill(local())
    await dialog().getByRole("button", { name: "Pictures" }).click()
    await look("choose source")
    await pressIn("Choose this folder")
    expect(await field("Source").inputValue()).toBe(local("Pictures"))
    await fill("Destination", place("pictures"))
    await press("Preview")
    await see("Complete; nothing is written")
    await page()
      .getByRole("button", { name: /Copy new 3 files/ })
      .waitFor()
    await see(/rates of \d{4}-\d\d-\d\d, yours may differ/)
    await look("plan")
    await press("Start copy")
    await taskEndsAs("done")
    await look("task done")
    await follow("Request")
    await page().getByRole("region", { name: "Command" }).waitFor()
    await look("request")
    await page().context().grantPermissions(["clipboard-read", "clipboard-write"])
    await press("Copy command")
    await see("Copied the command")
    const copied = await page().evaluate(() => navigator.clipboard.readText())
    expect(copied).toBe(`ourclone copy ${local("Pictures")} ${place("pictures")}`)
    write("Empty/.keep", "")
    await open(
      `/migrate?from=${encodeURIComponent(local("Empty"))}&to=${encodeURIComponent(place("pictures"))}&mode=sync`
    )
    await press("Preview")
    await press("Start and delete 3 files")
    await taskEndsAs("done")
  })
}

export const undo = (person: Person): void => {
  const { fill, follow, heading, local, look, open, page, place, press, row, see, taskEndsAs } = person
  test("Undo: what a task did is said before it is taken back, and what can not be stays only when that is said", async () => {
    await follow("Undo")
    await heading("Undo")
    await see("Complete; nothing is written")
    await page()
      .getByRole("button", { name: /Bring back 3 files/ })
      .waitFor()
    await page()
      .getByRole("button", { name: /Hide what was added 1 file/ })
      .waitFor()
    await look("undo", true)
    await press("Take back 4 files")
    await taskEndsAs("done")
    await open(`/browse?at=${encodeURIComponent(place("pictures"))}`)
    await row(/three\.txt/).waitFor()
    // A folder of this computer keeps no versions: it says so.
    await open("/migrate")
    await fill("Source", local("Pictures"))
    await fill("Destination", local("Copy"))
    await press("Preview")
    await press("Start copy")
    await taskEndsAs("done")
    await page()
      .getByRole("button", { name: "Undo" })
      .and(page().locator("[title='Its storage kept no old versions, so it can not be taken back']"))
      .waitFor()
  })
}

export const spending = (person: Person): void => {
  const { fill, local, look, open, page, place, press, see, taskEndsAs, write } = person
  test("Migrate: what it stores stands against space, file sizes and a limit in dollars, and a few files are tried first", async () => {
    for (let index = 0; index < 8; index++) write(`Many/${index}.txt`, `number ${index}`)
    write("Many/large.bin", new Uint8Array(2_000_000))
    const from = encodeURIComponent(local("Many"))
    await open(`/migrate?from=${from}&to=${encodeURIComponent(place("many"))}`)
    await page().getByText("Filters and limits").click()
    await fill("Only files that match", "*.txt")
    await see("8 files of the source pass, 64 B.")
    await fill("Only files that match", "")
    await fill("Dollars it may cost", "0")
    await press("Preview")
    await see(/Stores 1\.9 MiB\. Backblaze B2 names no quota/)
    await see(/The largest file has 1\.9 MiB; the storage takes up to/)
    await see(/That is more than your limit of \$0: it would do nothing/)
    await page()
      .getByRole("button", { name: "Start copy" })
      .and(page().locator("[title='It would cost more than you allow']"))
      .waitFor()
    await look("plan beyond its limit", true)
    await fill("Dollars it may cost", "1")
    await press("Preview")
    await page()
      .getByText(/more than your limit/)
      .waitFor({ state: "detached" })
    await press("Try with 5 files")
    await taskEndsAs("done")
    await page().getByRole("definition").filter({ hasText: /^5$/ }).first().waitFor()
    await open(`/migrate?from=${from}&to=${encodeURIComponent(local("There"))}`)
    await press("Preview")
    await see(/Stores 1\.9 MiB; .* are free there\./)
  })
}

export const repair = (person: Person): void => {
  const { fill, follow, local, look, open, page, press, see, taskEndsAs, write } = person
  test("Watch and repair: files that fail are grouped by reason, and retrying takes only those", async () => {
    await open("/migrate")
    await fill("Source", local("Pictures"))
    await fill("Destination", local("Blocked"))
    await press("Preview")
    await see("Complete; nothing is written")
    write("Blocked/two.txt/in-the-way", "a folder of the file's name")
    await press("Start copy")
    await taskEndsAs("done, 1 failed")
    await follow(/Failed/)
    await page().getByRole("table", { name: "Failed files" }).getByText("two.txt").waitFor()
    await page().getByRole("list", { name: "Reasons" }).getByText("1 file").waitFor()
    await page().getByRole("checkbox", { name: "Mark two.txt" }).check()
    await look("failed")
    fs.rmSync(local("Blocked/two.txt"), { recursive: true })
    const failed = page().url()
    await press("Retry 1 file")
    await page().waitForURL((url) => !url.href.startsWith(failed.replace(/\?.*/, "")))
    await taskEndsAs("done")
    await page().getByRole("definition").filter({ hasText: /^1$/ }).first().waitFor()
    await page().goto(failed)
    await press("Retry failed")
    await taskEndsAs("done")
    await see("run 2")
  })
}

export const limited = (person: Person): void => {
  const { dialog, fill, local, look, open, page, place, press, pressIn, see, taskEndsAs, write } = person
  test("a task is paused, goes on, is given other limits while it runs, and its turn", async () => {
    write("Slow/one.bin", new Uint8Array(2_000_000))
    await open(`/migrate?from=${encodeURIComponent(local("Slow"))}&to=${encodeURIComponent(place("slow"))}`)
    await page().getByText("Filters and limits").click()
    await fill("Bytes a second at most", "20k")
    await press("Preview")
    await press("Start copy")
    await taskEndsAs("running")
    await page().keyboard.press("p")
    await taskEndsAs("paused")
    await page().keyboard.press("p")
    await taskEndsAs("running")
    await press("Limits")
    await dialog().getByLabel("Up, MiB a second").fill("0")
    await look("limits of a task", true)
    await dialog()
      .getByRole("button", { name: "Set them" })
      .and(page().locator("[title='A limit is more than 0']"))
      .waitFor()
    await dialog().getByLabel("Up, MiB a second").fill("50")
    await dialog().getByLabel("Turn").selectOption("Before others")
    await pressIn("Set them")
    await see("up 50.0 MiB/s, down without limit")
    await taskEndsAs("done")
  })
}

export const watched = (person: Person): void => {
  const { dialog, local, look, open, page, place, press, pressIn, row, service, taskEndsAs, write } = person
  test("what a command started is seen at once, and cancelled from here the command says by whom", async () => {
    write("Large/one.bin", new Uint8Array(3_000_000))
    await open("/tasks")
    const command = service().command("copy", local("Large"), place("large"), "--bwlimit", "100k")
    const said: Array<string> = []
    command.stderr?.on("data", (some) => said.push(String(some)))
    const code = new Promise((resolve) => command.once("exit", resolve))
    await row(new RegExp(`Large → ${place("large")}`)).click()
    await page().getByRole("list", { name: "Files on their way" }).waitFor()
    await look("task running")
    await press("Cancel")
    await dialog().waitFor()
    await look("cancel")
    await pressIn("Cancel task")
    await taskEndsAs("cancelled")
    expect(await code).toBe(130)
    expect(said.join("")).toContain("ann")
  })
}
