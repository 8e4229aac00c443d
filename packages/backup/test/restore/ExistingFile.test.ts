import { createHash } from "node:crypto"
import builtin, * as fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as os from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import * as ExistingFile from "../../src/restore/ExistingFile.ts"
import * as Entries from "../../src/restore/RestoreEntries.ts"
import type { EntryRecord, RestoreSettings } from "../../src/restore/RestoreMessages.ts"

const pieceOf = (text: string): ExistingFile.Piece => ({
  id: createHash("sha256").update(text).digest(),
  length: text.length
})

const prepared = (text: string, ...pieces: ReadonlyArray<string>) => {
  const folder = fs.mkdtempSync(join(os.tmpdir(), "existing-file-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => join(folder, name)
  fs.writeFileSync(at("a"), text)
  const record = {
    ...{ kind: Entries.file, means: Entries.create, path: Buffer.from(at("a")), temporary: Buffer.from(at("a.part")) },
    ...{ size: pieces.join("").length, modified: { seconds: 0, nanoseconds: 0 } }
  } as unknown as EntryRecord
  const settings = { overwrite: "always", isDryRun: false, deletes: false } as unknown as RestoreSettings
  return { at, examine: () => ExistingFile.examine(record, pieces.map(pieceOf), settings) }
}

test("the pieces that are right are taken over, and nothing else of the file", () => {
  const { at, examine } = prepared("rightold!!right", "right", "new!!", "right")
  const { means, present } = examine()
  expect([means, [...present]]).toEqual([Entries.partial, [1, 0, 1]])
  expect(fs.readFileSync(at("a.part"), "latin1")).toBe("right\0\0\0\0\0right")
  expect(fs.statSync(at("a.part")).mode & 0o777).toBe(0o600)
})

test("pieces are taken of the file that was compared, whatever is at its name by then", () => {
  const { at, examine } = prepared("rightold", "right", "new")
  fs.writeFileSync(at("secret"), "a key")
  // As soon as what is there has been compared, another takes its place.
  const { closeSync, rmSync } = builtin
  const set = (names: object) => {
    Object.assign(builtin, names)
    syncBuiltinESMExports()
  }
  const swap = (): void => {
    set({ closeSync, rmSync })
    rmSync(at("a"))
    fs.symlinkSync(at("secret"), at("a"))
  }
  onTestFinished(() => set({ closeSync, rmSync }))
  set({
    closeSync: (file: number) => {
      closeSync(file)
      swap()
    },
    rmSync: (...words: Parameters<typeof rmSync>) => {
      rmSync(...words)
      swap()
    }
  })
  examine()
  expect(fs.readFileSync(at("a.part"), "latin1").replace(/\0+$/, "")).toBe("right")
})
