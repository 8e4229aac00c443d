/** The mouse, as a terminal tells of it. */
import { execFileSync } from "node:child_process"
import { assert, describe, it } from "vitest"
import { missing, open, type Window } from "../Window.ts"

const because = missing === undefined ? "" : ` (${missing})`

const click = (window: Window, text: string, times?: number): Promise<void> => {
  const row = window.lines().findIndex((line) => line.includes(text))
  assert.isAtLeast(row, 0, `no line has ${text}:\n${window.lines().join("\n")}`)
  return window.click(window.lines()[row]!.indexOf(text), row, times)
}

describe.skipIf(missing !== undefined)(`the mouse${because}`, () => {
  it("presses tabs and keys of the last line, chooses by one click and opens by two, in either pane", async () => {
    const window = await open({ columns: 100, rows: 30 })
    try {
      const home = window.environment["HOME"]!
      execFileSync("mkdir", ["-p", `${home}/one/inside`, `${home}/two`])
      await click(window, "3 Tasks")
      await window.until("Nothing has run yet")
      await click(window, "1 Storage")
      await window.until("This computer")
      await click(window, "? Help")
      await window.until("Keys of Storage")
      await click(window, "Esc Back")
      await click(window, "This computer", 2)
      await window.until("│")
      await window.until("one/")
      // The pane at the left, which does not hear keys, is chosen in by a click.
      await click(window, "two/")
      await window.keys("Space")
      await window.until("1 folder with all that is in it marked")
      assert.isTrue(window.lines().some((line) => line.indexOf("● two/") >= 0 && line.indexOf("● two/") < 10))
    } finally {
      window.close()
    }
  })
})
