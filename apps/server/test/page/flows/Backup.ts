/** Repositories, snapshots, and what comes back of them. */
import * as fs from "node:fs"
import { expect, test } from "vitest"
import type { Person } from "../Person.ts"

export const backup = (person: Person): void => {
  const { field, fill, follow, local, look, open, page, place, press, repository, row, see, taskEndsAs, write } = person
  test("Backup: a repository is made with a password that was stored, and a snapshot appears", async () => {
    write("Letters/tax/2024.txt", "the letter of 2024")
    write("Letters/tax/2025.txt", "the letter of 2025")
    await open("/backup")
    await follow("New repository")
    await fill("Name", repository)
    await fill("Place", place("backup"))
    await field("Repository password").fill("the password of the repository")
    await field("Repository password again").fill("the password of the repository")
    const [text] = await Promise.all([page().waitForEvent("download"), press("Download as text")])
    expect(text.suggestedFilename()).toBe(`repository-${repository}.txt`)
    await page().getByLabel("I have stored the password in a safe place").check()
    await look("new repository")
    await press("Make repository")
    await see("No snapshot yet")
    await follow("New Backup")
    await fill("Folder to add", local("Letters"))
    await press("Add")
    await press("Preview")
    await see("Complete; nothing is written")
    await look("new backup")
    await press("Start backup")
    await taskEndsAs("done")
    await follow("Restore")
    await row(/tmp|home/)
      .first()
      .waitFor()
  })
}

export const restore = (person: Person): void => {
  const { fill, follow, heading, local, look, open, page, press, read, repository, see, service, taskEndsAs } = person
  test("Restore: what is chosen is previewed, restored into another folder, and found again in all snapshots", async () => {
    await open(`/backup/${repository}?view=find`)
    await fill("Name or path", "2025")
    await press("Find")
    await page().getByRole("table", { name: "Found files" }).getByText("2025.txt").first().waitFor()
    await look("found files")
    await follow("Restore")
    await heading("Restore 1 selected")
    await fill("Folder", local("restored"))
    await press("Preview")
    await see("Complete; nothing is written")
    await press("Start restore")
    await taskEndsAs("done")
    await follow("Open folder")
    await person
      .row(/^Mark /)
      .first()
      .waitFor()
    expect(read(`restored${service().home}/${person.folder}/Letters/tax/2025.txt`)).toBe("the letter of 2025")
  })
}

export const versions = (person: Person): void => {
  const { dialog, heading, local, look, open, page, press, repository, write } = person
  test("Versions: those of a file of this computer are in snapshots, each to be looked at and restored", async () => {
    write("Letters/tax/2025.txt", "changed since")
    await open(`/browse?at=${encodeURIComponent(local("Letters/tax"))}`)
    await page().getByRole("checkbox", { name: "Mark 2025.txt" }).check()
    await press("Versions")
    const version = dialog()
      .getByRole("listitem")
      .filter({ hasText: `in ${repository}, snapshot of` })
    await version.getByRole("button", { name: "Preview" }).click()
    await version.getByText("the letter of 2025").waitFor()
    await look("versions in snapshots")
    await version.getByRole("link", { name: "Restore this one" }).click()
    await heading("Restore 1 selected")
  })
}

export const restoreInPlace = (person: Person): void => {
  const { follow, local, look, open, page, press, read, repository, see, taskEndsAs, write } = person
  test("Restore where the files were: what differs is kept beside, and the log tells it in words", async () => {
    await open(`/backup/${repository}/latest/restore`)
    await page().getByLabel("Where they were").check()
    await see(`Into ${local()}.`)
    await page().getByLabel("Keep both").check()
    await press("Preview")
    await see("Complete; nothing is written")
    await page()
      .getByRole("button", { name: /Restore 1 file/ })
      .waitFor()
    await see(/are free there/)
    await look("restore")
    await press("Start restore")
    await taskEndsAs("done")
    expect(read("Letters/tax/2025.txt")).toBe("changed since")
    const beside = fs.readdirSync(local("Letters/tax")).filter((name) => !/^\d+\.txt$/.test(name))
    expect(beside).toEqual([expect.stringMatching(/^2025 \(snapshot [0-9a-f]{8}\)\.txt$/)])
    expect(read(`Letters/tax/${beside[0]}`)).toBe("the letter of 2025")
    fs.rmSync(local(`Letters/tax/${beside[0]}`))
    write("Letters/tax/2025.txt", "the letter of 2025")
    await follow("Log")
    await see(/^snapshot [0-9a-f]{8} of /)
    await see("run began")
    await look("log")
  })
}

export const snapshots = (person: Person): void => {
  const { dialog, folder, follow, look, open, page, press, repository, row, see, service, taskEndsAs } = person
  test("a snapshot is walked through and given as a ZIP", async () => {
    await open(`/backup/${repository}`)
    const month = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format()
    await page().getByRole("rowheader", { name: month }).waitFor()
    await page()
      .getByRole("table", { name: "Snapshots" })
      .getByRole("row", { name: /^Mark snapshot/ })
      .first()
      .click()
    for (const name of [...service().home.split("/").filter(Boolean), folder, "Letters", "tax"]) {
      await row(new RegExp(`^Mark ${name} `)).click()
    }
    await row(/2025\.txt/).waitFor()
    const [zip] = await Promise.all([page().waitForEvent("download"), follow("Download this folder as ZIP")])
    const bytes = Buffer.concat(await (await zip.createReadStream()).toArray())
    expect(bytes.subarray(0, 2).toString()).toBe("PK")
  })

  test("several that are marked are given as one ZIP, and as nothing else", async () => {
    const above = `${service().home}/${folder}/Letters/tax`
    await open(`/backup/${repository}/latest?folder=${encodeURIComponent(above)}`)
    await page().getByRole("checkbox", { name: "Mark all" }).check()
    const [zip] = await Promise.all([page().waitForEvent("download"), follow("Download 2 marked as ZIP")])
    const bytes = Buffer.concat(await (await zip.createReadStream()).toArray()).toString("latin1")
    expect([...new Set(bytes.match(/tax\/\w+\.txt/g))]).toEqual(["tax/2024.txt", "tax/2025.txt"])
  })

  test("Drill: some files are restored for a try and compared, and Backup says when that went well", async () => {
    await open(`/backup/${repository}?view=care`)
    await press(`Remove ${repository}`)
    await dialog().waitFor()
    await look("remove repository", true)
    await page().keyboard.press("Escape")
    await press("Drill with 20 files")
    await taskEndsAs("done")
    await open(`/backup/${repository}`)
    await see(/Last drill: .*, good/)
  })
}

/** Takes two snapshots that differ. */
export const compare = (person: Person): void => {
  const { dialog, look, open, page, press, repository, see } = person
  test("two snapshots are compared, and several are forgotten only when that was said", async () => {
    await open(`/backup/${repository}`)
    await page()
      .getByRole("checkbox", { name: /^Mark snapshot/ })
      .first()
      .check()
    await page()
      .getByRole("checkbox", { name: /^Mark snapshot/ })
      .nth(1)
      .check()
    await press("Forget")
    await dialog().waitFor()
    await look("forget snapshots", true)
    await page().keyboard.press("Escape")
    await press("Compare")
    await see(/letter-of-2026/)
    await look("compare", true)
  })
}
