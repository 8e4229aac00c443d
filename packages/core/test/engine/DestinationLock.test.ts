import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import builtin, * as fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { hostname, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, it, vi } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import { ofPath } from "../../src/contract/PlaceIdentity.ts"
import * as DestinationLock from "../../src/engine/DestinationLock.ts"
import * as ProcessIdentity from "../../src/machine/ProcessIdentity.ts"

const root = fs.mkdtempSync(join(tmpdir(), "ourclone-lock-"))
afterAll(() => fs.rmSync(root, { recursive: true }))

let states = 0
const newState = () => join(root, String(++states))

const lock = (stateDirectory: string, location = "bucket/photos", account = "b2:1") =>
  DestinationLock.acquire({
    stateDirectory,
    destination: { name: `b2:${location}`, place: ofPath(account, location) },
    command: "ourclone sync"
  })

const locksIn = (stateDirectory: string) => fs.readdirSync(join(stateDirectory, "locks"))

/** Leaves the file of a run, as that run would. */
const leave = (
  stateDirectory: string,
  process: Partial<ProcessIdentity.ProcessIdentity>,
  location = "bucket/photos"
) => {
  fs.mkdirSync(join(stateDirectory, "locks"), { recursive: true })
  const identity = { ...ProcessIdentity.current(), ...process }
  const holder = {
    process: identity,
    startedAt: 0,
    command: "ourclone copy",
    name: `b2:${location}`,
    place: ofPath("b2:1", location)
  }
  fs.writeFileSync(join(stateDirectory, "locks", "left.lock"), JSON.stringify(holder))
}

const isBusy = (stateDirectory: string, location?: string, account?: string) =>
  Effect.scoped(lock(stateDirectory, location, account)).pipe(
    Effect.as(false),
    Effect.catchReason("DestinationLockError", "Busy", () => Effect.succeed(true))
  )

describe("DestinationLock", () => {
  it.live("turns a second run away, says who is first, and lets it in afterwards", () =>
    Effect.gen(function* () {
      const state = newState()
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* lock(state)
          const error = yield* Effect.flip(Effect.scoped(lock(state)))
          expect(error.reason).toMatchObject({ _tag: "Busy", pid: process.pid })
          expect(error.message).toMatch(
            /^another run \(ourclone sync, pid \d+, since 20.*Z\) is writing to b2:bucket\/photos; wait for it, or end it$/
          )
          expect(locksIn(state)).toHaveLength(1)
        })
      )
      expect(yield* isBusy(state)).toBe(false)
      expect(locksIn(state)).toEqual([])
    })
  )

  it.live("knows folders inside and around a destination, and leaves neighbours and other accounts alone", () =>
    Effect.gen(function* () {
      const state = newState()
      leave(state, {})
      expect(yield* isBusy(state, "bucket/photos/2024")).toBe(true)
      expect(yield* isBusy(state, "bucket")).toBe(true)
      expect(yield* isBusy(state, "")).toBe(true)
      expect(yield* isBusy(state, "bucket/photos2")).toBe(false)
      expect(yield* isBusy(state, "bucket/music")).toBe(false)
      expect(yield* isBusy(state, "bucket/photos", "b2:2")).toBe(false)
    })
  )

  it.live("knows that everything lies inside a whole account", () =>
    Effect.gen(function* () {
      const state = newState()
      leave(state, {}, "")
      expect(yield* isBusy(state, "bucket/photos")).toBe(true)
    })
  )

  it.live("lets go when the run is interrupted", () =>
    Effect.gen(function* () {
      const state = newState()
      const isHeld = yield* Deferred.make<void>()
      const holding = Effect.andThen(Deferred.succeed(isHeld, undefined), Effect.never)
      const fiber = yield* Effect.forkChild(Effect.scoped(Effect.andThen(lock(state), holding)))
      yield* Deferred.await(isHeld)
      expect(yield* isBusy(state)).toBe(true)
      yield* Fiber.interrupt(fiber)
      expect(yield* isBusy(state)).toBe(false)
    })
  )

  it.live("takes over from a run that has ended", () =>
    Effect.gen(function* () {
      const state = newState()
      leave(state, { pid: spawnSync("true").pid })
      expect(yield* isBusy(state)).toBe(false)
      expect(locksIn(state)).toEqual([])
    })
  )

  it.live("takes over when the process id belongs to another process now", () =>
    Effect.gen(function* () {
      const state = newState()
      leave(state, { birth: "an earlier start of this machine/1" })
      const canTell = ProcessIdentity.current().birth !== ""
      expect(yield* isBusy(state)).toBe(!canTell)
    })
  )

  it.live("takes over from a file that a crash left half written", () =>
    Effect.gen(function* () {
      const state = newState()
      leave(state, {})
      fs.writeFileSync(join(state, "locks", "left.lock"), "")
      expect(yield* isBusy(state)).toBe(false)
    })
  )

  it.live("believes a run on another machine and names the file to delete", () =>
    Effect.gen(function* () {
      const state = newState()
      leave(state, { host: `not-${hostname()}`, pid: spawnSync("true").pid })
      const error = yield* Effect.flip(Effect.scoped(lock(state)))
      expect(error.message).toContain(` on not-${hostname()}, since 1970-01-01`)
      expect(error.message).toContain(`delete ${join(state, "locks", "left.lock")} if it no longer runs`)
    })
  )

  it.live("lets exactly one of many that start together in", () =>
    Effect.gen(function* () {
      const state = newState()
      let refused = 0
      const refuse = Effect.sync(() => {
        refused++
      })
      const othersAreRefused = Effect.repeat(Effect.sleep(5), { while: () => refused < 3 })
      const run = Effect.scoped(Effect.andThen(lock(state), othersAreRefused)).pipe(Effect.tapError(() => refuse))
      const exits = yield* Effect.all(
        Array.from({ length: 4 }, () => Effect.exit(run)),
        { concurrency: "unbounded" }
      )
      expect(exits.filter(Exit.isSuccess)).toHaveLength(1)
    })
  )

  it.live("is tried again when a run that began at the same time is over in a moment", () =>
    Effect.gen(function* () {
      const state = newState()
      const clock = vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000)
      yield* Effect.addFinalizer(() => Effect.sync(() => clock.mockRestore()))
      const first = yield* Scope.make()
      yield* Scope.provide(lock(state), first)
      const second = yield* Effect.forkChild(Effect.scoped(lock(state)), { startImmediately: true })
      yield* Scope.close(first, Exit.void)
      yield* Fiber.join(second)
    }).pipe(Effect.scoped)
  )

  it.live("is not disturbed by a run that lets go while the locks are looked at", () =>
    Effect.gen(function* () {
      const state = newState()
      const { readdirSync } = builtin
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          Object.assign(builtin, { readdirSync })
          syncBuiltinESMExports()
        })
      )
      Object.assign(builtin, { readdirSync: (folder: string) => ["gone.lock", ...readdirSync(folder)] })
      syncBuiltinESMExports()
      yield* lock(state)
    }).pipe(Effect.scoped)
  )

  it.live("is seen by another process, and gone when that one is killed", () =>
    Effect.gen(function* () {
      const state = newState()
      const program = `
        import * as Effect from "effect/Effect"
        import { acquire } from ${JSON.stringify(new URL("../../src/engine/DestinationLock.ts", import.meta.url).href)}
        const destination = { name: "b2:bucket", place: { account: "b2:1", ways: [[{ name: "", id: "" }, { name: "bucket" }]] } }
        const held = acquire({ stateDirectory: ${JSON.stringify(state)}, destination, command: "ourclone move" })
        await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
          yield* held
          console.log("held")
          yield* Effect.sleep(60000)
        })))`
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
        cwd: dirname(import.meta.dirname),
        stdio: ["ignore", "pipe", "inherit"]
      })
      yield* Effect.promise(() => once(child.stdout, "data"))
      const error = yield* Effect.flip(Effect.scoped(lock(state)))
      expect(error.reason).toMatchObject({ _tag: "Busy", pid: child.pid })
      child.kill("SIGKILL")
      yield* Effect.promise(() => once(child, "exit"))
      expect(yield* isBusy(state)).toBe(false)
    })
  )

  it.live("says what to do when it can not keep its files", () =>
    Effect.gen(function* () {
      const state = newState()
      fs.writeFileSync(state, "")
      const error = yield* Effect.flip(Effect.scoped(lock(state)))
      expect(error.reason._tag).toBe("LockUnavailable")
      expect(error.message).toContain("set XDG_STATE_HOME")
    })
  )
})
