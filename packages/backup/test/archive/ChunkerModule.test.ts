import * as fs from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { compile, moduleText } from "../../assembly/build.mjs"

describe("ChunkerModule", () => {
  it("is what the AssemblyScript source compiles to", async () => {
    const committed = fs.readFileSync(new URL("../../src/archive/ChunkerModule.ts", import.meta.url), "utf8")
    expect(moduleText(await compile())).toBe(committed)
  })
})
