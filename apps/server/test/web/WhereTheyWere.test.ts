import { expect, test } from "vitest"
import { whereTheyWere } from "../../web/src/screens/backup/whereTheyWere.ts"

test.each([
  [["/home/ann/a"], ["/home/ann"], "/home/ann", ["/a"]],
  [["/home/ann/a/x", "/home/ann/b[1]"], ["/home/ann"], "/home/ann", ["/a/x", "/b\\[1\\]"]],
  [["/srv/photos"], ["/srv/photos"], "/srv/photos", []],
  [["/srv/photos", "/srv/photos/2024"], ["/srv/photos"], "/srv/photos", []],
  [["/home/ann/a", "/srv/b"], ["/"], "/", ["/home/ann/a", "/srv/b"]],
  [["/elsewhere/a"], ["/home/ann"], "/elsewhere", ["/a"]]
])("%j goes back into one folder, within what is allowed", (paths, roots, target, include) => {
  expect(whereTheyWere(paths, roots)).toEqual({ folder: target === "/" ? "" : target, target, include })
})

test("nothing is aimed at before the snapshot is known", () => {
  expect(whereTheyWere([], ["/home/ann"]).target).toBe("")
})
