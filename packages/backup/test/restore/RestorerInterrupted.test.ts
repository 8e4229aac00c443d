import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { smallestPatched } from "../../src/restore/ExistingFile.ts"
import * as HandMade from "../support/HandMadeSnapshot.ts"

const { file } = HandMade

const size = 400_000
const contentOf = (number: number): Buffer => Buffer.alloc(size, `file ${number}, `)
const files = Array.from({ length: 80 }, (_, number) => file(`f${number}`, contentOf(number)))

describe("A restore that is stopped", () => {
  it.live("leaves no file cut off under its own name, so that one that keeps what is there can go on", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(files, { packSize: 4_000_000 })
      const started = () => (fs.existsSync(target) ? fs.readdirSync(target).length : 0)
      let last = 0
      for (let attempt = 0; attempt < 8; attempt++) {
        const fiber = yield* Effect.forkChild(restore({ overwrite: attempt % 2 === 0 ? "always" : "never" }))
        while (started() < Math.min(last + 5, files.length)) yield* Effect.sleep(1)
        yield* Effect.sleep(attempt % 4)
        yield* Fiber.interrupt(fiber)
        last = started()
        for (const name of fs.readdirSync(target)) {
          if (name.endsWith(".partial")) continue
          expect(fs.readFileSync(join(target, name)).equals(contentOf(Number(name.slice(1)))), name).toBe(true)
        }
      }
      const { summary } = yield* restore({ overwrite: "never", verify: true })
      expect(summary.failures).toBe(0)
      expect(fs.readdirSync(target)).toHaveLength(files.length)
    }).pipe(Effect.scoped)
  )

  it.live("shows no file before it is whole, where the next run would keep it", () =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(files, { packSize: 4_000_000 })
      for (const overwrite of ["never", "if-newer"] as const) {
        fs.rmSync(target, { recursive: true, force: true })
        let isRunning = true
        const end = Effect.sync(() => {
          isRunning = false
        })
        const fiber = yield* Effect.forkChild(Effect.ensuring(restore({ overwrite }), end))
        const seen = new Set<string>()
        while (isRunning) {
          yield* Effect.sleep(0)
          for (const name of fs.existsSync(target) ? fs.readdirSync(target) : []) {
            if (name.endsWith(".partial") || seen.has(name)) continue
            seen.add(name)
            expect(fs.statSync(join(target, name)).size, name).toBe(size)
          }
        }
        yield* Fiber.join(fiber)
        expect(HandMade.listing(target)).toHaveProperty("f7", contentOf(7).toString())
      }
    }).pipe(Effect.scoped)
  )

  it.live("has not changed a large file where the next one would keep it, because it is newer", () =>
    Effect.gen(function* () {
      const piece = Buffer.alloc(8 * 1024 * 1024)
      const pieces = [...Array.from({ length: smallestPatched / piece.length }, () => piece), "the end"]
      const { restore, target } = yield* HandMade.make([file("large", ...pieces)])
      fs.mkdirSync(target)
      const path = join(target, "large")
      for (const [overwrite, isPatched] of [
        ["always", true],
        ["if-newer", false]
      ] as const) {
        fs.writeFileSync(path, "")
        fs.truncateSync(path, smallestPatched)
        fs.utimesSync(path, 1, 1)
        const before = fs.statSync(path).ino
        yield* restore({ overwrite })
        expect(fs.statSync(path).ino === before).toBe(isPatched)
        expect(fs.statSync(path).size).toBe(smallestPatched + 7)
      }
    }).pipe(Effect.scoped)
  )
})
