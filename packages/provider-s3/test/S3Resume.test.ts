import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "@effect/vitest"
import * as UploadFiles from "@ourclone/core/layers/UploadFiles"
import { inMemory, Uploads } from "@ourclone/core/layers/UploadJournal"
import { partsOfSecondRun } from "@ourclone/core/testing/Resuming"
import { Effect } from "effect"
import { emulate, openAt } from "./emulated.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-uploads-"))),
  (made) => Effect.sync(() => fs.rmSync(made, { recursive: true, force: true }))
)

it.live("a large file that was cut off goes on with the parts that arrived, from the folder of what was begun", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const uploads = yield* folder
    const opened = Effect.suspend(() =>
      Effect.provideService(openAt(emulator, "photo-archive/2024"), Uploads, UploadFiles.make(uploads))
    )
    expect(yield* partsOfSecondRun(opened)).toBe(1)
    expect(fs.readdirSync(uploads)).toEqual([])
  })
)

it.live("it begins anew where nobody knows what was begun", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const opened = Effect.suspend(() => Effect.provideService(openAt(emulator, "photo-archive"), Uploads, inMemory()))
    expect(yield* partsOfSecondRun(opened)).toBe(3)
  })
)
