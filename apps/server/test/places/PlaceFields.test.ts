import { bytesKinds } from "@ourclone/jobs/BytesKinds"
import { jobKinds } from "@ourclone/jobs/JobKinds"
import { queryKinds } from "@ourclone/jobs/QueryKinds"
import * as UndoKind from "@ourclone/tasks/undo/UndoKind"
import type { Schema } from "effect"
import { expect, test } from "vitest"
import { isKnown, namedBy } from "../../src/places/PlaceFields.ts"

/** Fields that hold texts, by their JSON Schema. */
const textFields = async (request: Schema.Top): Promise<ReadonlyArray<string>> => {
  const { Schema } = await import("effect")
  const { definitions, schema } = Schema.toJsonSchemaDocument(Schema.toCodecJson(request))
  const text = JSON.stringify
  return Object.entries((schema.properties ?? {}) as Record<string, object>)
    .filter(([, property]) => /"type":"string"/.test(text(property)) || /"\$ref"/.test(text({ property, definitions })))
    .map(([name]) => name)
}

test("every text field of every request is known to name a place or to name none", async () => {
  const unknown = new Set<string>()
  const loaded = await Promise.all(
    [...Object.values(jobKinds), ...Object.values(queryKinds), ...Object.values(bytesKinds)].map((load) => load())
  )
  for (const { request } of [...loaded, { request: UndoKind.Request }]) {
    for (const field of await textFields(request)) {
      if (!isKnown(field)) unknown.add(field)
    }
  }
  expect([...unknown]).toEqual([])
})

test("texts of a field that is not known are refused, alone and in a list", () => {
  for (const value of ["text", ["text"]]) expect(namedBy({ newer: value })).toMatchObject([{ _tag: "Refused" }])
  expect(namedBy({ newer: 3, other: true, third: [1] })).toEqual([])
})

test("places are found as texts, and lists of the same name choose snapshots", () => {
  expect(
    namedBy({ source: "a", paths: ["/b", "/c"], path: ["/d"], include: ["*"], rawPaths: ["eA=="], newer: "x" })
  ).toEqual([
    { _tag: "Place", field: "source", text: "a" },
    { _tag: "Local", field: "paths", path: "/b" },
    { _tag: "Local", field: "paths", path: "/c" },
    { _tag: "Refused", field: "rawPaths", message: "paths that are not UTF-8 are backed up by the command line only" },
    { _tag: "Refused", field: "newer", message: "nothing is known of what it names" }
  ])
})
