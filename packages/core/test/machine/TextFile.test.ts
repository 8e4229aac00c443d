import { describe, expect, it } from "vitest"
import * as TextFile from "../../src/machine/TextFile.ts"

const text = "pässword 写真 🔑\r\n"
const utf16 = (mark: string): Buffer => Buffer.from(`${mark}${text}`, "utf16le")

describe("the text of a file", () => {
  it.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16 of Windows", utf16("\ufeff")],
    ["UTF-16 with the high byte first", utf16("\ufeff").swap16()],
    ["UTF-16 that was cut within a character", Buffer.concat([utf16("\ufeff"), Buffer.from([0x41])])]
  ])("is read from %s", (_, bytes) => {
    expect(TextFile.textOf(bytes)).toBe(text)
  })

  it("is empty where only a mark is, and is taken for UTF-8 where none is", () => {
    expect(TextFile.textOf(Buffer.from([0xff, 0xfe]))).toBe("")
    expect(TextFile.textOf(Buffer.alloc(0))).toBe("")
    expect(TextFile.utf16Of(Buffer.from("plain"))).toBeUndefined()
  })
})
