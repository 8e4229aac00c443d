import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import type { BlobIntake } from "../../src/archive/BlobIntake.ts"
import * as FileContent from "../../src/archive/FileContent.ts"
import * as GoTime from "../../src/go/GoTime.ts"
import * as TestRepository from "../support/TestRepository.ts"

const unused = () => {
  throw new Error("it must not be asked for this")
}

/** Takes blobs and keeps them. */
const collect = () => {
  const room = Buffer.alloc(1024)
  const taken: Array<string> = []
  const intake: BlobIntake = {
    space: () => room,
    take: (_, length) => {
      taken.push(room.toString("utf8", 0, length))
      return Buffer.alloc(32)
    },
    add: unused,
    store: unused,
    room: () => undefined,
    onPack: unused,
    settle: unused,
    drain: unused
  }
  const chunks = { store: unused, settle: unused }
  return { taken, content: FileContent.make({ intake, chunks, onLong: unused, onBytes: unused }) }
}

const now = (): string => {
  const millis = Date.now()
  return GoTime.format(Math.floor(millis / 1000), (millis % 1000) * 1_000_000)
}

describe("the content of a file that has only just changed", () => {
  it.live("is read after what may still be written with the same time", () =>
    Effect.gen(function* () {
      const path = join(yield* TestRepository.folder, "file")
      fs.writeFileSync(path, "old")
      const { content, taken } = collect()
      const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now())
      yield* Effect.addFinalizer(() => Effect.sync(() => clock.mockRestore()))
      const stored = content.store(Buffer.from(path), 3, now())
      fs.writeFileSync(path, "new")
      yield* Effect.promise(() => stored)
      assert.deepStrictEqual(taken, ["new"])
    }).pipe(Effect.scoped)
  )

  it.live("is not waited for when its time is long past, or still to come", () =>
    Effect.gen(function* () {
      const path = join(yield* TestRepository.folder, "file")
      fs.writeFileSync(path, "old")
      const { content, taken } = collect()
      const times = ["2024-02-29T12:34:56.5+01:00", "2224-02-29T12:34:56Z"]
      const stored = times.map((time) => content.store(Buffer.from(path), 3, time))
      fs.writeFileSync(path, "new")
      yield* Effect.promise(() => Promise.all(stored))
      assert.deepStrictEqual(taken, ["old", "old"])
    }).pipe(Effect.scoped)
  )
})
