/** Every screen of the page, with what it shows after the flows. */
import { expect, test } from "vitest"
import { sizes } from "../Browser.ts"
import { faults, violations } from "../Faults.ts"
import type { Person } from "../Person.ts"

const addresses = ({ local, place, repository, storage }: Person): ReadonlyArray<string> => [
  "/",
  "/storage",
  "/storage/~new",
  "/storage/~new?type=b2",
  `/storage/${storage}`,
  `/browse?at=${encodeURIComponent(place())}`,
  `/migrate?from=${encodeURIComponent(local("Pictures"))}&to=${encodeURIComponent(place("pictures"))}`,
  "/tasks",
  "/tasks?tab=waiting",
  "/backup",
  "/backup/~new",
  `/backup/${repository}`,
  "/backup/nosuch",
  `/backup/${repository}?view=find`,
  `/backup/${repository}?view=care`,
  `/backup/${repository}/new`,
  `/backup/${repository}/latest`,
  `/backup/${repository}/latest/restore`,
  "/schedules",
  "/schedules/new",
  "/mounts",
  "/mounts/new",
  "/settings",
  "/settings/notifications",
  "/settings/tokens",
  "/settings/users",
  "/settings/audit",
  "/no/such/screen"
]

const views = ["", "?view=failed", "?view=skipped", "?view=log", "?view=request"]

export const screens = (person: Person): void => {
  const { open, page, see, service, shoot } = person
  test("a repository that is not there says so alone", async () => {
    await open("/backup/nosuch")
    await see("No repository has this name here")
    await page()
      .getByText(/is not stored/)
      .waitFor({ state: "detached" })
  })

  test("nobody is shut out of any screen, at both sizes, in light and in dark", async () => {
    const missed = { because: "the service did not run then, and the schedule asks for no run in its place" }
    await page().route("**/api/v1/schedules", async (route) => {
      const response = await route.fetch()
      const all: ReadonlyArray<object> = await response.json()
      const lastMissed = { at: Date.now(), ...missed }
      await route.fulfill({ response, json: all.map((one) => ({ ...one, lastMissed })) })
    })
    await open("/schedules")
    await see(missed.because)
    const answer = await page().request.get(`${service().url}/api/v1/tasks`)
    const { tasks } = (await answer.json()) as { tasks: ReadonlyArray<{ id: string; totals: { failed: number } }> }
    const task = (tasks.find(({ totals }) => totals.failed > 0) ?? tasks[0])!
    for (const screen of [...addresses(person), ...views.map((view) => `/tasks/${task.id}${view}`)]) {
      await open(screen)
      const found: Array<string> = [...(await faults(page()))]
      await shoot(screen)
      await page().emulateMedia({ colorScheme: "dark" })
      found.push(...(await violations(page(), ["color-contrast"])).map((one) => `dark ${one}`))
      await shoot(`${screen} dark`)
      await page().setViewportSize(sizes.phone)
      await shoot(`${screen} dark`)
      await page().emulateMedia({ colorScheme: "light" })
      await shoot(screen)
      found.push(...(await faults(page())).map((one) => `on a phone ${one}`))
      await page().setViewportSize(sizes.desktop)
      expect.soft(found, `${screen}: ${found.join("; ")}`).toEqual([])
    }
    await page().unroute("**/api/v1/schedules")
  })
}
