import { createCipheriv } from "node:crypto"
import sodium from "sodium-native"
import { describe, expect, it } from "vitest"
import { type Keys, makeBox, overhead } from "../../src/format/Crypto.ts"

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex")

const keys: Keys = {
  encrypt: hex("303e8687b1d7db18421bdc6bb8588ccadac4d59ee87b8ff70c44e635790cafef"),
  macK: hex("ef4d8824cb80b2bcc5fbff8a9b12a42c"),
  macR: hex("cc8d4b948ee0ebfe1d415de921d10353")
}
const sealed = hex(
  "69fb41c62d12def4593bd71757138606 338f621aeaeb39da0fe4f99233f8037a54ea 63338a813bcf3f75d8c3cc75dddf8750"
)
const text = "Dies ist ein Test!"

/** From the paper on Poly1305-AES. */
const poly1305 = [
  {
    message: "f3f6",
    r: "851fc40c3467ac0be05cc20404f3f700",
    k: "ec074c835580741701425b623235add6",
    nonce: "fb447350c4e868c52ac3275cf9d4327e",
    tag: "f4c633c3044fc145f84f335cb81953de"
  },
  {
    message: "",
    r: "a0f3080000f46400d0c7e9076c834403",
    k: "75deaa25c09f208e1dc4ce6b5cad3fbf",
    nonce: "61ee09218d29b0aaed7e154a2c5509cc",
    tag: "dd3fab2251f11ac759f0887129cc2ee7"
  },
  {
    message: "663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136",
    r: "48443d0bb0d21109c89a100b5ce2c208",
    k: "6acb5f61a7176dd320c5c1eb2edcdc74",
    nonce: "ae212a55399729595dea458bc621ff0e",
    tag: "0ee1c16bb73f0f4fd19881753c01cdbe"
  }
]

/** A box whose ciphertext, nonce and tag are the given ones. */
const boxOf = (nonce: string, message: string, tag: string) => Buffer.concat([hex(nonce), hex(message), hex(tag)])

describe("a box", () => {
  it("of restic's is opened", () => {
    expect(makeBox(keys).open(sealed)?.toString()).toBe(text)
    expect(makeBox(keys).opens(sealed)).toBe(true)
  })

  for (const { k, message, nonce, r, tag } of poly1305) {
    it(`has the tag that the paper says: ${tag}`, () => {
      const box = makeBox({ encrypt: Buffer.alloc(32, 1), macK: hex(k), macR: hex(r) })
      const cipher = createCipheriv("aes-256-ctr", Buffer.alloc(32, 1), hex(nonce))
      expect(box.open(boxOf(nonce, message, tag))).toEqual(cipher.update(hex(message)))
      expect(
        box.open(
          boxOf(
            nonce,
            message,
            tag.replace(/.$/, (last) => (last === "0" ? "1" : "0"))
          )
        )
      ).toBeUndefined()
    })
  }

  it("does not open when any of its bytes is another", () => {
    const box = makeBox(keys)
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed)
      changed[index] = changed[index]! ^ 0x10
      expect(box.open(changed), `byte ${index}`).toBeUndefined()
      expect(box.opens(changed), `byte ${index}`).toBe(false)
    }
  })

  it("does not open when it is cut, or too short to be one", () => {
    const box = makeBox(keys)
    expect(box.open(sealed.subarray(0, -1))).toBeUndefined()
    expect(box.open(sealed.subarray(1))).toBeUndefined()
    expect(box.open(sealed.subarray(0, overhead - 1))).toBeUndefined()
    expect(box.open(Buffer.alloc(0))).toBeUndefined()
  })

  it("with a nonce of zeros does not open, even though its tag is right", () => {
    const nonce = Buffer.alloc(16)
    const message = Buffer.from("anything")
    const s = createCipheriv("aes-128-ecb", keys.macK, null).setAutoPadding(false).update(nonce)
    const tag = Buffer.alloc(16)
    sodium.crypto_onetimeauth(tag, message, Buffer.concat([keys.macR, s]))
    expect(makeBox(keys).open(Buffer.concat([nonce, message, tag]))).toBeUndefined()
  })

  it("does not open with other keys", () => {
    for (const part of ["macK", "macR"] as const) {
      const other = Buffer.from(keys[part])
      other[0] = other[0]! ^ 1
      expect(makeBox({ ...keys, [part]: other }).open(sealed), part).toBeUndefined()
    }
  })

  it("gives back what was sealed, of any size, and is 32 bytes longer", () => {
    const box = makeBox(keys)
    for (const size of [0, 1, 15, 16, 17, 100_000]) {
      const plain = Buffer.alloc(size, size % 251)
      const made = box.seal(plain)
      expect(made).toHaveLength(size + overhead)
      expect(box.open(made)).toEqual(plain)
    }
  })

  it("is never the same twice", () => {
    const box = makeBox(keys)
    const nonces = Array.from({ length: 1000 }, () => box.seal(Buffer.from("a")).subarray(0, 16).toString("hex"))
    expect(new Set(nonces).size).toBe(1000)
  })

  it("is written where it is asked for, and nowhere else", () => {
    const box = makeBox(keys)
    const target = Buffer.alloc(100, 7)
    expect(box.sealInto(Buffer.from(text), target, 10)).toBe(text.length + overhead)
    expect(box.open(target.subarray(10, 10 + text.length + overhead))?.toString()).toBe(text)
    expect(
      [...target.subarray(0, 10), ...target.subarray(10 + text.length + overhead)].every((byte) => byte === 7)
    ).toBe(true)
  })

  it("opens whether its r was clamped or not, as restic stores either", () => {
    const clamped = Buffer.from(keys.macR)
    for (const index of [3, 7, 11, 15]) clamped[index] = clamped[index]! & 0x0f
    for (const index of [4, 8, 12]) clamped[index] = clamped[index]! & 0xfc
    expect(clamped).not.toEqual(keys.macR)
    expect(
      makeBox({ ...keys, macR: clamped })
        .open(sealed)
        ?.toString()
    ).toBe(text)
  })
})
