/** How long anybody waits for bytes that the storage does not give. */
import { retried } from "@ourclone/core/layers/Retried"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import { isRefused } from "../../src/contract/Refusal.ts"
import type { MountOptions } from "../../src/model/Mount.ts"
import { random } from "../../src/testing/Random.ts"
import * as Bed from "./Bed.ts"
import { putElsewhere, value, write } from "./Bed.ts"

const unit = 128 * 1024
const size = 3_000_000
const bytes = random(41).bytes(size)
const minute = 60_000

/** The clock of all that waits stands still, but for what a test says. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
})
afterEach(() => {
  vi.useRealTimers()
})

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const pass = async (millis: number) => {
  for (let left = millis; left > 0; left -= 500) {
    await vi.advanceTimersByTimeAsync(Math.min(500, left))
    await settle()
  }
}

/** What comes of it, and after how many milliseconds. */
const timed = async <A>(asked: A | Promise<A>): Promise<{ readonly answer: A; readonly millis: number }> => {
  const answers: Array<A> = []
  void Promise.resolve(asked).then((answer) => answers.push(answer))
  await settle()
  for (let millis = 0; millis < 3 * minute; millis += 500) {
    if (answers.length > 0) return { answer: answers[0]!, millis }
    await pass(500)
  }
  throw new Error("nothing came of it in three minutes")
}

const mounted = async (own: Partial<MountOptions> = {}, keepsVersions = true) => {
  const bed = Bed.make({ keepsVersions })
  await putElsewhere(bed, "a", bytes)
  await putElsewhere(bed, "b", "little")
  const mount = bed.mount({ provider: retried(bed.provider), ...own })
  const { fileSystem } = mount
  const { ino } = value(await fileSystem.lookup(rootIno, "a"))
  const { handle } = value(await fileSystem.open(ino, { reads: true, writes: false }))
  const into = Buffer.alloc(unit)
  const read = (offset = 0, length = unit) => timed(fileSystem.read(handle, offset, into.subarray(0, length)))
  return { bed, mount, fileSystem, handle, into, read }
}

const late = { answer: { refusal: "TimedOut" }, millis: minute }
const lateAtOnce = { answer: { refusal: "TimedOut" }, millis: 0 }

describe.each(["away", "dead"] as const)("a storage that is %s", (state) => {
  test("lets a read fail once the deadline is over, and whoever asks again in that moment, as the kernel does, at once", async () => {
    const { bed, read } = await mounted()
    bed.state = state
    expect(await read()).toMatchObject(late)
    expect(await read(0, 4096)).toMatchObject(lateAtOnce)
    expect(await read(unit - 4096)).toMatchObject(lateAtOnce)
    expect(bed.notes.filter((note) => note.startsWith("ReadFailed"))).toHaveLength(1)
  })

  test("is waited for by a read of what nobody asked for yet, and by one of later", async () => {
    const { bed, read } = await mounted()
    bed.state = state
    expect(await read()).toMatchObject(late)
    expect(await read(unit)).toMatchObject(late)
    await pass(2_000)
    expect(await read()).toMatchObject(late)
  })

  test("lets what the cache has no room for fail as soon, and again at once", async () => {
    const { bed, fileSystem, read } = await mounted({ cacheSize: 100_000, uploadDelay: 3_600_000 })
    await write(fileSystem, "mine", random(42).bytes(90_000))
    bed.state = state
    expect(await read()).toMatchObject(late)
    expect(await read(0, 4096)).toMatchObject(lateAtOnce)
  })

  test("lets a copy inside the mount fail as soon, after what could be copied", async () => {
    const { bed, fileSystem, handle, read } = await mounted({}, false)
    expect(await read()).toMatchObject({ answer: unit })
    bed.state = state
    const copy = value(await fileSystem.create(rootIno, "copy", 0o644, Bed.owner, { reads: true, writes: true }))
    const copied = (from: number) => timed(fileSystem.copyRange(handle, from, copy.handle, from, size - from))
    const first = await copied(0)
    expect(first.millis).toBe(minute)
    const done = value(first.answer)
    expect(done).toBeGreaterThan(0)
    expect(await copied(done)).toMatchObject(lateAtOnce)
  })
})

test("a storage that was away for long is noticed soon after it is back", async () => {
  const { bed, fileSystem, handle, into, read } = await mounted()
  bed.state = "away"
  for (let time = 0; time < 4; time++) {
    expect(await read()).toMatchObject(late)
    await pass(minute)
  }
  const waiting = fileSystem.read(handle, 0, into)
  // It is back right after a try, while the pause before the next is as long as it gets.
  const tries = bed.calls.get("read")
  for (let left = 120; left > 0 && bed.calls.get("read") === tries; left--) await pass(500)
  bed.state = "there"
  const { answer, millis } = await timed(waiting)
  expect(answer).toBe(unit)
  expect(into.equals(bytes.subarray(0, unit))).toBe(true)
  expect(millis).toBeLessThanOrEqual(10_000)
})

test("bytes of the storage make who asks again wait again", async () => {
  const { bed, fileSystem, read } = await mounted()
  bed.state = "away"
  expect(await read()).toMatchObject(late)
  bed.state = "there"
  const other = value(await fileSystem.lookup(rootIno, "b"))
  const { handle } = value(await fileSystem.open(other.ino, { reads: true, writes: false }))
  expect(await timed(fileSystem.read(handle, 0, Buffer.alloc(6)))).toMatchObject({ answer: 6 })
  const { answer } = await read()
  expect(isRefused(answer)).toBe(false)
})

describe("a file that a kill left half sent", () => {
  const left = async () => {
    const bed = Bed.make()
    bed.before = (method) => (method === "put" ? Effect.never : Effect.void)
    const first = bed.mount()
    await write(first.fileSystem, "a", "sent by half")
    await pass(1_000)
    expect(bed.calls.get("put")).toBe(1)
    first.abandon()
    return bed
  }
  const opened = async (bed: Bed.Bed) => {
    const { fileSystem } = bed.mount({ provider: retried(bed.provider) })
    const { ino } = value(await fileSystem.lookup(rootIno, "a"))
    const { answer, millis } = await timed(fileSystem.open(ino, { reads: true, writes: false }))
    const into = Buffer.alloc(12)
    expect(await fileSystem.read(value(answer).handle, 0, into)).toBe(12)
    expect(into.toString()).toBe("sent by half")
    return millis
  }

  test("can be read while it is sent anew", async () => {
    expect(await opened(await left())).toBeLessThan(minute)
  })

  test.each(["away", "dead"] as const)("can be read while the storage is %s", async (state) => {
    const bed = await left()
    bed.state = state
    expect(await opened(bed)).toBeLessThanOrEqual(minute)
  })
})
