/** Add Storage, and the files of one. */
import { expect, test } from "vitest"
import type { Person } from "../Person.ts"

export const addStorage = (person: Person): void => {
  const { field, fill, follow, look, open, page, press, see, service, storage } = person
  test("Add Storage: a refused key says so and keeps what was typed, the right one is tested, named and saved", async () => {
    await open("/storage")
    await follow("Add Storage")
    await fill("Find a provider", "backblaze")
    await press(/Backblaze B2/)
    await fill("Key ID", service().emulator.keyId)
    await field("Application key", true).fill("not-the-key")
    await page().getByText("More options").click()
    await fill(/Endpoint/, service().emulator.endpoint)
    await press("Test")
    await see("The storage refused the key")
    await look("refused key")
    expect(await field("Application key", true).inputValue()).toBe("not-the-key")
    await field("Application key", true).fill(service().emulator.key)
    await press("Test")
    await see("It works")
    await fill("Name of this storage", storage)
    await press("Save storage")
    await see(`Added storage ${storage}`)
  })
}

export const files = (person: Person): void => {
  const { bucket, dialog, field, heading, look, open, page, place, press, pressIn, row, see, storage } = person
  test("a bucket is made and a file goes up, is replaced only when that is said, has versions and comes back after deletion", async () => {
    await open(`/browse?at=${storage}:`)
    await press("New bucket")
    await dialog().getByLabel("Name").fill(bucket)
    await look("new bucket")
    await press("Make bucket")
    await see(`Made bucket ${bucket}`)
    await row(new RegExp(bucket)).click()
    const upload = async (content: string) =>
      page()
        .getByLabel("Files to upload")
        .setInputFiles({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from(content) })
    await upload("first")
    await row(/note\.txt/).waitFor()
    await upload("second")
    await see("is there already")
    await look("uploads")
    await press("Replace it")
    await page().getByText("uploaded", { exact: true }).nth(1).waitFor()
    await page().getByRole("checkbox", { name: "Mark note.txt" }).check()
    await press("Versions")
    await dialog().getByRole("listitem").nth(1).waitFor()
    await dialog().getByRole("button", { name: "Preview" }).last().click()
    await dialog().getByRole("region", { name: "Content of note.txt" }).getByText("first").waitFor()
    await look("versions")
    const [download] = await Promise.all([
      page().waitForEvent("download"),
      dialog().getByRole("link", { name: "Download" }).last().click()
    ])
    const stream = await download.createReadStream()
    expect((await stream.toArray()).join("")).toBe("first")
    await page().getByRole("button", { name: "Restore this one" }).last().click()
    await see(/note\.txt is again as of/)
    await page().getByRole("checkbox", { name: "Mark note.txt" }).check()
    await press("Delete")
    await look("delete")
    await pressIn("Delete 1 file")
    await see("Deleted 1 file")
    await press("Undo")
    await see("Brought back 1 file")
    await row(/note\.txt/).waitFor()
  })

  test("what lies in a storage is transferred from there", async () => {
    await open(`/browse?at=${encodeURIComponent(place())}`)
    await page().getByRole("checkbox", { name: "Mark note.txt" }).check()
    await press("Transfer")
    await look("transfer menu")
    await page().getByRole("menuitem", { name: "Copy to…" }).click()
    await heading("Migrate")
    expect(await field("Source").inputValue()).toBe(place("note.txt"))
  })
}

export const limits = ({ look, open, page, see, storage }: Person): void => {
  test("Storage says what the service takes", async () => {
    await open(`/storage/${storage}`)
    const region = page().getByRole("region", { name: "Limits of the service" })
    await region.getByText("Largest single request").waitFor()
    await region.getByText("at most 10,000").waitFor()
    await region.getByText("none unless you set caps", { exact: false }).waitFor()
    await page().getByRole("button", { name: "Replace key" }).click()
    await look("replace key", true)
    await page().keyboard.press("Escape")
    await page().getByRole("button", { name: "Options" }).click()
    await look("options", true)
    await page().keyboard.press("Escape")
    await page().getByRole("button", { name: "Remove" }).click()
    await look("remove storage", true)
    await page().keyboard.press("Escape")
  })

  test("what lies in a storage is measured, and Overview says what it costs", async () => {
    await open("/storage")
    await page()
      .getByRole("button", { name: `Measure ${storage}` })
      .click()
    await see(/ in \d+ files?, about \$0 a month/)
    await look("storage measured", true)
    await open("/")
    await page()
      .getByRole("region", { name: "Storage used" })
      .getByText(/a month in all, without old versions \(rates of \d{4}-\d\d-\d\d, yours may differ\)/)
      .waitFor()
  })
}
