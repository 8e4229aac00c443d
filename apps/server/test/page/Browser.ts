/** Debian's Chromium, where it is installed. */
import * as fs from "node:fs"
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

export const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const
export type Size = keyof typeof sizes

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
