import { expect, test } from "vitest"
import { titleOf } from "../../src/task/TaskTitle.ts"

test.each([
  ["sync", { source: "/home/ann/Pictures", destination: "photos:b/p" }, "Sync /home/ann/Pictures → photos:b/p"],
  ["backup", { repository: "home", paths: ["/a"] }, "Back up /a → home"],
  ["backup", { repository: "home", paths: ["/a", "/b"] }, "Back up /a and /b → home"],
  ["backup", { repository: "home", paths: ["/a", "/b", "/c"] }, "Back up /a and 2 more → home"],
  ["restore", { repository: "home", snapshot: "latest", target: "/r" }, "Restore latest of home → /r"],
  ["remove", {}, "Delete ?"],
  ["remove", { path: "b:c/", include: ["/a.jpg", "/2024/**"] }, "Delete a.jpg and 2024/ in b:c/"],
  ["undo", { task: "1m8" }, "Undo task 1m8"],
  ["remove", null, "Delete ?"],
  ["toString", {}, "toString"],
  ["defragment", { path: "x" }, "defragment"]
])("a task of kind %s is a sentence", (kind, request, title) => {
  expect(titleOf({ kind, request })).toBe(title)
})
