import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Posix from "@ourclone/system/Posix"
import { Effect } from "effect"
import { vi } from "vitest"
import * as FileMode from "../../src/format/FileMode.ts"
import * as HandMade from "../support/HandMadeSnapshot.ts"

const { file, folder } = HandMade
const isRoot = process.geteuid?.() === 0
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
const setIds = FileMode.setUserId + FileMode.setGroupId
const capability = "security.capability"
/** cap_net_raw, effective and permitted, as the kernel stores it. */
const netRaw = Buffer.from("0100000200200000000000000000000000000000", "hex")

const tree = [
  { ...file("program", "#!"), ...own, mode: setIds + 0o755 },
  { ...file("empty"), ...own, mode: setIds + 0o755 },
  { ...file("capable", "#!"), ...own, mode: 0o755, extendedAttributes: [{ name: capability, value: netRaw }] },
  folder("shared", [file("plain", "p")], { ...own, mode: FileMode.directory + FileMode.setGroupId + 0o775 }),
  { name: "disk", type: "dev" as const, device: 2049n, ...own, mode: FileMode.device + 0o666 },
  {
    name: "zero",
    type: "chardev" as const,
    device: 261n,
    ...own,
    mode: FileMode.device + FileMode.characterDevice + 0o666
  }
]

const bits = (target: string, name: string): number => fs.lstatSync(join(target, name)).mode & 0o7777
const isCapable = (target: string): boolean =>
  Posix.listAttributes(Buffer.from(join(target, "capable"))).some((name) => name.toString() === capability)

const expectHarmless = (target: string): void => {
  expect(fs.readdirSync(target).sort()).toEqual(["capable", "empty", "program", "shared"])
  for (const name of ["program", "empty", "capable"]) expect(bits(target, name)).toBe(0o755)
  expect(bits(target, "shared")).toBe(0o2775)
  expect(isCapable(target)).toBe(false)
}

describe.skipIf(process.platform === "win32")("A restore", () => {
  it.effect("that shall not makes no device and no program that runs as another, says so, and restores the rest", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(tree)
      for (const round of ["into nothing", "over what is there"]) {
        const { facts, failed, summary } = yield* restore({ special: false, verify: true })
        expectHarmless(target)
        expect([round, failed, summary.failures, summary.filesVerified]).toEqual([round, [], 0, 4])
        expect(facts.filter((fact) => fact._tag === "Note")).toMatchObject([
          {
            code: "specialLeftOut",
            message: "left out: 2 device nodes, and setuid, setgid or capabilities of 3 files"
          }
        ])
        if (isRoot) fs.chmodSync(join(target, "program"), 0o6755)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("by an ordinary user is like that unless he asks for more", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(tree)
      const geteuid = vi.spyOn(process, "geteuid").mockReturnValue(1000)
      yield* Effect.ensuring(
        restore(),
        Effect.sync(() => geteuid.mockRestore())
      )
      expectHarmless(target)
    }).pipe(Effect.scoped)
  )

  it.effect.skipIf(!isRoot)("by the superuser brings all of it back (needs the superuser)", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(tree)
      const { facts, failed } = yield* restore()
      expect([failed, facts.filter((fact) => fact._tag === "Note")]).toEqual([[], []])
      for (const name of ["program", "empty"]) expect(bits(target, name)).toBe(0o6755)
      expect(isCapable(target)).toBe(true)
      expect(fs.lstatSync(join(target, "disk")).isBlockDevice()).toBe(true)
      expect(fs.lstatSync(join(target, "zero")).isCharacterDevice()).toBe(true)
    }).pipe(Effect.scoped)
  )
})
