import { createCipheriv, randomBytes } from "node:crypto"
import { describe, expect, it, vi } from "vitest"

type CounterMode = typeof import("@ourclone/backup/format/CounterMode")

const onPlatform = async (platform: NodeJS.Platform | "haiku"): Promise<CounterMode> => {
  vi.resetModules()
  const own = Object.getOwnPropertyDescriptor(process, "platform")!
  Object.defineProperty(process, "platform", { ...own, value: platform })
  try {
    const module = await import("@ourclone/backup/format/CounterMode")
    module.make(randomBytes(32))
    return module
  } finally {
    Object.defineProperty(process, "platform", own)
    // Whoever shares this process gets the module of this machine.
    vi.resetModules()
  }
}

for (const [name, platform] of [
  ["with the functions of OpenSSL", process.platform],
  ["without them", "haiku"]
] as const) {
  describe(`counter mode, ${name}`, () => {
    it("is AES-256-CTR, for texts of any length, wherever they lie", async () => {
      const mode = (await onPlatform(platform)).make(Buffer.alloc(32, 7))
      for (const length of [0, 1, 15, 16, 17, 4095, 1_000_001]) {
        const iv = randomBytes(16)
        const memory = randomBytes(length + 5)
        const output = Buffer.alloc(length + 9, 1).subarray(3)
        mode.apply(iv, memory.subarray(5), output)
        const expected = createCipheriv("aes-256-ctr", Buffer.alloc(32, 7), iv).update(memory.subarray(5))
        expect(output.subarray(0, length).equals(expected)).toBe(true)
        expect([...output.subarray(length)]).toEqual([1, 1, 1, 1, 1, 1])
      }
    })

    it("counts over the end of its counter", async () => {
      const mode = (await onPlatform(platform)).make(Buffer.alloc(32))
      const iv = Buffer.alloc(16, 0xff)
      const output = Buffer.alloc(48)
      mode.apply(iv, Buffer.alloc(48), output)
      expect(output.equals(createCipheriv("aes-256-ctr", Buffer.alloc(32), iv).update(Buffer.alloc(48)))).toBe(true)
    })

    it("writes nothing where there is no room", async () => {
      const mode = (await onPlatform(platform)).make(Buffer.alloc(32))
      const memory = Buffer.alloc(64)
      expect(() => mode.apply(Buffer.alloc(16), Buffer.alloc(33), memory.subarray(0, 32))).toThrow()
      expect(memory.equals(Buffer.alloc(64))).toBe(true)
    })
  })
}
