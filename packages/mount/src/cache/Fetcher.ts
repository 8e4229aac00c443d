/**
 * Brings bytes of the storage into the cache. No byte is asked for twice while it is on its way, and whoever waits goes
 * on as soon as the bytes it wants have come.
 */

import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { NotFound, type StorageError } from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { fewTries } from "../contract/FewTries.ts"
import type { Answer, Soon } from "../contract/FileSystem.ts"
import { isRefused, Refused } from "../contract/Refusal.ts"
import { ofStorageError } from "../contract/StorageRefusal.ts"
import { type Content, unit } from "./Content.ts"
import type { Contents } from "./Contents.ts"
import { Deadline } from "./Deadline.ts"
import { JustMissed } from "./JustMissed.ts"
import { type Range, Ranges } from "./Ranges.ts"
import { largestWindow, mebibyte, pieces, smallestFetch } from "./ReadAhead.ts"

interface Flight {
  readonly ranges: Ranges
  /** Resolved at each piece that comes, and made anew. */
  moved: PromiseWithResolvers<void>
  failure: Refused | undefined
  running: number
}

/** Files of so many bytes at most are fetched whole, and verified by their digest. */
const wholeSize = mebibyte
/** How often bytes are asked for anew that had to make way before whoever waits saw them. */
const mostBegun = 8
/** Milliseconds until bytes are asked for anew that the storage, after some tries, did not give. */
const pauseMillis = 1_000
const tooLittle = "the cache is full of what is not sent yet"

export class Fetcher {
  private readonly provider: Provider
  private readonly contents: Contents
  private readonly deadline: number
  private readonly context: Context.Context<never>
  private readonly flights = new Map<Content, Flight>()
  private readonly missed = new JustMissed()
  /** Bytes that came from the storage. */
  fetched = 0

  /** `deadline` in milliseconds: how long anybody waits for bytes. `context` of the run that mounts. */
  constructor(provider: Provider, contents: Contents, deadline: number, context: Context.Context<never>) {
    this.provider = provider
    this.contents = contents
    this.deadline = deadline
    this.context = context
  }

  /** Whether `[start, end)` can be read now; otherwise it is on its way when the promise is given. */
  ensure(content: Content, start: number, end: number, ahead = 0): Soon<true> {
    const missing = content.missing(start, end)
    if (missing.length === 0) return true
    const late = this.missed.of(content, missing)
    if (late !== undefined) return late
    this.begin(content, start, end, ahead)
    return this.arrive(content, start, end, () => true)
  }

  /** `ensure` of much, of which a window at a time is asked for. */
  async ensureAll(content: Content, start: number, end: number): Promise<Refused | true> {
    for (let at = start; at < end; at += largestWindow) {
      const to = Math.min(end, at + largestWindow)
      const there = await this.ensure(content, at, to, Math.min(end - to, largestWindow))
      if (there !== true) return there
      await new Promise((resolve) => setImmediate(resolve))
    }
    return content.missing(start, end).length === 0 || new Refused("NoSpace", tooLittle)
  }

  /** Bytes from `offset` on, and some `ahead` of them for later. What the cache has no room for is read past it. */
  read(content: Content, offset: number, into: Uint8Array, ahead: number): Soon<number> {
    const end = Math.min(content.size, offset + into.length)
    const missing = content.missing(offset, end)
    const isThere = missing.length === 0
    if (isThere && ahead === 0) return content.read(offset, into)
    if (isThere) {
      const read = content.read(offset, into)
      const isAhead = content.missing(end, end + ahead).length === 0
      if (!isAhead && this.contents.makeRoom(smallestFetch, content, offset)) this.begin(content, offset, end, ahead)
      return read
    }
    const late = this.missed.of(content, missing)
    if (late !== undefined) return late
    if (!this.contents.makeRoom(end - offset, content, offset)) return this.readPast(content, offset, into)
    this.begin(content, offset, end, ahead)
    // Not a moment later: what has come may have to make way again.
    const arrived = this.arrive(content, offset, end, () => content.read(offset, into))
    return arrived.then((read) =>
      isRefused(read) && read.refusal === "NoSpace" ? this.readPast(content, offset, into) : read
    )
  }

  /** `then` of when `[start, end)` is here. */
  private async arrive<A>(content: Content, start: number, end: number, then: () => A): Promise<Refused | A> {
    const deadline = new Deadline(this.deadline)
    let failure: Refused | undefined
    try {
      for (let begun = 0; content.missing(start, end).length > 0; ) {
        const flight = this.flights.get(content)
        if (flight === undefined || !this.isOnItsWay(flight, content, start, end)) {
          if (begun++ > mostBegun) return new Refused("NoSpace", tooLittle)
          this.begin(content, start, end, 0)
          continue
        }
        await Promise.race([flight.moved.promise, deadline.over])
        if (flight.failure !== undefined && flight.failure.refusal !== "TimedOut") return flight.failure
        if (flight.failure !== undefined) {
          failure = flight.failure
          begun = 0
          await deadline.pause(pauseMillis)
        }
        if (deadline.isOver) return this.late(content, [start, end], failure)
      }
      return then()
    } finally {
      deadline.end()
    }
  }

  private late(content: Content, range: Range, because: Refused | undefined): Refused {
    const why = because?.message === undefined ? "" : `: ${because.message}`
    const message = `"${content.base?.path}" did not come within ${this.deadline / 1000} s${why}`
    const refused = new Refused("TimedOut", message)
    this.missed.note({ content, range, refused })
    return refused
  }

  /** What is missing comes from the storage and is not kept. */
  private async readPast(content: Content, offset: number, into: Uint8Array): Promise<Answer<number>> {
    const deadline = new Deadline(this.deadline)
    const end = offset + into.length
    let failure: Refused | undefined
    try {
      for (;;) {
        const { base } = content
        const came = await this.bring(base!, content.missing(offset, end), deadline.signal)
        if (deadline.isOver) return this.late(content, [offset, end], failure)
        if (isRefused(came)) {
          if (came.refusal !== "TimedOut") return came
          failure = came
          await deadline.pause(pauseMillis)
          continue
        }
        // It may have been written to meanwhile, or sent, or have lost what was here.
        const read = content.base === base ? this.join(content, offset, into, came) : undefined
        if (read !== undefined) return read
      }
    } finally {
      deadline.end()
    }
  }

  private async bring(base: File, ranges: ReadonlyArray<Range>, signal: AbortSignal) {
    const came = new Map<number, Uint8Array>()
    for (const [start, end] of ranges) {
      const piece = fewTries(this.piece(base, start, end))
      const exit = await Effect.runPromiseExitWith(this.context)(piece, { signal })
      if (Exit.isFailure(exit)) return refusedBy(causeOf(exit.cause))
      came.set(start, exit.value)
    }
    return came
  }

  /** What is here of `[offset, …)` and what came for the rest; undefined where that is not all. */
  private join(content: Content, offset: number, into: Uint8Array, came: ReadonlyMap<number, Uint8Array>) {
    const missing = content.missing(offset, offset + into.length)
    const pieces = [...came]
    const found = missing.map(([start, end]) =>
      pieces.find(([from, bytes]) => from <= start && end <= from + bytes.length)
    )
    if (found.includes(undefined)) return undefined
    const read = content.read(offset, into)
    for (const [index, [start, end]] of missing.entries()) {
      const [from, bytes] = found[index]!
      into.set(bytes.subarray(start - from, end - from), start - offset)
    }
    return read
  }

  private piece(base: File, start: number, end: number): Effect.Effect<Uint8Array, StorageError | Refused> {
    const { provider } = this
    const take = (bytes: Uint8Array) => {
      this.came(bytes)
      return bytes
    }
    if (base.size <= wholeSize) {
      return Effect.map(provider.readAll(base), (bytes) => take(bytes).subarray(start, end))
    }
    return Effect.gen(function* () {
      const all = Buffer.alloc(end - start)
      let length = 0
      yield* Stream.runForEach(provider.read(base, { offset: start, length: all.length }), (bytes) =>
        Effect.sync(() => {
          all.set(take(bytes).subarray(0, all.length - length), length)
          length += bytes.length
          PiecePool.give(bytes)
        })
      )
      if (length === all.length) return all
      return yield* Effect.fail(new Refused("Failed", `"${base.path}" ended after ${length} bytes of ${all.length}`))
    })
  }

  private came({ length }: Uint8Array): void {
    this.fetched += length
    this.missed.clear()
  }

  private isOnItsWay(flight: Flight, content: Content, start: number, end: number): boolean {
    return content.missing(start, end).every(([from, to]) => flight.ranges.covers(from, to))
  }

  private begin(content: Content, start: number, end: number, wish: number): void {
    const { base } = content
    if (base === undefined) return
    // More would take the room of what was asked for just before.
    const ahead = Math.min(wish, this.contents.quota / 4)
    const most = Math.min(base.size, content.size)
    const flight = this.flights.get(content) ?? {
      ranges: new Ranges(),
      moved: Promise.withResolvers<void>(),
      failure: undefined,
      running: 0
    }
    // What is little and not edited comes whole.
    if (base.size <= wholeSize && content.dirty.isEmpty && content.size === base.size) {
      if (content.missing(0, most).length > 0 && flight.ranges.isEmpty) this.launch(content, flight, 0, most, true)
      return
    }
    const wanted = Math.max(end + ahead, start + (ahead > 0 || start === 0 ? smallestFetch : 0))
    const until = Math.min(most, Math.ceil(wanted / unit) * unit)
    // While less than half of the window is missing, nothing is asked for.
    const from = Math.floor(start / unit) * unit
    if (ahead > 0 && content.missing(start, end).length === 0) {
      const far = content.missing(from, until).reduce((sum, [a, b]) => sum + b - a, 0) - flight.ranges.total
      if (far < Math.min(ahead / 2, 4 * mebibyte) && until < most) return
    }
    for (const [gap, to] of content.missing(from, until)) {
      const whole: readonly [number, number] = [
        Math.floor(gap / unit) * unit,
        Math.min(most, Math.ceil(to / unit) * unit)
      ]
      for (const [open, close] of flight.ranges.gaps(...whole)) {
        for (const [a, b] of pieces(open, close)) this.launch(content, flight, a, b, false)
      }
    }
  }

  private launch(content: Content, flight: Flight, start: number, end: number, isWhole: boolean): void {
    const base = content.base!
    flight.failure = undefined
    if (flight.running === 0) {
      this.flights.set(content, flight)
      this.contents.use(content)
    }
    flight.running++
    flight.ranges.add(start, end)
    let position = start
    const take = (bytes: Uint8Array) => {
      this.came(bytes)
      if (content.base !== base) return
      if (!this.contents.makeRoom(bytes.length, content, position)) throw new Refused("NoSpace", tooLittle)
      content.fill(position, bytes)
      this.contents.count(content)
      PiecePool.give(bytes)
      position += bytes.length
      flight.moved.resolve()
      flight.moved = Promise.withResolvers()
    }
    const taking = (bytes: Uint8Array) => Effect.try({ try: () => take(bytes), catch: (error) => error })
    const work: Effect.Effect<void, unknown> = isWhole
      ? Effect.flatMap(this.provider.readAll(base), taking)
      : Stream.runForEach(this.provider.read(base, { offset: start, length: end - start }), taking)
    void Effect.runPromiseExitWith(this.context)(fewTries(work)).then((exit) => {
      flight.running--
      flight.ranges.remove(start, end)
      if (Exit.isFailure(exit)) {
        flight.failure = refusedBy(causeOf(exit.cause))
      }
      if (flight.running === 0) {
        this.flights.delete(content)
        this.contents.leave(content)
      }
      flight.moved.resolve()
      flight.moved = Promise.withResolvers()
    })
  }
}

const causeOf = (cause: Cause.Cause<unknown>): unknown =>
  Option.getOrElse(Cause.findErrorOption(cause), () => Cause.squash(cause))

const refusedBy = (error: unknown): Refused => {
  if (error instanceof Refused) return error
  if (typeof error === "object" && error !== null && "_tag" in error && error._tag === "StorageError") {
    const failure = error as StorageError
    return failure.reason instanceof NotFound
      ? new Refused("Failed", `${failure.message}; another client removed it`)
      : ofStorageError(failure)
  }
  const full = typeof error === "object" && error !== null && "code" in error && error.code === "ENOSPC"
  return new Refused(full ? "NoSpace" : "Failed", error instanceof Error ? error.message : String(error))
}
