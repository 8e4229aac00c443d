/** What a person does on the page, by what they read there. */
import type { Page } from "playwright-core"
import type { RealService } from "./RealService.ts"

export const patience = 60_000

/** Of the page and the service as they are when something is done. */
export const of = (at: () => Page, service: () => RealService) => {
  const field = (label: string | RegExp, exact = false) =>
    at().locator("input:not([type=radio], [type=checkbox]), textarea").and(at().getByLabel(label, { exact })).first()
  return {
    field,
    open: async (address: string) => {
      await at().goto(service().url + address)
      await at().getByRole("heading", { level: 1 }).waitFor()
    },
    press: (name: string | RegExp) => at().getByRole("button", { name }).click(),
    follow: (name: string | RegExp) => at().getByRole("link", { name }).first().click(),
    fill: (label: string | RegExp, text: string) => field(label, label === "Password").fill(text),
    see: (text: string | RegExp) => at().getByText(text).first().waitFor({ timeout: patience }),
    /** The state of the open task. */
    taskEndsAs: (state: string | RegExp) => at().locator("h1 + div").getByText(state).waitFor({ timeout: patience }),
    /** For who wants to look: PAGE_SCREENSHOTS is a folder. */
    shoot: async (name: string) => {
      const folder = process.env.PAGE_SCREENSHOTS
      if (folder === undefined) return
      const file = name.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "overview"
      await at().screenshot({ path: `${folder}/${file}-${at().viewportSize()?.width}.png`, fullPage: true })
    }
  }
}
