import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as ConfiguredRates from "../../src/configuration/ConfiguredRates.ts"

const folder = fs.mkdtempSync(join(tmpdir(), "ourclone-rates-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))

let files = 0
const file = (text: string): string => {
  const path = join(folder, `${files++}.toml`)
  fs.writeFileSync(path, text, { mode: 0o600 })
  return path
}

const own = { asOf: "2026-12-01", storedGBMonth: 0.005, fetchedGB: 0 }
const before = '# mine\n[remotes.photos]\ntype = "b2" # a comment\n'

describe("ConfiguredRates", () => {
  it.effect("are none where there are none, and else what is written", () =>
    Effect.gen(function* () {
      expect(yield* ConfiguredRates.read(join(folder, "none.toml"))).toBeUndefined()
      expect(yield* ConfiguredRates.read(file(before))).toBeUndefined()
      const text = `${before}[rates]\nasOf = "2026-12-01"\nstoredGBMonth = 0.005\nfetchedGB = 0\nthousandReads = 1\n`
      expect(yield* ConfiguredRates.read(file(text))).toEqual({ ...own, thousandReads: 1 })
    })
  )

  it.live("are written, replaced and taken out, and every other byte stays", () =>
    Effect.gen(function* () {
      const path = file(before)
      yield* ConfiguredRates.write(path, own)
      expect(yield* ConfiguredRates.read(path)).toEqual(own)
      yield* ConfiguredRates.write(path, { ...own, fetchedGB: 0.02 })
      expect(yield* ConfiguredRates.read(path)).toEqual({ ...own, fetchedGB: 0.02 })
      expect(fs.readFileSync(path, "utf8").match(/\[rates\]/g)).toHaveLength(1)
      yield* ConfiguredRates.write(path, undefined)
      expect(fs.readFileSync(path, "utf8").trimEnd()).toBe(before.trimEnd())
    })
  )

  it.effect.each([
    ["rates = 3\n", 1, '"rates" must be a table'],
    ['[rates]\nasOf = "2026"\nstoredGB = 1\n', 3, '"rates" has no option "storedGB"'],
    ["[rates]\nstoredGBMonth = 1\nfetchedGB = 1\n", 1, '"rates" has no asOf'],
    ['[rates]\nasOf = "2026"\nstoredGBMonth = 1\n', 1, '"rates" has no fetchedGB'],
    ['[rates]\nasOf = "2026"\nstoredGBMonth = -1\n', 3, "needs a number from 0 on for storedGBMonth"],
    ["[rates]\nasOf = 3\n", 2, "needs a day in quotes for asOf"]
  ] as const)("say where and what is wrong with %j", ([text, line, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ConfiguredRates.read(file(text)))
      expect(error.message).toContain(`:${line}:`)
      expect(error.message).toContain(message)
    })
  )
})
