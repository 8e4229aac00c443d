import { assert, it } from "vitest"
import * as Measured from "../src/screens/browse/Measured.ts"

const rows = [
  { _tag: "Skipped", path: "x", because: "a socket" },
  { _tag: "Usage", path: "", files: 3, bytes: 60 },
  { _tag: "Usage", path: "a", files: 2, bytes: 50 },
  { _tag: "Usage", path: "a/b", files: 1, bytes: 20 }
]

it("one listing tells of the folder, of those in it, and of those below; not of what is beside it", () => {
  const measured = Measured.add(Measured.begin("photos:bucket/2024", 0), rows)
  assert.strictEqual(Measured.of(measured, "photos:bucket/2024")?.bytes, 60)
  assert.strictEqual(Measured.of(measured, "photos:bucket/2024/", "a")?.bytes, 50)
  assert.strictEqual(Measured.of(measured, "photos:bucket/2024/a", "b")?.bytes, 20)
  assert.strictEqual(Measured.of(measured, "photos:bucket/2024/a/b")?.files, 1)
  assert.isUndefined(Measured.of(measured, "photos:bucket/2024", "none"))
  assert.isUndefined(Measured.of(measured, "photos:bucket", "a"))
  assert.isUndefined(Measured.of(measured, "photos:bucket/2024-old", "a"))
  assert.isUndefined(Measured.of(undefined, "photos:bucket/2024"))
})
