/**
 * Brings bytes of the storage into the cache. No byte is asked for twice while it is on its way, and whoever waits goes
 * on as soon as the bytes it wants have come.
 */
import type { Provider } from "@ourclone/core/contract/Provider"
import { NotFound, type StorageError } from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Refused } from "../contract/Refusal.ts"
import { ofStorageError } from "../contract/StorageRefusal.ts"
import { type Content, unit } from "./Content.ts"
import type { Contents } from "./Contents.ts"
import { Ranges } from "./Ranges.ts"
import { mebibyte, pieces, smallestFetch } from "./ReadAhead.ts"

interface Flight {
  readonly ranges: Ranges
  /** Resolved at each piece that comes, and made anew. */
  moved: PromiseWithResolvers<void>
  failure: Refused | undefined
  /** How many fetches fail or end until a waiter looks again. */
  running: number
}

/** Files of so many bytes at most are fetched whole, and verified by their digest. */
const wholeSize = mebibyte

export class Fetcher {
  private readonly provider: Provider
  private readonly contents: Contents
  private readonly deadline: number
  private readonly flights = new Map<Content, Flight>()
  /** Bytes that came from the storage. */
  fetched = 0

  /** `deadline` in milliseconds: how long anybody waits for bytes. */
  constructor(provider: Provider, contents: Contents, deadline: number) {
    this.provider = provider
    this.contents = contents
    this.deadline = deadline
  }

  /** Whether `[start, end)` can be read now; otherwise it is on its way when the promise is given. */
  ensure(content: Content, start: number, end: number, ahead = 0): true | Promise<Refused | true> {
    const isThere = content.missing(start, end).length === 0
    if (!isThere || ahead > 0) this.begin(content, start, end, ahead)
    return isThere ? true : this.arrive(content, start, end)
  }

  private async arrive(content: Content, start: number, end: number): Promise<Refused | true> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, this.deadline, "late")
    })
    try {
      for (let attempts = 0; content.missing(start, end).length > 0; attempts++) {
        const flight = this.flights.get(content)
        if (flight === undefined) {
          if (attempts > 100_000) return new Refused("Failed", "the cache has no room for what is read")
          this.begin(content, start, end, 0)
          continue
        }
        if (flight.failure !== undefined && !this.isOnItsWay(flight, content, start, end)) return flight.failure
        if ((await Promise.race([flight.moved.promise, late])) === "late") {
          return new Refused("TimedOut", `"${content.base?.path}" did not come within ${this.deadline / 1000} s`)
        }
        if (flight.failure !== undefined) return flight.failure
      }
      return true
    } finally {
      clearTimeout(timer)
    }
  }

  private isOnItsWay(flight: Flight, content: Content, start: number, end: number): boolean {
    return content.missing(start, end).every(([from, to]) => flight.ranges.covers(from, to))
  }

  private begin(content: Content, start: number, end: number, ahead: number): void {
    const { base } = content
    if (base === undefined) return
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
    if (flight.running === 0) {
      flight.failure = undefined
      this.flights.set(content, flight)
      this.contents.use(content)
    }
    flight.running++
    flight.ranges.add(start, end)
    let position = start
    const take = (bytes: Uint8Array) => {
      this.fetched += bytes.length
      if (content.base !== base) return
      if (!this.contents.makeRoom(bytes.length, content))
        throw new Refused("NoSpace", "the cache is full of what is not sent yet")
      this.contents.used += content.fill(position, bytes)
      PiecePool.give(bytes)
      position += bytes.length
      flight.moved.resolve()
      flight.moved = Promise.withResolvers()
    }
    const taking = (bytes: Uint8Array) => Effect.try({ try: () => take(bytes), catch: (error) => error })
    const work: Effect.Effect<void, unknown> = isWhole
      ? Effect.flatMap(this.provider.readAll(base), taking)
      : Stream.runForEach(this.provider.read(base, { offset: start, length: end - start }), taking)
    void Effect.runPromiseExit(work).then((exit) => {
      flight.running--
      flight.ranges.remove(start, end)
      if (Exit.isFailure(exit)) {
        const error = Option.getOrElse(Cause.findErrorOption(exit.cause), () => Cause.squash(exit.cause))
        flight.failure = refusedBy(error)
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
