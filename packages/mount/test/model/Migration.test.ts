/** Caches of versions before this one are opened, with what was not sent in them. */
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { expect, test } from "vitest"
import { migrations } from "../../src/journal/migrations.ts"
import * as Bed from "./Bed.ts"

test("the first form is opened, and what it had not sent is sent", async () => {
  const bed = Bed.make()
  const directory = path.join(bed.scratch, "cache")
  fs.mkdirSync(path.join(directory, "data", "01"), { recursive: true })
  fs.writeFileSync(path.join(directory, "data", "01", "1"), "unsent")
  // It had come there, and nobody had noted it.
  await Bed.putElsewhere(bed, "before", "begun")
  const begun = { ...bed.storage.memory.files.get("before")!.file, checksums: {} }
  const database = new DatabaseSync(path.join(directory, "mount.sqlite"))
  database.exec(migrations[0]!)
  database.exec("pragma user_version = 1")
  database.exec("insert into mount (remote, boot) values ('memory', 'x')")
  const node = database.prepare(
    "insert into node (ino, parent, name, kind, size, mode, uid, gid, mtime, mtimeNs, ctime, ctimeNs, generation, remote, content, isDirty, listedAt) values (?, ?, ?, ?, ?, 420, 1000, 1000, 1700000000, 0, 1700000000, 0, 1, ?, ?, ?, 0)"
  )
  node.run(1, null, null, 1, 0, "", null, 0)
  node.run(16, 1, "a", 0, 6, null, 1, 1)
  node.run(17, 1, "after", 0, 0, null, null, 1)
  database.exec("insert into content values (1, null, 6, x'', '[[0,6]]', '[[0,6]]', 1, 'x', 0, 6)")
  database.exec("insert into queue (kind, ino, due) values (0, 16, 0)")
  database
    .prepare("insert into queue (kind, ino, due, sendingTo, sending) values (0, 17, 0, 'before', ?)")
    .run(JSON.stringify(begun))
  database.close()

  const mount = bed.mount({ boot: "x" })
  expect(await Bed.read(mount.fileSystem, "a")).toBe("unsent")
  expect((await mount.drain(5_000)).unsent).toEqual([])
  expect(Bed.names(bed)).toEqual(["a", "after"])
  expect(Bed.stored(bed, "a")).toBe("unsent")
})

test("the form of a newer version is refused", async () => {
  const bed = Bed.make()
  await bed.mount().close()
  const database = new DatabaseSync(path.join(bed.scratch, "cache", "mount.sqlite"))
  database.exec(`pragma user_version = ${migrations.length + 1}`)
  database.close()
  expect(() => bed.mount()).toThrow("newer version")
})
