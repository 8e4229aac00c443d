import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { onTestFinished } from "vitest"
import * as WakeLock from "../../src/machine/WakeLock.ts"

const until = (isTrue: () => boolean) =>
  Effect.gen(function* () {
    while (!isTrue()) yield* Effect.sleep(10)
  })

it.live("is held as long as the task runs, and given back", () =>
  Effect.gen(function* () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "awake-"))
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
    const began = path.join(folder, "began")
    const ended = path.join(folder, "ended")
    const script = `touch '${began}'; cat; touch '${ended}'`
    yield* Effect.scoped(
      Effect.gen(function* () {
        yield* WakeLock.hold(["sh", "-c", script], process.env)
        yield* until(() => fs.existsSync(began))
        expect(fs.existsSync(ended)).toBe(false)
      })
    )
    yield* until(() => fs.existsSync(ended))
  })
)

it.live("is nothing where there is no such program", () =>
  Effect.scoped(Effect.andThen(WakeLock.hold(["/no/such/program"], {}), Effect.sleep(50)))
)
