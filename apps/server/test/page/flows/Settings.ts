/** Who is told, and who may come in. */
import type { Browser } from "playwright-core"
import { expect, test } from "vitest"
import { startReceiver } from "../../Receiver.ts"
import { sizes } from "../Browser.ts"
import { type Person, password } from "../Person.ts"

const ways = ["Mail", "Webhook", "healthchecks.io", "ntfy"]

export const notifications = (person: Person): void => {
  const { dialog, look, open, page, press, pressIn, see } = person
  test("Notifications: a way to be told is added, tried, changed without its secret, and removed", async () => {
    const { close, heard, host } = await startReceiver()
    await open("/settings/notifications")
    await see("Nobody is told")
    await press("New notification")
    for (const way of ways) {
      await dialog().getByRole("radio", { name: way }).check()
      await look(`new notification ${way}`, true)
    }
    await dialog().getByLabel("Name").fill("phone")
    await dialog().getByLabel("Address of the topic").fill(`http://${host}/topic`)
    await dialog().locator("input[type=password]").fill("tk_planted")
    await press("Save notification")
    const told = page().getByRole("list", { name: "Notifications" })
    await told.getByText(`ntfy, ${host}`).waitFor()
    await press("Test phone")
    await see(/Not told: .*onMyNetwork/)
    await look("notifications", true)
    await press("Change phone")
    await look("change notification", true)
    await dialog().getByLabel("It is on my own network").check()
    await dialog().getByLabel("A task is done").check()
    await press("Save notification")
    await dialog().waitFor({ state: "detached" })
    await press("Test phone")
    await see("phone was told")
    expect(heard.map(({ headers }) => headers.authorization)).toEqual(["Bearer tk_planted"])
    expect(await page().content()).not.toContain("tk_planted")
    await press("Remove phone")
    await look("remove notification", true)
    await pressIn("Remove phone")
    await see("Nobody is told")
    close()
  })
}

export const rates = (person: Person): void => {
  const { fill, look, open, place, press, see, local } = person
  test("costs are by one's own rates once they are given, for everybody", async () => {
    await open("/settings")
    await fill("Dollars a TB and 30 days stored", "100000")
    await press("Use these rates")
    await see(/Your own, of \d{4}-\d\d-\d\d\./)
    await look("own rates", true)
    await open(`/migrate?from=${encodeURIComponent(local("Many"))}&to=${encodeURIComponent(place("many-more"))}`)
    await press("Preview")
    await see(/Costs \$0\.20 a month more \(by your own rates of/)
    await open("/settings")
    await press(/^Rates of /)
    await see(/yours may differ/)
  })
}

export const people = (person: Person, browser: () => Browser): void => {
  const { dialog, fill, look, open, page, press, service, storage } = person
  test("tokens are shown once, and people are invited by a link", async () => {
    await open("/settings/tokens")
    await press("New token")
    await look("new token", true)
    await fill("Name", "monitoring")
    await press("Make token")
    await dialog().getByText(/^oc_/).waitFor()
    await look("made token", true)
    await press("I have stored it")
    await page().getByRole("list", { name: "Tokens" }).getByText("monitoring").first().waitFor()
    await open("/settings/users")
    await press("Invite")
    await look("invite", true)
    await fill("Name", "bob")
    await press("Make invitation")
    const link = await dialog()
      .getByText(/\/setup#/)
      .textContent()
    await look("invitation", true)
    await press("Done")
    await press("Change bob")
    await look("change a user", true)
    await page().keyboard.press("Escape")
    const guest = await browser().newContext({ viewport: sizes.phone })
    const other = await guest.newPage()
    await other.goto(link ?? "")
    await other.getByLabel("Name").fill("bob")
    for (const label of ["Password", "Password again"]) {
      await other.getByRole("textbox", { name: label, exact: true }).fill(password)
    }
    await other.getByRole("button", { name: "Set up and sign in" }).click()
    await other.getByRole("heading", { name: "Overview" }).waitFor()
    await other.goto(`${service().url}/storage/${storage}`)
    await other
      .getByRole("button", { name: /^Remove/ })
      .and(other.locator("[title='As operator you may not change storage']"))
      .waitFor()
    await guest.close()
  })
}
