/** What people come for, by keys alone, in three windows: each on a machine of its own with an emulator of B2. */
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "vitest"
import { missing, open } from "../Window.ts"
import { fits, sizes } from "./Fits.ts"
import { photos } from "./Photos.ts"

const because = missing === undefined ? "" : ` (${missing})`

describe.skipIf(missing !== undefined)(`in a window${because}`, () => {
  it.for(sizes)("of $columns×$rows: storage, sync with its plan, backup and restore", async (size) => {
    const { close, home, put, window } = await photos(size)
    const { keys, until } = window
    try {
      const pictures = path.join(home, "pictures")
      put("pictures/a.jpg", "aaaa")
      put("pictures/b\u001b[2J\n.jpg", "bb")
      fits(window, size)

      await keys("2", "text:~/pictures", "Enter", "text:photos:my-bucket/pictures", "Enter", "text:s", "C-s")
      await until("Copy new")
      await until("Start: S")
      fits(window, size)
      await keys("S")
      await until("✓ done")
      fits(window, size)

      await keys("4", "Enter", "text:photos:my-bucket/backup", "Enter", "Enter", "text:correct horse", "Enter")
      await keys("text:correct horse", "C-s")
      await until("Make repository")
      await until("✓ done")
      await keys("4", "g", "Enter")
      await until("No snapshot yet")
      await keys("b", "text:~/pictures", "C-s")
      await until("Back up")
      await until("✓ done")
      await keys("4")
      await until("~/pictures")
      fits(window, size)
      await keys("g", "R", "C-s")
      await until("Start: S")
      await keys("S")
      await until("› Restore")
      await until("✓ done")
      assert.strictEqual(fs.readFileSync(path.join(home, "restored", pictures, "a.jpg"), "utf8"), "aaaa")

      await keys("5")
      await until("Nothing is mounted")
      window.send("Q")
      await until("ready>")
    } finally {
      await close()
    }
  })

  it("that shrinks and grows: nothing is left over, and the choice stays in sight", async () => {
    const window = await open({ columns: 100, rows: 30 })
    try {
      await window.keys("7", "1", "G")
      for (const size of [
        { columns: 45, rows: 12 },
        { columns: 30, rows: 8 },
        { columns: 120, rows: 40 }
      ]) {
        window.resize(size)
        await window.until(size.columns < 40 ? "Needs 40×10; tasks go on" : "+ Add Storage")
        fits(window, size)
      }
      assert.strictEqual(window.lines().filter((line) => line.includes("+ Add Storage")).length, 1)
    } finally {
      window.close()
    }
  })

  it("Ctrl-Z gives the terminal to the shell, and fg comes back", async () => {
    const window = await open({ columns: 80, rows: 24 })
    try {
      window.send("C-z")
      await window.until("Stopped")
      assert.strictEqual(window.ask("#{alternate_on} #{cursor_flag}"), "0 1")
      window.shell("fg")
      await window.until("1 Storage")
      assert.strictEqual(window.ask("#{alternate_on}"), "1")
    } finally {
      window.close()
    }
  })

  it.for(["STOP", "TSTP"])("stopped by SIG%s, it is whole again after fg, and hears keys", async (signal) => {
    const window = await open({ columns: 80, rows: 24 })
    try {
      await window.until("+ Add Storage")
      process.kill(window.pid(), `SIG${signal}`)
      await window.until("Stopped")
      if (signal === "TSTP") assert.strictEqual(window.ask("#{alternate_on} #{cursor_flag}"), "0 1")
      window.shell("fg")
      await window.until("OurClone  1 Storage")
      await window.keys("3")
      await window.until("Nothing has run yet")
      assert.match(window.lines()[0] ?? "", /^ OurClone {2}1 Storage/)
      assert.isFalse(window.lines().some((line) => line.includes("Stopped") || line.includes("fg")))
      assert.strictEqual(window.ask("#{alternate_on} #{mouse_any_flag}"), "1 1")
    } finally {
      window.close()
    }
  })

  it("NO_COLOR writes no color", async () => {
    const window = await open({ columns: 80, rows: 24 }, { variables: { NO_COLOR: "1" } })
    try {
      await window.until("+ Add Storage")
      assert.isFalse(["31", "32", "33", "36"].some((code) => window.painted().includes(`\u001b[${code}m`)))
    } finally {
      window.close()
    }
  })
})
