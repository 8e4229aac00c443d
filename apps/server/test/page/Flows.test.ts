/** The page as a person uses it, from the first link to a restored file, on the real service and B2's emulator. */
import * as fs from "node:fs"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { desktop, hasChromium, openBrowser, watch } from "./Browser.ts"
import { type RealService, startService } from "./RealService.ts"

const password = "a long enough password"
const patience = 60_000

describe.skipIf(!hasChromium)("the page (needs /usr/bin/chromium)", () => {
  let service: RealService
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let isQuiet: () => void

  const open = async (address: string) => {
    await page.goto(service.url + address)
    await page.getByRole("heading", { level: 1 }).waitFor()
  }
  const press = (name: string | RegExp) => page.getByRole("button", { name }).click()
  const follow = (name: string | RegExp) => page.getByRole("link", { name }).first().click()
  const field = (label: string | RegExp, exact = false) =>
    page.locator("input, textarea").and(page.getByLabel(label, { exact })).first()
  const fill = (label: string | RegExp, text: string) => field(label, label === "Password").fill(text)
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: patience })
  /** The state of the open task. */
  const taskEndsAs = (state: string | RegExp) =>
    page.locator("h1 + div").getByText(state).waitFor({ timeout: patience })

  beforeAll(async () => {
    service = await startService()
    browser = await openBrowser()
    context = await browser.newContext({ viewport: desktop, acceptDownloads: true })
    page = await context.newPage()
    page.setDefaultTimeout(patience)
    isQuiet = watch(page, service.url)
    for (const name of ["one", "two", "three"]) service.write(`Pictures/${name}.txt`, `content of ${name}`)
    service.write("Letters/tax/2025.txt", "the letter of 2025")
  })
  afterAll(async () => {
    await browser?.close()
    await service?.close()
  })
  afterEach(() => isQuiet?.())

  test("the link of the terminal sets the first password and signs in", async () => {
    await page.goto(service.setUpLink)
    await fill("Name", "ann")
    await field("Password", true).fill(password)
    await field("Password again").fill("another")
    await see("This is not the same.")
    await field("Password again").fill(password)
    await press("Set up and sign in")
    await see("Add Storage to begin")
  })

  test("who has signed out comes back to where they were, and a wrong password says so", async () => {
    await press("ann, admin")
    await page.getByRole("menuitem", { name: "Sign out", exact: true }).click()
    await page.getByRole("heading", { name: "Sign in" }).waitFor()
    await page.goto(`${service.url}/schedules`)
    await fill("Name", "ann")
    await field("Password", true).fill("not the password")
    await press("Sign in")
    await page.getByRole("alert").waitFor()
    await field("Password", true).fill(password)
    await press("Sign in")
    await page.getByRole("heading", { level: 1, name: "Schedules" }).waitFor()
  })

  test("Add Storage: a refused key says so and keeps what was typed, the right one is tested, named and saved", async () => {
    await open("/")
    await follow("Add Storage")
    await fill("Find a provider", "backblaze")
    await press(/Backblaze B2/)
    await fill("Key ID", service.emulator.keyId)
    await field("Application key", true).fill("not-the-key")
    await page.getByText("More options").click()
    await fill(/Endpoint/, service.emulator.endpoint)
    await press("Test")
    await see("The storage refused the key")
    expect(await field("Application key", true).inputValue()).toBe("not-the-key")
    await field("Application key", true).fill(service.emulator.key)
    await press("Test")
    await see("It works")
    await fill("Name of this storage", "photos")
    await press("Save storage")
    await see("Added storage photos")
  })

  test("a bucket is made and a file goes up, is replaced only when that is said, has versions and comes back after deletion", async () => {
    await open("/browse?at=photos:")
    await press("New bucket")
    await page.getByRole("dialog").getByLabel("Name").fill("my-bucket")
    await press("Make bucket")
    await see("Made bucket my-bucket")
    await page.getByRole("row", { name: /my-bucket/ }).click()
    const upload = async (content: string) =>
      page
        .getByLabel("Files to upload")
        .setInputFiles({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from(content) })
    await upload("first")
    await page.getByRole("row", { name: /note\.txt/ }).waitFor()
    await upload("second")
    await see("is there already")
    await press("Replace it")
    await page.getByText("uploaded", { exact: true }).nth(1).waitFor()
    await page.getByRole("checkbox", { name: "Mark note.txt" }).check()
    await press("Versions")
    await page.getByRole("dialog").getByRole("listitem").nth(1).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("dialog").getByRole("link", { name: "Download" }).last().click()
    ])
    const stream = await download.createReadStream()
    expect((await stream.toArray()).join("")).toBe("first")
    await page.getByRole("button", { name: "Restore this one" }).last().click()
    await see(/note\.txt is again as of/)
    await page.getByRole("checkbox", { name: "Mark note.txt" }).check()
    await press("Delete")
    await press("Delete 1 file")
    await see("Deleted 1 file")
    await press("Undo")
    await see("Brought back 1 file")
    await page.getByRole("row", { name: /note\.txt/ }).waitFor()
  })

  test("Migrate: the plan first, then the task; a sync says how many files it deletes, a guard can be answered", async () => {
    await open("/migrate")
    await fill("Source", `${service.home}/Pictures`)
    await fill("Destination", "photos:my-bucket/pictures")
    await press("Preview")
    await see("Complete; nothing is written")
    await page.getByRole("button", { name: /Copy new 3 files/ }).waitFor()
    await see(/rates of \d{4}-\d\d-\d\d, yours may differ/)
    await press("Start copy")
    await taskEndsAs("done")
    service.write("Empty/.keep", "")
    await open(`/migrate?from=${encodeURIComponent(`${service.home}/Empty`)}&to=photos:my-bucket/pictures&mode=sync`)
    await press("Preview")
    await press("Start and delete 3 files")
    await taskEndsAs("done")
  })

  test("files that fail are grouped by reason, and retrying takes only those", async () => {
    await open("/migrate")
    await fill("Source", `${service.home}/Pictures`)
    await fill("Destination", `${service.home}/Blocked`)
    await press("Preview")
    await see("Complete; nothing is written")
    service.write("Blocked/two.txt/in-the-way", "a folder of the file's name")
    await press("Start copy")
    await taskEndsAs("done, 1 failed")
    await follow(/Failed/)
    await page.getByRole("table", { name: "Failed files" }).getByText("two.txt").waitFor()
    await page.getByRole("list", { name: "Reasons" }).getByText("1 file").waitFor()
    fs.rmSync(`${service.home}/Blocked/two.txt`, { recursive: true })
    await press("Retry failed")
    await taskEndsAs("done")
    await see("run 2")
  })
})
