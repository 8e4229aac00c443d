/** A storage as a folder of the service's machine. */
import * as fs from "node:fs"
import { test } from "vitest"
import type { Person } from "../Person.ts"
import { hasFuse } from "../RealService.ts"

export const mounts = (person: Person): void => {
  const { dialog, fill, heading, local, look, open, place, press, pressIn, see, taskEndsAs, write } = person
  test.skipIf(!hasFuse)(
    "Mount: a place appears as a folder, and is unmounted when all is sent (needs /dev/fuse)",
    async () => {
      write("not-empty/letter.txt", "kept")
      fs.mkdirSync(local("mounted"), { recursive: true })
      await open("/mounts/new")
      await fill("What", place("pictures-mounted"))
      await fill("Folder it appears in", local("nosuch"))
      await see("there is no such directory")
      await look("no mount point")
      await fill("Folder it appears in", local("not-empty"))
      await see("It is not empty")
      await fill("Folder it appears in", local("mounted"))
      await see("It is empty and can be used.")
      await press("Start mount")
      await taskEndsAs("running")
      await open("/mounts")
      await see(local("mounted"))
      await see("folder, read and write")
      await press(/^Unmount/)
      await dialog().waitFor()
      await look("unmount")
      await pressIn("Unmount")
      await heading(/^Unmount/)
      await taskEndsAs("done")
      await open("/mounts")
      await see("Nothing is mounted")
    }
  )
}
