/** Debian's Chromium, where it is installed, and how screens are waited for. */
import * as fs from "node:fs"
import AxeBuilder from "@axe-core/playwright"
import { type Browser, chromium, type Page } from "playwright-core"
import { expect } from "vitest"

const program = "/usr/bin/chromium"

export const hasChromium = fs.existsSync(program)

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: program, args: quiet })

export const desktop = { width: 1280, height: 800 }
export const phone = { width: 390, height: 844 }

/** Fails the test that asks when the page has complained, or has asked another host for anything. */
export const watch = (page: Page, own: string): (() => void) => {
  const complaints: Array<string> = []
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (message) => {
    // A refusal that a test provokes is told by the browser, too.
    const isRefusal = message.text().startsWith("Failed to load resource")
    if ((message.type() === "error" || message.type() === "warning") && !isRefusal) complaints.push(message.text())
  })
  page.on("request", (request) => {
    const url = request.url()
    if (!url.startsWith(own) && !url.startsWith("data:") && !url.startsWith("blob:")) complaints.push(`asked ${url}`)
  })
  return () => expect(complaints).toEqual([])
}

/** What axe finds by WCAG 2.2 AA, in words. */
export const violations = async (page: Page, rules?: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  const chosen =
    rules === undefined
      ? axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
      : axe.withRules([...rules])
  // A color on its way from one theme to the other is neither's.
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished))
  })
  const { violations: found } = await chosen.analyze()
  return found.flatMap(({ help, id, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`))
}

/** Nothing is wider than the window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
