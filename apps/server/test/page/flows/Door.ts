/** The first password, signing in and out. */
import { test } from "vitest"
import { type Person, password } from "../Person.ts"

export const firstRun = ({ field, fill, look, page, press, see, service }: Person): void => {
  test("the link of the terminal sets the first password and signs in", async () => {
    await page().goto(service().setUpLink)
    await fill("Name", "ann")
    await field("Password", true).fill(password)
    await field("Password again").fill("another")
    await see("This is not the same.")
    await look("set-up", true)
    await field("Password again").fill(password)
    await press("Set up and sign in")
    await see("Add Storage to begin")
    await look("first overview", true)
  })
}

export const signIn = ({ field, fill, heading, look, open, page, press }: Person): void => {
  test("Sign-in: a wrong password says so, the right one leads to where somebody wanted to go", async () => {
    await open("/schedules")
    await heading("Sign in")
    await fill("Name", "ann")
    await field("Password", true).fill("not the password")
    await press("Sign in")
    await page().getByRole("alert").waitFor()
    await look("sign-in")
    await field("Password", true).fill(password)
    await press("Sign in")
    await heading("Schedules")
  })
}

export const signOut = ({ heading, page, press }: Person): void => {
  test("who signs out has to sign in again", async () => {
    await press("ann, admin")
    await page().getByRole("menuitem", { name: "Sign out", exact: true }).click()
    await heading("Sign in")
  })
}
