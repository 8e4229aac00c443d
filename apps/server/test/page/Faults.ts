/** What shuts somebody out of a screen as it stands: by axe, by what does not fit, and by what a finger misses. */
import AxeBuilder from "@axe-core/playwright"
import type { Page } from "playwright-core"

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/** A color on its way from one theme or state to the other is neither's. */
const still = (page: Page) =>
  page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    // What moves for ever, as the bar of a plan, is not waited for.
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map((one) => one.finished))
  })

/** By WCAG 2.2 AA, in words; of some rules alone where they are named. */
export const violations = async (page: Page, rules?: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  // How large things are is told below, of those behind a bar that stays in sight as well.
  const chosen = rules === undefined ? axe.withTags(tags).disableRules(["target-size"]) : axe.withRules([...rules])
  await still(page)
  const { violations: found } = await chosen.analyze()
  return found.flatMap(({ help, id, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`))
}

/** How much of the document, or of an open dialog, does not fit into the window. */
const unfitting = (page: Page): Promise<ReadonlyArray<string>> =>
  page.evaluate(() => {
    const found: Array<string> = []
    const beyond = document.documentElement.scrollWidth - innerWidth
    if (beyond > 0) found.push(`${beyond} wider than the window`)
    for (const dialog of document.querySelectorAll("dialog[open]")) {
      const isWide = [dialog, ...dialog.children].some((one) => one.scrollWidth > one.clientWidth)
      if (isWide || dialog.clientHeight > innerHeight) found.push("the dialog does not fit")
    }
    for (const row of document.querySelectorAll("[role=row]")) {
      const { bottom, top } = row.getBoundingClientRect()
      const cells = [...row.querySelectorAll("[role=cell] *")].map((one) => one.getBoundingClientRect())
      const isCut = cells.some((one) => one.height > 0 && (one.top < top - 1 || one.bottom > bottom + 1))
      if (isCut) found.push(`a row is not high enough: ${row.textContent?.slice(0, 80)}`)
    }
    return found
  })

/** Least height and width of what is pressed by a mouse (WCAG 2.5.8), and by a finger. */
const least = { pointer: 24, finger: 44 }

/** A link within a sentence is as high as its line. */
const tooSmall = (page: Page, size: number): Promise<ReadonlyArray<string>> =>
  page.evaluate((smallest) => {
    const isShown = (one: Element) => one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
    const pressed = [...document.querySelectorAll("button, select, input, textarea, summary, a")].filter(isShown)
    const found: Array<string> = []
    for (const one of pressed) {
      const isInLine = one.tagName === "A" && getComputedStyle(one).display === "inline"
      const isHidden = one.closest(".sr-only") !== null || (one as HTMLInputElement).type === "file"
      if (isInLine || isHidden) continue
      // A box or circle is pressed through its label, too.
      const label = (one as HTMLInputElement).labels?.[0]
      const isTicked = one.matches("[type=checkbox], [type=radio]")
      const parts = isTicked && label != null ? [one, label] : [one]
      const areas = parts.map((part) => part.getBoundingClientRect())
      const width = Math.max(...areas.map(({ right }) => right)) - Math.min(...areas.map(({ left }) => left))
      const height = Math.max(...areas.map(({ bottom }) => bottom)) - Math.min(...areas.map(({ top }) => top))
      if (Math.round(Math.min(height, width)) < smallest) {
        found.push(`${Math.round(width)} by ${Math.round(height)}: ${one.outerHTML.slice(0, 120)}`)
      }
    }
    return found
  }, size)

export const faults = async (page: Page): Promise<ReadonlyArray<string>> => [
  ...(await violations(page)),
  ...(await unfitting(page)),
  ...(await tooSmall(page, (page.viewportSize()?.width ?? 0) < 720 ? least.finger : least.pointer))
]
