/** What is around all screens. */
import { expect, test } from "vitest"
import { type Person, password } from "../Person.ts"

export const keys = (person: Person): void => {
  const { dialog, field, heading, look, open, page, row, storage } = person
  test("without a mouse: keys go to screens, along rows and into a task, and the focus is where one is", async () => {
    await open("/")
    await page().keyboard.press("g")
    await page().keyboard.press("t")
    await heading("Tasks")
    await page().getByRole("row").nth(1).focus()
    await page().keyboard.press("ArrowDown")
    await page().keyboard.press("Enter")
    await page().getByRole("navigation", { name: "Of this task" }).waitFor()
    await page().keyboard.press("/")
    await page().getByRole("combobox", { name: "Search" }).fill(storage)
    await look("search", true)
    await page().keyboard.press("Enter")
    await heading("Files")
    await page().keyboard.press("?")
    await dialog().waitFor()
    await look("keys", true)
    await page().keyboard.press("Escape")
    await dialog().waitFor({ state: "detached" })
    await page().keyboard.press("n")
    await dialog().waitFor()
    await look("new", true)
    await page().keyboard.press("Escape")
  })

  test("two places stand beside each other, and what is marked goes to the other one", async () => {
    await open(`/browse?at=${encodeURIComponent(person.place())}`)
    await page().getByRole("button", { name: "Two panes" }).click()
    const right = page().getByRole("region", { name: "Right pane" })
    await right.getByRole("table").waitFor()
    await look("two panes", true)
    await page().getByRole("region", { name: "Left pane" }).getByRole("checkbox", { name: "Mark note.txt" }).check()
    await page().keyboard.press("F5")
    await heading("Migrate")
    expect(await field("Destination").inputValue()).toBe(person.service().home)
  })

  test("rows have room again when a window is turned", async () => {
    await open("/tasks")
    expect((await row(/./).nth(1).boundingBox())?.height).toBe(36)
    await page().setViewportSize({ width: 390, height: 844 })
    await page().waitForFunction(
      () => document.querySelector('[role="row"][data-index="0"]')?.getBoundingClientRect().height === 60
    )
    await page().setViewportSize({ width: 1280, height: 800 })
  })
}

export const bar = (person: Person): void => {
  const { heading, look, open, page, pressIn } = person
  test("on a phone screens are reached from the bar below", async () => {
    await open("/")
    await page().getByRole("button", { name: "New", exact: true }).click()
    await look("new sheet")
    await pressIn("Schedule")
    await heading("New schedule")
    await page().getByRole("button", { name: "More", exact: true }).click()
    await look("more")
    await pressIn("Migrate")
    await heading("Migrate")
  })
}

export const typed = ({ field, fill, heading, look, open, page, press, see, service }: Person): void => {
  test("what is typed stays when the session ends meanwhile, and who signs in again elsewhere goes on there", async () => {
    await open("/migrate")
    await fill("Source", "nothing-yet")
    await fill("Destination", service().home)
    await page().context().clearCookies()
    await press("Preview")
    await see("Your sign-in has ended")
    await look("sign-in ended", true)
    expect(await field("Source").inputValue()).toBe("nothing-yet")
    await press("Go on")
    await see("Your sign-in has ended")
    const signedIn = await page().request.post(`${service().url}/api/v1/session`, { data: { name: "ann", password } })
    expect(signedIn.ok()).toBe(true)
    await press("Go on")
    await page().getByText("Your sign-in has ended").waitFor({ state: "detached" })
    expect(await field("Source").inputValue()).toBe("nothing-yet")
    // Nothing is typed on the next screen: there the way leads to the sign-in, as ever.
    await open("/tasks")
    await page().context().clearCookies()
    await page().getByRole("link", { name: "Settings" }).first().click()
    await heading("Sign in")
    await page().request.post(`${service().url}/api/v1/session`, { data: { name: "ann", password } })
  })
}
