import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as ThreadPlaces from "@ourclone/core/machine/ThreadPlaces"
import { Effect, Exit } from "effect"
import { make as makeThreads, prepare, ThreadFailure, type Threads } from "../../src/threads/Threads.ts"
import type { Request } from "../support/EchoWorker.ts"
import { temporaryFolder } from "../support/machine.ts"

const url = new URL("../support/EchoWorker.ts", import.meta.url)

const start = (size: number, onRequest?: (question: string, thread: number) => unknown) =>
  makeThreads<Request, unknown, string>(url, { size, data: () => "hello", ...(onRequest && { onRequest }) })

const failureOf = (threads: Threads<Request, unknown>, request: Request) => Effect.flip(threads.call(request))

describe("threads", () => {
  it.live("find the data that they were started with", () =>
    Effect.gen(function* () {
      const threads = yield* start(1)
      expect(yield* threads.call({ _tag: "Data" })).toBe("hello")
    }).pipe(Effect.scoped)
  )

  it.live("move buffers there and back without a copy", () =>
    Effect.gen(function* () {
      const threads = yield* start(1)
      const buffer = new ArrayBuffer(1000)
      const filling = threads.call({ _tag: "Fill", buffer, byte: 7 }, [buffer])
      const filled = (yield* filling) as ArrayBuffer
      expect(buffer.detached).toBe(true)
      expect(new Uint8Array(filled)).toEqual(new Uint8Array(1000).fill(7))
    }).pipe(Effect.scoped)
  )

  it.live("fail with what was thrown, at once or later, and go on", () =>
    Effect.gen(function* () {
      const threads = yield* start(1)
      for (const late of [false, true]) {
        const error = yield* failureOf(threads, { _tag: "Fail", code: "ENOSPC", late })
        expect(error).toBeInstanceOf(ThreadFailure)
        expect(error).toMatchObject({ message: "it does not work", code: "ENOSPC" })
      }
      expect(yield* failureOf(threads, { _tag: "Fail", late: false })).toMatchObject({ code: "" })
      expect(yield* threads.call({ _tag: "Data" })).toBe("hello")
    }).pipe(Effect.scoped)
  )

  it.live("may ask back, and are told apart", () =>
    Effect.gen(function* () {
      const threads = yield* start(2, (question, thread) => Promise.resolve(`${question.length} to ${thread}`))
      const answers = yield* Effect.forEach(
        threads.lines,
        (line) => Effect.promise(() => line.call({ _tag: "Ask", question: "why" })),
        { concurrency: 2 }
      )
      expect(answers).toEqual(["why 3 to 0", "why 3 to 1"])
    }).pipe(Effect.scoped)
  )

  it.live("share the work: the one that has the least open gets the next", () =>
    Effect.gen(function* () {
      const threads = yield* start(2)
      const held = Effect.ignore(threads.call({ _tag: "Wait", millis: 300_000 }))
      yield* Effect.forkChild(held, { startImmediately: true })
      expect(threads.lines.map((line) => line.pending())).toEqual([1, 0])
      expect(yield* threads.call({ _tag: "Data" })).toBe("hello")
      expect(threads.lines.map((line) => line.pending())).toEqual([1, 0])
    }).pipe(Effect.scoped)
  )

  for (const [death, request, message] of [
    ["ends", { _tag: "Exit" }, "the thread ended"],
    ["throws outside of a request", { _tag: "Throw" }, "outside of any request"]
  ] as const) {
    it.live(`fail what is open when one ${death}, rather than wait for ever`, () =>
      Effect.gen(function* () {
        const threads = yield* start(1)
        expect((yield* failureOf(threads, request)).message).toBe(message)
      }).pipe(Effect.scoped)
    )

    it.live(`fail what is asked after one ${death}`, () =>
      Effect.gen(function* () {
        const threads = yield* start(1)
        yield* failureOf(threads, request)
        const later = yield* Effect.exit(threads.call({ _tag: "Data" }))
        expect(Exit.isFailure(later) && String(later.cause)).toContain(message)
      }).pipe(Effect.scoped)
    )
  }

  it.live("end with the scope, whatever they do", () =>
    Effect.gen(function* () {
      let call: Effect.Effect<unknown, ThreadFailure> = Effect.void
      yield* Effect.scoped(
        Effect.gen(function* () {
          const threads = yield* start(1)
          const open = threads.lines[0]!.call({ _tag: "Wait", millis: 60_000 })
          call = Effect.tryPromise({ try: () => open, catch: (error) => error as ThreadFailure })
          open.catch(() => undefined)
        })
      )
      expect((yield* Effect.flip(call)).message).toBe("the thread ended")
    })
  )

  const numbersOf = ({ lines }: Threads<Request, unknown>) =>
    Effect.promise(() => Promise.all(lines.map((line) => line.call({ _tag: "Number" }) as Promise<number>)))

  it.live("may have been loaded before, and then end with whoever loaded them unless they are used", () =>
    Effect.gen(function* () {
      const [last = 0] = yield* numbersOf(yield* start(1))
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* prepare(url, 3)
          const used = yield* start(2)
          expect(yield* numbersOf(used)).toEqual([last + 1, last + 2])
          expect(yield* used.call({ _tag: "Data" })).toBe("hello")
        })
      )
      expect(yield* numbersOf(yield* start(1))).toEqual([last + 4])
    }).pipe(Effect.scoped)
  )

  it.live("of many jobs at once are few, and each job has one", () =>
    Effect.gen(function* () {
      const places = ThreadPlaces.make(3)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* prepare(url, 2)
          const jobs = yield* Effect.all([start(2), start(2), start(2)])
          expect(jobs.map(({ size }) => size)).toEqual([2, 1, 1])
          expect(jobs.flatMap(({ lines }) => lines)).toHaveLength(4)
          expect(places.used()).toBe(4)
        })
      ).pipe(Effect.provideService(ThreadPlaces.ThreadPlaces, places))
      expect(places.used()).toBe(0)
    })
  )

  it.live("begin in part, and the others once when they are wanted, as far as there is room for them", () =>
    Effect.gen(function* () {
      const data = (size: number) => `${size} of us`
      for (const [total, all] of [
        [8, 3],
        [2, 2]
      ] as const) {
        const places = ThreadPlaces.make(total)
        const begun = makeThreads<Request, unknown>(url, { size: 3, first: 1, data })
        yield* Effect.scoped(
          Effect.gen(function* () {
            const threads = yield* begun
            expect([threads.size, threads.lines.length, places.used()]).toEqual([1, 1, 1])
            threads.startAll()
            threads.startAll()
            expect([threads.size, threads.lines.length, places.used()]).toEqual([all, all, all])
            const told = threads.lines.map((line) => Effect.promise(() => line.call({ _tag: "Data" })))
            expect(yield* Effect.all(told)).toEqual([
              "1 of us",
              ...Array.from({ length: all - 1 }, () => `${all} of us`)
            ])
          })
        ).pipe(Effect.provideService(ThreadPlaces.ThreadPlaces, places))
        expect(places.used()).toBe(0)
      }
    })
  )

  it.live("do not begin any more once their scope is closed", () =>
    Effect.gen(function* () {
      const places = ThreadPlaces.make(8)
      const begun = makeThreads<Request, unknown>(url, { size: 3, first: 1, data: () => "hello" })
      const threads = yield* Effect.scoped(begun).pipe(Effect.provideService(ThreadPlaces.ThreadPlaces, places))
      threads.startAll()
      expect([threads.size, places.used()]).toEqual([1, 0])
    })
  )

  it.live("are as many as somebody insists on, and hear how many they are", () =>
    Effect.gen(function* () {
      const threads = yield* makeThreads<Request, unknown>(url, { size: 2, least: 2, data: (size) => `${size} of us` })
      expect(yield* threads.call({ _tag: "Data" })).toBe("2 of us")
    }).pipe(Effect.scoped, Effect.provideService(ThreadPlaces.ThreadPlaces, ThreadPlaces.make(1)))
  )

  it.live("are not ended before they have started: one that loads a native library would abort the process", () =>
    Effect.gen(function* () {
      const file = join(temporaryFolder(), "started")
      yield* Effect.scoped(makeThreads<Request, unknown>(url, { size: 1, data: () => file }))
      expect(existsSync(file)).toBe(true)
    })
  )

  it.live("that died after they were loaded are not used, and are not waited for", () =>
    Effect.gen(function* () {
      const dying = new URL("../support/DyingWorker.ts", import.meta.url)
      yield* prepare(dying, 1)
      yield* Effect.sleep(1500)
      const threads = yield* makeThreads<Request, unknown>(dying, { size: 1, data: () => "hello" })
      expect((yield* failureOf(threads, { _tag: "Data" })).message).toBe("it can not be loaded")
    }).pipe(Effect.scoped)
  )
})
