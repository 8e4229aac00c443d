import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { describe as describeField } from "../../src/contract/SchemaField.ts"

const whole = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))

describe("a field of a schema", () => {
  it("is a text, texts, a number or a boolean, and is called as people write it", () => {
    const fields = {
      bwlimit: Schema.optionalKey(Schema.String),
      filesFrom: Schema.optionalKey(Schema.Array(Schema.String)),
      transfers: Schema.optionalKey(whole),
      share: Schema.Finite,
      sizeOnly: Schema.optionalKey(Schema.Boolean)
    }
    const shown = Object.entries(fields).map(([name, schema]) => {
      const { flag, isRequired, isWhole, kind } = describeField(name, schema)
      return [flag, kind, isWhole, isRequired]
    })
    expect(shown).toEqual([
      ["bwlimit", "text", false, false],
      ["files-from", "texts", false, false],
      ["transfers", "number", true, false],
      ["share", "number", false, true],
      ["size-only", "boolean", false, false]
    ])
  })

  it("has its choices and its description, wherever the schema says them", () => {
    const choice = Schema.Literals(["fail", "wait"]).annotate({ description: "What to do" })
    expect(describeField("whenBusy", Schema.optionalKey(choice))).toMatchObject({
      choices: ["fail", "wait"],
      description: "What to do"
    })
    expect(describeField("n", Schema.optionalKey(whole.annotate({ description: "How many" }))).description).toBe(
      "How many"
    )
  })

  it("can not be a list of lists", () => {
    expect(() => describeField("tag", Schema.Array(Schema.Array(Schema.String)))).toThrow('option "tag" must be')
  })
})
