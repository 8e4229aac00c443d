import { describe, expect, it } from "@effect/vitest"
import * as FileMode from "../../src/format/FileMode.ts"

describe("FileMode", () => {
  it.each([
    [420, "-rw-r--r--"],
    [2_147_484_141, "drwxr-xr-x"],
    [134_218_239, "Lrwxrwxrwx"],
    [8_389_101, "urwxr-xr-x"],
    [4_194_797, "grwxr-xr-x"],
    [2_148_532_735, "dtrwxrwxrwx"],
    [33_554_816, "prw-------"],
    [67_109_280, "Drw-r-----"],
    [69_206_436, "Dcrw-r--r--"],
    [16_777_216 + 0o777, "Srwxrwxrwx"],
    [524_288, "?---------"],
    [0, "----------"]
  ])("prints %d as Go does", (mode, text) => {
    expect(FileMode.textOf(mode)).toBe(text)
  })
})
