/** The page of a service in Debian's Chromium, as a picture. */
import { createRequire } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"

interface Locator {
  readonly fill: (text: string) => Promise<void>
  readonly click: () => Promise<void>
  readonly waitFor: () => Promise<void>
  readonly first: () => Locator
}

/** What is used of it. */
interface Page {
  readonly goto: (url: string) => Promise<unknown>
  readonly getByLabel: (label: string, options?: object) => Locator
  readonly getByRole: (role: string, options: object) => Locator
  readonly getByText: (text: string) => Locator
  readonly evaluate: <Given>(work: (given: Given) => void, given: Given) => Promise<void>
  readonly screenshot: (options: object) => Promise<unknown>
}

interface Chromium {
  readonly launch: (options: object) => Promise<{
    readonly newPage: (options: object) => Promise<Page>
    readonly close: () => Promise<void>
  }>
}

const server = path.resolve(import.meta.dirname, "..", "..", "apps", "server", "package.json")

const load = async (): Promise<Chromium> => {
  const found = createRequire(server).resolve("playwright-core")
  const { default: library } = await import(pathToFileURL(found).href)
  return library.chromium
}

/** In the texts of the page, what `words` names stands for what it is on this machine. */
const rename = (words: Readonly<Record<string, string>>): void => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    let text = node.nodeValue ?? ""
    for (const [real, shown] of Object.entries(words)) text = text.replaceAll(real, shown)
    node.nodeValue = text
  }
}

export const pagePicture = async (
  setUpLink: string,
  file: string,
  words: Readonly<Record<string, string>>
): Promise<void> => {
  const chromium = await load()
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"]
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
    await page.goto(setUpLink)
    await page.getByLabel("Name", { exact: true }).fill("me")
    await page.getByLabel("Password", { exact: true }).fill("a long enough password")
    await page.getByLabel("Password again", { exact: true }).fill("a long enough password")
    await page.getByRole("button", { name: "Set up and sign in" }).click()
    await page.getByRole("heading", { name: "Lately" }).waitFor()
    await page.getByText("MiB/s").first().waitFor()
    await page.evaluate(rename, words)
    await page.screenshot({ path: file })
  } finally {
    await browser.close()
  }
}
