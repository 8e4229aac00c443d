import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { onTestFinished } from "vitest"
import * as StayAwake from "../../src/process/StayAwake.ts"
import { Streams, type StreamsShape } from "../../src/Streams.ts"

const until = (isTrue: () => boolean) =>
  Effect.gen(function* () {
    while (!isTrue()) yield* Effect.sleep(10)
  })

const folderOf = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stay-awake-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

const streams = (environment: StreamsShape["environment"]) =>
  ({ environment: { PATH: process.env.PATH, ...environment } }) as unknown as StreamsShape

it.live("a command that lasts keeps the machine awake until it ends", () =>
  Effect.gen(function* () {
    const folder = folderOf()
    const [began, ended] = ["began", "ended"].map((name) => path.join(folder, name)) as [string, string]
    const program = ["sh", "-c", `touch '${began}'; cat; touch '${ended}'`] as const
    const run = Effect.andThen(
      until(() => fs.existsSync(began)),
      Effect.sync(() => fs.existsSync(ended))
    )
    const awake = StayAwake.during("sync", { program, afterMillis: 20 })(run)
    expect(yield* Effect.provideService(awake, Streams, streams({}))).toBe(false)
    yield* until(() => fs.existsSync(ended))
  })
)

it.live("a short one starts no program, nor does one that may sleep, a mount, or one where there is none", () =>
  Effect.gen(function* () {
    const folder = folderOf()
    const began = path.join(folder, "began")
    const during = (kind: string, environment: StreamsShape["environment"], afterMillis: number, millis: number) => {
      const program = ["touch", began] as const
      const run = StayAwake.during(kind, { program, afterMillis })(Effect.sleep(millis))
      return Effect.provideService(run, Streams, streams(environment))
    }
    yield* during("sync", {}, 60_000, 1)
    yield* during("sync", { OURCLONE_MAY_SLEEP: "1" }, 0, 300)
    yield* during("mount", {}, 0, 300)
    expect(fs.existsSync(began)).toBe(false)
    const without = StayAwake.during("sync", { program: ["/no/such/program"], afterMillis: 0 })(Effect.sleep(100))
    yield* Effect.provideService(without, Streams, streams({}))
  })
)
