/** The page as a person uses it, from the first link to a restored file, on the real service and B2's emulator. */
import * as fs from "node:fs"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { startReceiver } from "../Receiver.ts"
import { desktop, hasChromium, openBrowser, overflow, phone, violations, watch } from "./Browser.ts"
import * as EachType from "./EachType.ts"
import * as Person from "./Person.ts"
import { hasFuse, type RealService, startService } from "./RealService.ts"
import { screens } from "./Screens.ts"

const password = "a long enough password"

describe.skipIf(!hasChromium)("the page (needs /usr/bin/chromium)", () => {
  let service: RealService
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let isQuiet: () => void

  const { field, fill, follow, open, press, see, shoot, taskEndsAs } = Person.of(
    () => page,
    () => service
  )

  beforeAll(async () => {
    service = await startService()
    browser = await openBrowser()
    context = await browser.newContext({ viewport: desktop, acceptDownloads: true })
    page = await context.newPage()
    page.setDefaultTimeout(Person.patience)
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

  test("Undo: what a task did is said before it is taken back, and what can not be stays only when that is said", async () => {
    await follow("Undo")
    await page.getByRole("heading", { level: 1, name: "Undo" }).waitFor()
    await see("Complete; nothing is written")
    await page.getByRole("button", { name: /Bring back 3 files/ }).waitFor()
    await page.getByRole("button", { name: /Hide what was added 1 file/ }).waitFor()
    await shoot("undo")
    await press("Take back 4 files")
    await taskEndsAs("done")
    await open("/browse?at=photos:my-bucket/pictures")
    await page.getByRole("row", { name: /three\.txt/ }).waitFor()
    // A folder of this computer keeps no versions: it says so.
    await open("/migrate")
    await fill("Source", `${service.home}/Pictures`)
    await fill("Destination", `${service.home}/Copy`)
    await press("Preview")
    await press("Start copy")
    await taskEndsAs("done")
    await follow("Undo")
    await see("It could not be planned")
  })

  test("Migrate: what it stores stands against space, file sizes and a limit in dollars, and a few files are tried first", async () => {
    for (let index = 0; index < 8; index++) service.write(`Many/${index}.txt`, `number ${index}`)
    service.write("Many/large.bin", new Uint8Array(2_000_000))
    await open(`/migrate?from=${encodeURIComponent(`${service.home}/Many`)}&to=photos:my-bucket/many`)
    await page.getByText("Filters and limits").click()
    await fill("Dollars it may cost", "0")
    await press("Preview")
    await see(/Stores 1\.9 MiB\. Backblaze B2 names no quota/)
    await see(/The largest file has 1\.9 MiB; the storage takes up to/)
    await see(/That is more than your limit of \$0: it would do nothing/)
    await page
      .getByRole("button", { name: "Start copy" })
      .and(page.locator("[title='It would cost more than you allow']"))
      .waitFor()
    await shoot("plan")
    await fill("Dollars it may cost", "1")
    await press("Preview")
    await page.getByText(/more than your limit/).waitFor({ state: "detached" })
    await press("Try with 5 files")
    await taskEndsAs("done")
    await page.getByRole("definition").filter({ hasText: /^5$/ }).first().waitFor()
    await open(
      `/migrate?from=${encodeURIComponent(`${service.home}/Many`)}&to=${encodeURIComponent(`${service.home}/There`)}`
    )
    await press("Preview")
    await see(/Stores 1\.9 MiB; .* are free there\./)
  })

  test("Storage says what the service takes", async () => {
    await open("/storage/photos")
    const limits = page.getByRole("region", { name: "Limits of the service" })
    await limits.getByText("Largest single request").waitFor()
    await shoot("limits")
    await limits.getByText("at most 10,000").waitFor()
    await limits.getByText("none unless you set caps", { exact: false }).waitFor()
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
    await shoot("failed")
    fs.rmSync(`${service.home}/Blocked/two.txt`, { recursive: true })
    await press("Retry failed")
    await taskEndsAs("done")
    await see("run 2")
  })

  test("Backup: a repository is made with a password that was stored, and a snapshot appears", async () => {
    await open("/backup")
    await follow("New repository")
    await fill("Name", "home")
    await fill("Place", "photos:my-bucket/backup")
    await field("Repository password").fill("the password of the repository")
    await field("Repository password again").fill("the password of the repository")
    const [text] = await Promise.all([page.waitForEvent("download"), press("Download as text")])
    expect(text.suggestedFilename()).toBe("repository-home.txt")
    await page.getByLabel("I have stored the password in a safe place").check()
    await press("Make repository")
    await see("No snapshot yet")
    await follow("New Backup")
    await fill("Folder to add", `${service.home}/Letters`)
    await press("Add")
    await press("Start backup")
    await taskEndsAs("done")
    await follow("Restore")
    await page
      .getByRole("row", { name: /tmp|home/ })
      .first()
      .waitFor()
  })

  test("Restore: what is chosen is previewed, restored into another folder, and found again in all snapshots", async () => {
    await open("/backup/home?view=find")
    await fill("Name or path", "2025")
    await press("Find")
    await page.getByRole("table", { name: "Found files" }).getByText("2025.txt").first().waitFor()
    await follow("Restore")
    await page.getByRole("heading", { name: "Restore 1 selected" }).waitFor()
    await fill("Folder", `${service.home}/restored`)
    await press("Preview")
    await see("Complete; nothing is written")
    await press("Start restore")
    await taskEndsAs("done")
    expect(service.read(`restored${service.home}/Letters/tax/2025.txt`)).toBe("the letter of 2025")
  })

  test("Restore where the files were: what differs is kept beside, and the log tells it in words", async () => {
    service.write("Letters/tax/2025.txt", "changed since")
    await open("/backup/home/latest/restore")
    await page.getByLabel("Where they were").check()
    await see(`Into ${service.home}.`)
    await page.getByLabel("Keep both").check()
    await press("Preview")
    await see("Complete; nothing is written")
    await page.getByRole("button", { name: /Restore 1 file/ }).waitFor()
    await shoot("restore")
    await see(/are free there/)
    await press("Start restore")
    await taskEndsAs("done")
    expect(service.read("Letters/tax/2025.txt")).toBe("changed since")
    const beside = fs.readdirSync(`${service.home}/Letters/tax`).filter((name) => name !== "2025.txt")
    expect(beside).toEqual([expect.stringMatching(/^2025 \(snapshot [0-9a-f]{8}\)\.txt$/)])
    expect(service.read(`Letters/tax/${beside[0]}`)).toBe("the letter of 2025")
    fs.rmSync(`${service.home}/Letters/tax/${beside[0]}`)
    service.write("Letters/tax/2025.txt", "the letter of 2025")
    await follow("Log")
    await see(/^snapshot [0-9a-f]{8} of /)
    await see("run began")
    await shoot("log")
  })

  test("Drill: some files are restored for a try and compared, and Backup says when that went well", async () => {
    await open("/backup/home?view=care")
    await press("Drill with 20 files")
    await taskEndsAs("done")
    await open("/backup/home")
    await see(/Last drill: .*, good/)
  })

  test("a snapshot is walked through and given as a ZIP", async () => {
    await open("/backup/home")
    await page.getByRole("table", { name: "Snapshots" }).getByRole("row").nth(1).click()
    for (const name of [...service.home.split("/").filter(Boolean), "Letters", "tax"]) {
      await page.getByRole("row", { name: new RegExp(`^Mark ${name} `) }).click()
    }
    await page.getByRole("row", { name: /2025\.txt/ }).waitFor()
    const [zip] = await Promise.all([page.waitForEvent("download"), follow("Download this folder as ZIP")])
    const bytes = Buffer.concat(await (await zip.createReadStream()).toArray())
    expect(bytes.subarray(0, 2).toString()).toBe("PK")
  })

  test("Schedules: a backup every week says when it is due, runs now, and is switched off", async () => {
    await open("/schedules/new")
    await fill("Folder to add", `${service.home}/Letters`)
    await press("Add")
    await page.getByLabel("How often").selectOption("weekly")
    await see(/Next: \d{4}-\d\d-\d\d 02:30.*every Sunday at 02:30/)
    await press("Save schedule")
    await see("every Sunday at 02:30, UTC")
    await page.getByLabel("On", { exact: true }).click()
    await page.getByRole("definition").getByText("off", { exact: true }).waitFor()
    await press("Run now")
    await taskEndsAs("done")
  })

  test("what a command started is seen at once, and cancelled from here the command says by whom", async () => {
    service.write("Large/one.bin", new Uint8Array(3_000_000))
    await open("/tasks")
    const command = service.command("copy", `${service.home}/Large`, "photos:my-bucket/large", "--bwlimit", "100k")
    const said: Array<string> = []
    command.stderr?.on("data", (some) => said.push(String(some)))
    const code = new Promise((resolve) => command.once("exit", resolve))
    const row = page.getByRole("row", { name: /Large → photos:my-bucket\/large/ })
    await row.click()
    await press("Cancel")
    await page.getByRole("dialog").getByRole("button", { name: "Cancel task" }).click()
    await taskEndsAs("cancelled")
    expect(await code).toBe(130)
    expect(said.join("")).toContain("ann")
  })

  test.skipIf(!hasFuse)(
    "Mount: a place appears as a folder, and is unmounted when all is sent (needs /dev/fuse)",
    async () => {
      fs.mkdirSync(`${service.home}/mounted`)
      await open("/mounts/new")
      await fill("What", "photos:my-bucket/pictures-mounted")
      await fill("Folder it appears in", `${service.home}/mounted`)
      await press("Start mount")
      await taskEndsAs("running")
      await open("/mounts")
      await see(`${service.home}/mounted`)
      await see("folder, read and write")
      await press(/^Unmount/)
      await page.getByRole("dialog").getByRole("button", { name: "Unmount" }).click()
      await page.getByRole("heading", { level: 1, name: /^Unmount/ }).waitFor()
      await taskEndsAs("done")
      await open("/mounts")
      await see("Nothing is mounted")
    }
  )

  test("Notifications: a way to be told is added, tried, changed without its secret, and removed", async () => {
    const { close, heard, host } = await startReceiver()
    await open("/settings/notifications")
    await see("Nobody is told")
    await press("New notification")
    const dialog = page.getByRole("dialog")
    expect(await EachType.lookAtEach(page, (type) => shoot(`new notification ${type}`))).toEqual([])
    await dialog.getByLabel("Name").fill("phone")
    await dialog.getByLabel("Address of the topic").fill(`http://${host}/topic`)
    await dialog.locator("input[type=password]").fill("tk_planted")
    await press("Save notification")
    const told = page.getByRole("list", { name: "Notifications" })
    await told.getByText(`ntfy, ${host}`).waitFor()
    await press("Test phone")
    await see(/Not told: .*onMyNetwork/)
    await shoot("notifications")
    await press("Change phone")
    expect(await EachType.look(page, () => shoot("change notification"))).toEqual([])
    await dialog.getByLabel("It is on my own network").check()
    await dialog.getByLabel("A task is done").check()
    await press("Save notification")
    await dialog.waitFor({ state: "detached" })
    await press("Test phone")
    await see("phone was told")
    expect(heard.map(({ headers }) => headers.authorization)).toEqual(["Bearer tk_planted"])
    expect(await page.content()).not.toContain("tk_planted")
    await press("Remove phone")
    await dialog.getByRole("button", { name: "Remove phone" }).click()
    await see("Nobody is told")
    close()
  })

  test("tokens are shown once, and people are invited by a link", async () => {
    await open("/settings/tokens")
    await press("New token")
    await fill("Name", "monitoring")
    await press("Make token")
    await page.getByRole("dialog").getByText(/^oc_/).waitFor()
    await press("I have stored it")
    await page.getByRole("list", { name: "Tokens" }).getByText("monitoring").first().waitFor()
    await open("/settings/users")
    await press("Invite")
    await fill("Name", "bob")
    await press("Make invitation")
    const link = await page
      .getByRole("dialog")
      .getByText(/\/setup#/)
      .textContent()
    await press("Done")
    const guest = await browser.newContext({ viewport: phone })
    const other = await guest.newPage()
    await other.goto(link ?? "")
    await other.getByLabel("Name").fill("bob")
    for (const label of ["Password", "Password again"]) {
      await other.getByRole("textbox", { name: label, exact: true }).fill(password)
    }
    await other.getByRole("button", { name: "Set up and sign in" }).click()
    await other.getByRole("heading", { name: "Overview" }).waitFor()
    await other.goto(`${service.url}/storage/photos`)
    await other
      .getByRole("button", { name: /^Remove/ })
      .and(other.locator("[title='As operator you may not change storage']"))
      .waitFor()
    await guest.close()
  })

  test("without a mouse: keys go to screens, along rows and into a task, and the focus is where one is", async () => {
    await open("/")
    await page.keyboard.press("g")
    await page.keyboard.press("t")
    await page.getByRole("heading", { level: 1, name: "Tasks" }).waitFor()
    await page.getByRole("row").nth(1).focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.getByRole("navigation", { name: "Of this task" }).waitFor()
    await page.keyboard.press("/")
    await page.getByRole("combobox", { name: "Search" }).fill("photos")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "Files" }).waitFor()
    await page.keyboard.press("?")
    await page.getByRole("dialog").waitFor()
    await page.keyboard.press("Escape")
    await page.getByRole("dialog").waitFor({ state: "detached" })
  })

  test("axe finds nothing on any screen, in light and in dark, and on a phone none is wider than the window", async () => {
    const found: Array<string> = []
    const missed = { because: "the service did not run then, and the schedule asks for no run in its place" }
    await page.route("**/api/v1/schedules", async (route) => {
      const response = await route.fetch()
      const all: ReadonlyArray<object> = await response.json()
      const lastMissed = { at: Date.now(), ...missed }
      await route.fulfill({ response, json: all.map((one) => ({ ...one, lastMissed })) })
    })
    await open("/schedules")
    await see(missed.because)
    for (const screen of screens(service.home)) {
      await open(screen)
      found.push(...(await violations(page)).map((one) => `${screen} ${one}`))
      await shoot(screen)
      await page.emulateMedia({ colorScheme: "dark" })
      found.push(...(await violations(page, ["color-contrast"])).map((one) => `${screen} dark ${one}`))
      await shoot(`${screen} dark`)
      await page.emulateMedia({ colorScheme: "light" })
      await page.setViewportSize(phone)
      await shoot(screen)
      const wider = await overflow(page)
      if (wider > 0) found.push(`${screen} is ${wider} wider than a phone`)
      await page.setViewportSize(desktop)
    }
    await page.unroute("**/api/v1/schedules")
    expect(found).toEqual([])
  })

  test("a repository that is not there says so alone, and rows have room again when a window is turned", async () => {
    await open("/backup/nosuch")
    await see("No repository has this name here")
    await page.getByText(/is not stored/).waitFor({ state: "detached" })
    await open("/tasks")
    const row = page.getByRole("table").getByRole("row").nth(1)
    expect((await row.boundingBox())?.height).toBe(36)
    await page.setViewportSize(phone)
    await page.waitForFunction(() => document.querySelector('[role="row"][data-index="0"]')?.clientHeight === 59)
    await page.setViewportSize(desktop)
  })

  test("on a phone screens are reached from the bar below, and what is pressed is large enough", async () => {
    await page.setViewportSize(phone)
    await open("/")
    await page.getByRole("button", { name: "More", exact: true }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Migrate" }).click()
    await page.getByRole("heading", { level: 1, name: "Migrate" }).waitFor()
    const small = await page
      .getByRole("main")
      .getByRole("button")
      .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 36).map((one) => one.textContent))
    expect(small).toEqual([])
  })
})
