/** What a person does on the page, by what they read there, in a window of one size, with things of their own. */
import type { Page } from "playwright-core"
import { expect } from "vitest"
import { type Size, sizes } from "./Browser.ts"
import { faults } from "./Faults.ts"
import type { RealService } from "./RealService.ts"

export const patience = 60_000
export const password = "a long enough password"

interface Names {
  readonly storage: string
  readonly bucket: string
  readonly repository: string
  /** In the service's home. */
  readonly folder: string
}

/** The same flows at both sizes, on one service, do not meet. */
const namesAt: { readonly [size in Size]: Names } = {
  desktop: { storage: "photos", bucket: "my-bucket", repository: "home", folder: "Desk" },
  phone: { storage: "pocket", bucket: "pocket-bucket", repository: "pocketed", folder: "Pocket" }
}

export interface Stage {
  readonly service: RealService
  readonly pages: { readonly [size in Size]: Page }
}

/** `stage` is asked at each deed, as it is set up after tests are named. */
export const of = (size: Size, stage: () => Stage) => {
  const names = namesAt[size]
  const page = () => stage().pages[size]
  const service = () => stage().service
  const below = (name: string) => (name === "" ? names.folder : `${names.folder}/${name}`)
  const field = (label: string | RegExp, exact = false) =>
    page()
      .locator("input:not([type=radio], [type=checkbox]), textarea")
      .and(page().getByLabel(label, { exact }))
      .first()
  /** For who wants to look: PAGE_SCREENSHOTS is a folder. */
  const shoot = async (name: string) => {
    const folder = process.env.PAGE_SCREENSHOTS
    if (folder === undefined) return
    const file = name.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "overview"
    await page().screenshot({ path: `${folder}/${file}-${page().viewportSize()?.width}.png`, fullPage: true })
  }
  const dialog = () => page().getByRole("dialog")
  return {
    ...names,
    size,
    page,
    service,
    /** The bucket as a place, and what is below it. */
    place: (path = "") => `${names.storage}:${names.bucket}${path === "" ? "" : `/${path}`}`,
    /** A file or folder of theirs, absolute. */
    local: (name = "") => `${service().home}/${below(name)}`,
    write: (name: string, content: string | Uint8Array) => service().write(below(name), content),
    read: (name: string) => service().read(below(name)),
    field,
    dialog,
    open: async (address: string) => {
      await page().goto(service().url + address)
      await page().getByRole("heading", { level: 1 }).waitFor()
    },
    press: (name: string | RegExp) => page().getByRole("button", { name }).click(),
    /** Of the open dialog. */
    pressIn: (name: string | RegExp) => dialog().getByRole("button", { name }).click(),
    follow: (name: string | RegExp) => page().getByRole("link", { name }).first().click(),
    fill: (label: string | RegExp, text: string) => field(label, label === "Password").fill(text),
    row: (name: RegExp) => page().getByRole("row", { name }),
    see: (text: string | RegExp) => page().getByText(text).first().waitFor({ timeout: patience }),
    heading: (name: string | RegExp) => page().getByRole("heading", { level: 1, name }).waitFor({ timeout: patience }),
    /** The state of the open task. */
    taskEndsAs: (state: string | RegExp) => page().locator("h1 + div").getByText(state).waitFor({ timeout: patience }),
    shoot,
    /** What is shown now has nothing that shuts somebody out, and fits its window; `both` turns the window, too. */
    look: async (name: string, both = false) => {
      for (const at of both ? (["phone", "desktop"] as const) : [size]) {
        if (both) await page().setViewportSize(sizes[at])
        await shoot(name)
        const found = await faults(page())
        expect.soft(found, `${name} at ${at}: ${found.join("; ")}`).toEqual([])
      }
      if (both) await page().setViewportSize(sizes[size])
    }
  }
}
export type Person = ReturnType<typeof of>
