/**
 * The page as a person uses it, from the first link to a restored file, on the real service and B2's emulator: what
 * everybody does at the size of a desktop and, with OURCLONE_PAGE_FLOWS=1, of a phone too; the rest at one of them.
 */
import type { Browser, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe } from "vitest"
import { hasChromium, openBrowser, type Size, sizes, watch } from "./Browser.ts"
import * as Backup from "./flows/Backup.ts"
import * as Door from "./flows/Door.ts"
import * as LongList from "./flows/LongList.ts"
import * as Migrate from "./flows/Migrate.ts"
import * as Mounts from "./flows/Mounts.ts"
import * as Schedules from "./flows/Schedules.ts"
import * as Screens from "./flows/Screens.ts"
import * as Settings from "./flows/Settings.ts"
import * as Shell from "./flows/Shell.ts"
import * as Storage from "./flows/Storage.ts"
import * as Person from "./Person.ts"
import { type RealService, startService } from "./RealService.ts"

/** What everybody does takes minutes at each size: at that of a phone it is a command of its own, but for the sign-in. */
const isAtBoth = process.env["OURCLONE_PAGE_FLOWS"] === "1"

describe.skipIf(!hasChromium)("the page (needs /usr/bin/chromium)", () => {
  let service: RealService
  let browser: Browser
  let pages: { readonly [size in Size]: Page }
  const complaints: Array<() => void> = []

  const stage = () => ({ service, pages })
  const desktop = Person.of("desktop", stage)
  const phone = Person.of("phone", stage)

  const openAt = async (size: Size): Promise<Page> => {
    const context = await browser.newContext({
      viewport: sizes[size],
      acceptDownloads: true,
      hasTouch: size === "phone"
    })
    const page = await context.newPage()
    page.setDefaultTimeout(Person.patience)
    complaints.push(watch(page, service.url))
    return page
  }

  beforeAll(async () => {
    service = await startService()
    browser = await openBrowser()
    pages = { desktop: await openAt("desktop"), phone: await openAt("phone") }
  })
  afterAll(async () => {
    await browser?.close()
    await service?.close()
  })
  afterEach(() => {
    for (const isQuiet of complaints) isQuiet()
  })

  Door.firstRun(desktop)
  Door.signOut(desktop)
  for (const person of [desktop, phone]) {
    describe(`on a ${person.size}`, () => {
      Door.signIn(person)
      if (person === phone && !isAtBoth) return
      Storage.addStorage(person)
      Storage.files(person)
      Migrate.migrate(person)
      if (person === desktop) {
        Migrate.undo(person)
        Migrate.spending(person)
        Migrate.limited(person)
        Storage.limits(person)
      }
      Migrate.repair(person)
      Backup.backup(person)
      Backup.restore(person)
      Backup.versions(person)
      Backup.restoreInPlace(person)
      if (person === desktop) Backup.snapshots(person)
      Schedules.schedules(person)
      if (person === desktop) Backup.compare(person)
      Migrate.watched(person)
      Mounts.mounts(person)
    })
  }
  Shell.bar(phone)
  Shell.keys(desktop)
  Shell.typed(desktop)
  LongList.longList(desktop)
  Settings.rates(desktop)
  Settings.notifications(desktop)
  Settings.people(desktop, () => browser)
  Screens.screens(desktop)
})
