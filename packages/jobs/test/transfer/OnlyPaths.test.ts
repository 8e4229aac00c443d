import * as Filter from "@ourclone/core/filter/Filter"
import * as Result from "effect/Result"
import { expect, test } from "vitest"
import * as OnlyPaths from "../../src/transfer/OnlyPaths.ts"

const file = (path: string) => ({ path, size: 1, modifiedAt: 1 }) as Parameters<Filter.Filter["includes"]>[0]

test("a request for some paths chooses those and no others, however they are spelled", () => {
  const paths = ["a", "# no comment", "; nor this", " blanks around ", "folder/sub/b", "cr\r", "*.jpg", "- x"]
  const asked = { source: "/a", destination: "/b", exclude: ["a"], maxSize: "1k", checksum: true }
  const request = OnlyPaths.request("sync", asked, paths)
  expect(request).toEqual({ source: "/a", destination: "/b", checksum: true, filesFrom: [expect.any(String)] })
  const filter = Result.getOrThrow(Filter.make({ filesFrom: request?.filesFrom as ReadonlyArray<string> }))
  expect(paths.filter((path) => !filter.includes(file(path)))).toEqual([])
  expect(
    ["b", "folder", "x.jpg", "x", "no comment", "blanks around"].filter((path) => filter.includes(file(path)))
  ).toEqual([])
})

test("a path of two lines can not be named, and kinds that choose no files have no such request", () => {
  expect(["a b", "b\nc", ""].map(OnlyPaths.isNameable)).toEqual([true, false, false])
  expect(OnlyPaths.request("backup", { paths: [] }, ["a"])).toBeUndefined()
})
