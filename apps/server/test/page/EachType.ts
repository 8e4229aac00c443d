/** The dialog of a notification in each of its forms, at both sizes. */
import type { Page } from "playwright-core"
import { desktop, overflow, phone, violations } from "./Browser.ts"

const types = ["Mail", "Webhook", "healthchecks.io", "ntfy"]

/** What axe says of the page as it stands, and where it is larger than its window, at both sizes; the larger one stays. */
export const look = async (page: Page, shoot: () => Promise<void>): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const size of [phone, desktop]) {
    await page.setViewportSize(size)
    await shoot()
    found.push(...(await violations(page)).map((one) => `at ${size.width}: ${one}`))
    if ((await overflow(page)) > 0) found.push(`wider than ${size.width}`)
    const [beyond = 0, height = 0] = await page
      .getByRole("dialog")
      .evaluate((one) => [one.scrollWidth - one.clientWidth, one.clientHeight])
    if (beyond > 0 || height > size.height) found.push(`the dialog does not fit at ${size.width}`)
  }
  return found
}

/** `look` for each way to be told; the last one stays chosen. */
export const lookAtEach = async (
  page: Page,
  shoot: (name: string) => Promise<void>
): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const type of types) {
    await page.getByRole("dialog").getByRole("radio", { name: type }).check()
    found.push(...(await look(page, () => shoot(type))).map((one) => `${type} ${one}`))
  }
  return found
}
