/** A move, and a plan that begins by itself from then on, by keys alone in three windows. */
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "vitest"
import { missing } from "../Window.ts"
import { fits, sizes } from "./Fits.ts"
import { photos } from "./Photos.ts"

const because = missing === undefined ? "" : ` (${missing})`

describe.skipIf(missing !== undefined)(`in a window${because}`, () => {
  it.for(sizes)(
    "of $columns×$rows: a move, and a copy as a schedule, run now, switched off and removed",
    async (size) => {
      const { close, home, put, window } = await photos(size)
      const { keys, until } = window
      try {
        put("letters/a.txt", "moved")
        await keys("2", "text:~/letters", "Enter", "text:photos:my-bucket/moved", "Enter", "text:m", "C-s")
        await until("Start and remove 1 file at the source: S")
        fits(window, size)
        assert.isTrue(fs.existsSync(path.join(home, "letters/a.txt")))
        await keys("S")
        await until("› Move")
        await until("✓ done")
        fits(window, size)
        assert.isFalse(fs.existsSync(path.join(home, "letters/a.txt")))

        // What was typed is still there: other places take its place.
        put("letters/b.txt", "copied each night")
        await keys("2", "Down", "Enter", "C-u", "text:photos:my-bucket/nightly", "Enter", "text:c", "C-s")
        await until("Start: S")
        await keys("W", "text:every night", "Enter", "C-u", "text:no clock says so", "C-s")
        await until("When: ")
        fits(window, size)
        await keys("C-u", "text:30 2 * * *", "C-s")
        await until("Saved every night")
        await keys("6")
        await until("every night")
        await until("02:30")
        fits(window, size)
        await keys("r")
        await until("› Copy")
        await until("✓ done")
        await keys("6", "Space")
        await until("off")
        await keys("Space")
        await until("02:30")
        await keys("d")
        await until("Its tasks stay")
        fits(window, size)
        await keys("k", "Enter")
        await until("Nothing begins by itself yet")
        await keys("1", "Escape", "g", "Enter", "Enter")
        await until("nightly/")
        await until("moved/")
      } finally {
        await close()
      }
    }
  )
})
