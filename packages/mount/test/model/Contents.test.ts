import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { realDisk } from "../../src/cache/CacheDisk.ts"
import { Contents } from "../../src/cache/Contents.ts"
import { Journal } from "../../src/journal/Journal.ts"

test("contents that nobody uses leave the memory once they are many, and come back as they were", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-contents-"))
  const journal = new Journal(path.join(directory, "mount.sqlite"))
  onTestFinished(() => {
    journal.close()
    fs.rmSync(directory, { recursive: true })
  })
  const options = { directory, quota: 1e9, keeps: () => true, boot: "", disk: realDisk, now: () => 0 }
  const contents = new Contents(journal, options)
  const make = (count: number) => Array.from({ length: count }, () => contents.create(undefined))
  const [used, changed, idle] = make(3)
  contents.use(used!)
  for (const content of [changed!, idle!]) content.write(0, Buffer.from("bytes"))
  contents.save(idle!)
  contents.rest()
  expect(contents.get(idle!.id)).toBe(idle)
  make(1_000)
  contents.rest()
  expect(contents.get(used!.id)).toBe(used)
  expect(contents.get(changed!.id)).toBe(changed)
  const back = contents.get(idle!.id)!
  expect(back).not.toBe(idle)
  const into = Buffer.alloc(5)
  back.read(0, into)
  expect(into.toString()).toBe("bytes")
})
