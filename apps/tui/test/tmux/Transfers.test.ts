/** A copy, failures and their retry, versions, deletes and what takes them back, by keys alone in three windows. */
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "vitest"
import { missing, type Size } from "../Window.ts"
import { fits, sizes } from "./Fits.ts"
import { photos } from "./Photos.ts"

const because = missing === undefined ? "" : ` (${missing})`

describe.skipIf(missing !== undefined)(`in a window${because}`, () => {
  it.for(sizes)(
    "of $columns×$rows: a copy whose failures are retried, versions, delete and undo",
    async (size: Size) => {
      const { close, home, put, window } = await photos(size)
      const { keys, until } = window
      try {
        // A name that no B2 takes: it fails, whoever asks.
        const folder = path.join("pictures", ...Array.from({ length: 5 }, (_, index) => `${index}`.repeat(220)))
        put("pictures/a.txt", "first")
        put(path.join(folder, "too-long"), "bb")
        await keys("2", "text:~/pictures", "Enter", "text:photos:my-bucket/copy", "Enter", "text:c", "C-s")
        await until("Start: S")
        fits(window, size)
        await keys("S")
        await until("⚠ done")
        await until("Failed 1")
        fits(window, size)
        await keys("Enter")
        await until("Failed: ")
        fits(window, size)
        fs.rmSync(path.join(home, "pictures", "0".repeat(220)), { recursive: true })
        await keys("Escape", "r")
        await until("✓ done")
        await until("run 2")

        // Another version of the file, then the first one again.
        put("pictures/a.txt", "second, longer")
        await keys("2", "C-s")
        await until("Overwrite")
        await keys("S")
        await until("✓ done")
        await keys("1", "Escape", "g", "Enter", "Enter", "Enter")
        await until("a.txt")
        await keys("v")
        await until("2 versions")
        fits(window, size)
        await keys("G", "R", "k", "Enter")
        await until("Bring back photos:my-bucket/copy/a.txt: done")
        await keys("Escape", "u")
        await until("5 B")

        // Deleted, and taken back.
        await keys("d")
        fits(window, size)
        await keys("k", "Enter")
        await until("Delete photos:my-bucket/copy/a.txt: done")
        await until("It comes to be with the first file")
        await keys("U")
        await until("5 B")
      } finally {
        await close()
      }
    }
  )
})
