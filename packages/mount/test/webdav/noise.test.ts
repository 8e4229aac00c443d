import { expect, test } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import { isRefused } from "../../src/contract/Refusal.ts"
import * as MemoryFileSystem from "../../src/testing/MemoryFileSystem.ts"
import * as NoiseFileSystem from "../../src/webdav/NoiseFileSystem.ts"

const owner = { uid: 1000, gid: 1000 }
const open = { reads: true, writes: true }

test("of the empty files that file managers make the last 10,000 are kept", async () => {
  const system = NoiseFileSystem.make(MemoryFileSystem.make(), () => 0)
  for (let index = 0; index <= 10_000; index++) {
    const made = await system.create(rootIno, `._${index}`, 0o644, owner, open)
    if (isRefused(made)) throw new Error(made.refusal)
    system.release(made.handle)
  }
  expect(await system.lookup(rootIno, "._0")).toMatchObject({ refusal: "NotFound" })
  expect(await system.lookup(rootIno, "._1")).toMatchObject({ kind: "file" })
  expect(await system.lookup(rootIno, "._10000")).toMatchObject({ kind: "file" })
})

test("properties of a file manager's own file take no more memory than it may", async () => {
  const system = NoiseFileSystem.make(MemoryFileSystem.make(), () => 0)
  const make = async (name: string) => {
    const made = await system.create(rootIno, name, 0o644, owner, open)
    if (isRefused(made)) throw new Error(made.refusal)
    return made.attributes.ino
  }
  const set = (ino: number, key: string) => system.setProperty(ino, key, new Uint8Array(500_000), "replace")
  const first = await make("._first")
  for (const key of ["a", "a", "b"]) expect(await set(first, key)).toBeUndefined()
  expect(await set(first, "c")).toMatchObject({ refusal: "NoSpace" })
  for (let index = 0; index < 17; index++) {
    const ino = await make(`._${index}`)
    for (const key of ["a", "b"]) expect(await set(ino, key)).toBeUndefined()
  }
  expect(await system.lookup(rootIno, "._first")).toMatchObject({ refusal: "NotFound" })
  expect(await system.lookup(rootIno, "._16")).toMatchObject({ kind: "file" })
})
