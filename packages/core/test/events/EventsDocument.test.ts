import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { version } from "../../src/events/Envelope.ts"
import { eventsText } from "./eventsText.ts"
import { breaks, breaksOf, current, type JsonSchema } from "./JsonSchema.ts"

const snapshot = path.join(import.meta.dirname, `events-v${version}.schema.snap`)
const document = path.join(import.meta.dirname, "../../../../docs/events.md")

test("events are those of their version, but for additions", async () => {
  const before = fs.existsSync(snapshot) ? JSON.parse(fs.readFileSync(snapshot, "utf8")) : current()
  // Something here breaks readers: raise `version` in Envelope.ts. Additions: npm run events.
  expect(breaksOf(before, current())).toEqual([])
  await expect(`${JSON.stringify(current(), null, 2)}\n`).toMatchFileSnapshot(snapshot)
})

test("docs/events.md is what the schema says; npm run events makes it anew", async () => {
  await expect(eventsText(current())).toMatchFileSnapshot(document)
})

const before: JsonSchema = {
  type: "object",
  properties: { a: { type: "string", enum: ["x"] }, b: { type: "integer" } },
  required: ["a"]
}

test.each<readonly [what: string, now: JsonSchema, found: ReadonlyArray<string>]>([
  ["nothing", before, []],
  ["an optional field more", { ...before, properties: { ...before.properties, c: { type: "string" } } }, []],
  ["a choice more", { ...before, properties: { ...before.properties, a: { type: "string", enum: ["x", "y"] } } }, []],
  ["a field gone", { ...before, properties: { a: before.properties!.a! } }, ["envelope.b is gone"]],
  [
    "another type",
    { ...before, properties: { ...before.properties, b: { type: "string" } } },
    ["envelope.b is string rather than integer"]
  ],
  ["a field that is demanded", { ...before, required: ["a", "b"] }, ["envelope.b is demanded"]],
  ["a field that may be absent", { ...before, required: [] }, ["envelope.a may be absent"]],
  [
    "a choice gone",
    { ...before, properties: { ...before.properties, a: { type: "string", enum: ["y"] } } },
    ["envelope.a has lost a choice"]
  ]
])("of a change of %s a reader could fail at %#", (_, now, found) => {
  expect(breaks(before, now)).toEqual(found)
})
