import { assert, describe, it } from "vitest"
import { missing, open } from "../Window.ts"

describe.skipIf(missing !== undefined)(
  `the terminal is given back as it was${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    const state = "#{alternate_on} #{cursor_flag} #{mouse_any_flag}"

    it("by leaving", async () => {
      const window = await open({ columns: 80, rows: 24 })
      try {
        assert.strictEqual(window.ask(state), "1 0 1")
        await window.until("1 Storage")
        await window.keys("3")
        await window.until("Nothing has run yet")
        window.send("Q")
        await window.until("ready>")
        assert.strictEqual(window.ask(state), "0 1 0")
      } finally {
        window.close()
      }
    })

    for (const signal of ["TERM", "HUP"]) {
      it(`by SIG${signal}`, async () => {
        const window = await open({ columns: 80, rows: 24 })
        try {
          await window.until("1 Storage")
          process.kill(window.pid(), `SIG${signal}`)
          await window.until("ready>")
          assert.strictEqual(window.ask(state), "0 1 0")
          assert.notInclude(window.lines().join("\n"), "Storage")
        } finally {
          window.close()
        }
      })
    }
  }
)
