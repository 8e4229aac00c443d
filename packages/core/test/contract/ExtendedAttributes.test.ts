import { assert, describe, it } from "@effect/vitest"
import * as ExtendedAttributes from "../../src/contract/ExtendedAttributes.ts"

const bytes = (text: string) => Buffer.from(text)
const kept = (values: Readonly<Record<string, Uint8Array>>, isPart = false): ExtendedAttributes.Kept => ({
  attributes: new Map(Object.entries(values)),
  isPart
})

describe("extended attributes beside a file", () => {
  it("have names of their own where they are plain, as rclone has them, and come together otherwise", () => {
    const metadata = ExtendedAttributes.toMetadata(
      kept({ author: bytes("Ärzte"), mode: bytes("1"), "a.b": bytes("2"), raw: Buffer.from([0, 255]), none: bytes("") })
    )
    assert.deepEqual(metadata, { author: "Ärzte", xattrs: "mode=MQ==,a.b=Mg==,raw=AP8=,none=" })
  })

  it("may be called as what every object of JavaScript has", () => {
    const names = ["__proto__", "constructor", "hasownproperty"]
    const attributes = new Map(names.map((name) => [name, bytes(name)]))
    const metadata = ExtendedAttributes.toMetadata({ attributes, isPart: false })
    const back = ExtendedAttributes.ofMetadata(JSON.parse(JSON.stringify(metadata)))
    assert.deepEqual(
      [...back.attributes].map(([name, value]) => [name, `${Buffer.from(value)}`]).sort(),
      names.map((name) => [name, name])
    )
  })

  it("come back from any names and values", () => {
    const values: Record<string, Uint8Array> = {}
    for (let byte = 1; byte < 256; byte++)
      values[`n${String.fromCharCode(byte)},=%${byte}`] = Buffer.from([byte, 0, 61, 44])
    values["\udcff\udc80"] = bytes("a name of bytes")
    for (const isPart of [false, true]) {
      const back = ExtendedAttributes.ofMetadata(ExtendedAttributes.toMetadata(kept(values, isPart)))
      assert.deepEqual(
        [...back.attributes].map(([name, value]) => [name, [...value]]).sort(),
        Object.entries(values)
          .map(([name, value]) => [name, [...value]])
          .sort()
      )
      assert.strictEqual(back.isPart, isPart)
    }
  })

  it("lose the largest where there is no room, and say so", () => {
    const metadata = {
      mode: "100600",
      ...ExtendedAttributes.toMetadata(
        kept({ large: bytes("x".repeat(900)), more: bytes("y".repeat(400)), small: bytes("z") })
      )
    }
    const most = (room: number) => (some: Record<string, string>) =>
      JSON.stringify(some).length > room ? "no room" : undefined
    const fitted = ExtendedAttributes.fitted(metadata, most(700))
    assert.deepEqual([fitted.leftOut, fitted.because], [["large"], "no room"])
    const found = ExtendedAttributes.ofMetadata(fitted.metadata)
    assert.deepEqual(
      [[...found.attributes.keys()].sort(), found.isPart, fitted.metadata?.mode],
      [["more", "small"], true, "100600"]
    )
    assert.strictEqual(ExtendedAttributes.fitted(metadata, () => undefined).metadata, metadata)
    assert.deepEqual(ExtendedAttributes.fitted(metadata, () => "never").leftOut.length, 0)
  })

  it("are all kept where pieces are few", () => {
    const metadata = ExtendedAttributes.toMetadata(kept({ a: bytes("1"), b: bytes("2"), c: bytes("3") }))
    const fitted = ExtendedAttributes.fitted(metadata, (some) =>
      Object.keys(some).length > 1 ? "too many" : undefined
    )
    assert.deepEqual([fitted.metadata, fitted.leftOut], [{ xattrs: "a=MQ==,b=Mg==,c=Mw==" }, []])
  })
})
