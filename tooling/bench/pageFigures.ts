/** The page of a service in Debian's Chromium: how soon it is drawn, and how a list of 100,000 failed files scrolls. */
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { nameOf, write } from "@ourclone/tasks/testing/FailedFiles"

const chromium = "/usr/bin/chromium"
const server = path.resolve(import.meta.dirname, "..", "..", "apps", "server", "package.json")

/** What is used of it. */
interface Locator {
  readonly fill: (text: string) => Promise<void>
  readonly click: () => Promise<void>
  readonly waitFor: (options?: { readonly timeout: number }) => Promise<void>
  readonly count: () => Promise<number>
}
interface Page {
  readonly goto: (url: string) => Promise<unknown>
  readonly reload: () => Promise<unknown>
  readonly getByLabel: (label: string, options?: object) => Locator
  readonly getByRole: (role: string, options?: object) => Locator
  readonly getByText: (text: string) => Locator
  readonly evaluate: <Answer>(work: () => Answer | Promise<Answer>) => Promise<Answer>
}
interface Chromium {
  readonly launch: (options: object) => Promise<{
    readonly newPage: (options: object) => Promise<Page>
    readonly close: () => Promise<void>
  }>
}

const files = 100_000

const firstPaint = (): number => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN

/** Milliseconds between frames while the list is scrolled by ten rows in each of them. */
const frames = async (): Promise<ReadonlyArray<number>> => {
  const scroller = document.querySelector<HTMLElement>("[role=rowgroup][tabindex]")
  const between: Array<number> = []
  let before = performance.now()
  for (let frame = 0; frame < 180; frame++) {
    scroller?.scrollBy(0, 360)
    await new Promise((drawn) => requestAnimationFrame(drawn))
    const now = performance.now()
    between.push(now - before)
    before = now
  }
  return between.sort((left, right) => left - right)
}

/** Of a service that nobody has set up yet. */
export const pageFigures = async (setUpLink: string, stateDirectory: string): Promise<void> => {
  if (!fs.existsSync(chromium)) return console.log("  There is no chromium: the page is not measured.")
  const { default: library } = await import(pathToFileURL(createRequire(server).resolve("playwright-core")).href)
  const browser = await (library.chromium as Chromium).launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu"]
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(setUpLink)
    await page.getByLabel("Name", { exact: true }).fill("me")
    for (const label of ["Password", "Password again"]) {
      await page.getByLabel(label, { exact: true }).fill("a long enough password")
    }
    const first = await page.evaluate(firstPaint)
    await page.getByRole("button", { name: "Set up and sign in" }).click()
    await page.getByRole("heading", { name: "Overview" }).waitFor()
    await page.reload()
    await page.getByRole("heading", { name: "Overview" }).waitFor()
    const overview = await page.evaluate(firstPaint)
    console.log(`  page: first paint after ${first.toFixed(0)} ms, of Overview after ${overview.toFixed(0)} ms`)
    const id = await write(stateDirectory, files)
    await page.goto(`${new URL(setUpLink).origin}/tasks/${id}?view=failed`)
    const filter = page.getByLabel("Filter")
    const began = performance.now()
    await filter.fill(nameOf(files - 1))
    await page.getByRole("cell", { name: nameOf(files - 1) }).waitFor({ timeout: 300_000 })
    const found = performance.now() - began
    await filter.fill("")
    await page.getByText(nameOf(0)).waitFor()
    const all = await page.evaluate(frames)
    const rows = await page.getByRole("row").count()
    const at = (share: number) => (all[Math.floor(all.length * share)] ?? 0).toFixed(0)
    console.log(
      `  ${files} failed files: searched in ${(found / 1000).toFixed(1)} s, ${rows} rows drawn, ` +
        `frames every ${at(0.5)} ms, the slowest twentieth every ${at(0.95)} ms`
    )
  } finally {
    await browser.close()
  }
}
