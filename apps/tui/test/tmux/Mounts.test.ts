/** Storage as a folder of this machine, by keys alone in three windows. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "vitest"
import { missing } from "../Window.ts"
import { fits, sizes } from "./Fits.ts"
import { photos } from "./Photos.ts"

const canMount = fs.existsSync("/dev/fuse") && spawnSync("fusermount3", ["-V"]).status === 0
const without = missing ?? (canMount ? undefined : "nothing can be mounted on this machine")
const because = without === undefined ? "" : ` (${without})`

describe.skipIf(without !== undefined)(`in a window${because}`, () => {
  it.for(sizes)("of $columns×$rows: a bucket is mounted, written to, looked into, and unmounted", async (size) => {
    const { close, home, window } = await photos(size)
    const { keys, until } = window
    const point = path.join(home, "mounted")
    try {
      await keys("5", "n", "text:photos:my-bucket", "Enter", "text:~/mounted", "C-s")
      await until("directory")
      const said = window.lines().join(" ").replace(/\s+/g, " ")
      assert.include(said, "can not be mounted on: there is no such directory")
      fits(window, size)

      fs.mkdirSync(point)
      await keys("C-s")
      await until("▶ running")
      await keys("5")
      await until("~/mounted")
      await until("all sent")
      fits(window, size)
      // Beside the loop in which the B2 answers that the mount asks.
      await fs.promises.writeFile(path.join(point, "letter.txt"), "written by any program")
      await keys("Enter")
      await until("letter.txt")
      fits(window, size)

      await keys("5", "U")
      await until("is sent first")
      fits(window, size)
      await keys("k", "Enter")
      await until("› Unmount")
      await until("✓ done")
      await keys("5")
      await until("Nothing is mounted")
      assert.deepStrictEqual(fs.readdirSync(point), [])
      await keys("1", "Escape", "g", "Enter", "Enter")
      await until("letter.txt")
    } finally {
      if (canMount) spawnSync("fusermount3", ["-u", "-z", point])
      await close()
    }
  })
})
