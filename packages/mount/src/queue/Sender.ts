/** Works the queue off: when rows are due, how many at once, what becomes of those that failed. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { isStorageError, type Reason } from "@ourclone/core/contract/StorageError"
import type { Answer } from "../contract/FileSystem.ts"
import { Refused } from "../contract/Refusal.ts"
import { ofStorageError } from "../contract/StorageRefusal.ts"
import { cacheName } from "./CachedSource.ts"
import type { QueueRow } from "./Queue.ts"
import type { Settle } from "./Settle.ts"
import type { World } from "./World.ts"

const longestPause = 5 * 60_000
const shortestPause = 1_000
/** Milliseconds until a row is looked at again that waits for another. */
const waitPause = 50
/** `"again"` is meant to come to an end. */
const mostRounds = 20

/** Total: a new reason does not compile until someone decides whether it may pass by itself. */
const parks: Record<Reason["_tag"], boolean> = {
  NotFound: true,
  AlreadyExists: false,
  PermissionDenied: true,
  Unauthenticated: true,
  QuotaExceeded: true,
  NoSpace: true,
  RateLimited: false,
  Unavailable: false,
  ChecksumMismatch: false,
  SourceChanged: false,
  InvalidRequest: true,
  UnexpectedResponse: false
}

export class Sender {
  private readonly world: World
  private readonly settle: Settle
  private readonly running = new Map<number, Promise<void>>()
  private readonly unresolved = new Map<number, PromiseWithResolvers<void>>()
  private timer: NodeJS.Timeout | undefined
  private waiters: Array<() => void> = []
  /** Those of them who give up with the storage. */
  private hopeful: Array<() => void> = []
  private isClosed = false
  /** Of nodes that are parked, what their programs are told. */
  private readonly refusals = new Map<number, Refused>()
  private settlers: Array<() => void> = []
  /** Rows that the cache had no room for since something was sent. */
  private readonly cramped = new Set<number>()
  /** Why the storage could not be reached the last time it was tried; undefined once it was. */
  unreachable: string | undefined
  sent = 0
  onSent: () => void = () => {}

  constructor(world: World, settle: Settle) {
    this.world = world
    this.settle = settle
    settle.onLooked = (ino) => this.noteLooked(ino)
    // Of one that is to be sent no more, what was sent goes.
    for (const ino of world.cutOffs.nodes()) {
      if (world.queue.of(ino) === undefined) world.queue.want(ino, world.settings.now())
    }
    for (const ino of world.begun.nodes()) {
      world.queue.hurryNode(ino, world.settings.now())
      this.unresolved.set(ino, Promise.withResolvers())
      setTimeout(() => this.noteLooked(ino), world.settings.deadline).unref()
    }
  }

  /** Of a node of which it is not known yet what the process before stored: when that was looked at, or could not be so far. */
  looked(ino: number): Promise<void> | undefined {
    return this.unresolved.get(ino)?.promise
  }

  private noteLooked(ino: number): void {
    this.unresolved.get(ino)?.resolve()
    this.unresolved.delete(ino)
  }

  /** Rows were added, or are due sooner. */
  wake(): void {
    if (this.isClosed) return
    clearTimeout(this.timer)
    const { concurrency, now, uploadDelay } = this.world.settings
    const latest = now() + Math.max(longestPause, uploadDelay)
    const known = this.world.queue.next()
    // Nothing is put off for so long: the clock was set back meanwhile.
    const isAhead = known !== undefined && known > latest
    if (isAhead) this.world.queue.pull(latest, now())
    const next = isAhead ? now() : known
    if (next === undefined || this.running.size >= concurrency) {
      this.tellIdle()
      return
    }
    this.timer = setTimeout(() => this.pump(), Math.min(2 ** 31 - 1, Math.max(0, next - now())))
    // A timer of a day must not hold a process that has nothing else to do; the door does, and who waits for the end.
    if (this.waiters.length === 0) this.timer.unref()
  }

  private pump(): void {
    if (this.isClosed) return
    const { concurrency, now } = this.world.settings
    const free = concurrency - this.running.size
    const due = free <= 0 ? [] : this.world.queue.ready(now(), this.running.size + free)
    let begun = 0
    for (const seq of due) {
      if (this.isClosed) return
      const row = begun >= free || this.running.has(seq) ? undefined : this.world.queue.get(seq)
      if (row === undefined) continue
      begun++
      const work = this.tried(row).finally(() => {
        this.running.delete(row.seq)
        this.noteLooked(row.ino ?? 0)
        this.wake()
        this.tellSettled()
      })
      this.running.set(row.seq, work)
    }
    if (begun === 0 && due.length > 0) return
    this.wake()
  }

  /** Where the disk of the journal has no room for what became of it, that is found out anew a little later. */
  private async tried(row: QueueRow): Promise<void> {
    try {
      await this.work(row)
    } catch (error) {
      if (this.isClosed) return
      this.world.settings.note("CacheDiskFailed", error instanceof Error ? error.message : String(error))
      await new Promise((resolve) => setTimeout(resolve, shortestPause))
    }
  }

  private async work(row: QueueRow): Promise<void> {
    const { queue, settings } = this.world
    try {
      for (let round = 0; round < mostRounds; round++) {
        const current = queue.get(row.seq)
        if (current === undefined || this.isClosed) return
        const wish = queue.wish(current)
        const settled = await this.settle.row(current)
        if (this.isClosed) return
        this.unreachable = undefined
        if (settled === "noted") {
          this.over(row)
          return
        }
        if (settled === "again" || queue.wish(current) !== wish) continue
        if (settled === "done") this.done(row)
        else if (settled === "stuck") queue.park(row.seq, "it waits for something that could not be stored")
        else this.defer(row)
        return
      }
      this.defer(row)
    } catch (error) {
      if (this.isClosed) return
      this.failed(queue.get(row.seq) ?? row, error, settings.now())
    }
  }

  private done(row: QueueRow): void {
    const { journal, queue, tree } = this.world
    journal.transaction(() => {
      queue.done(row)
      const node = row.ino === undefined ? undefined : tree.get(row.ino)
      if (node === undefined) return
      node.isDirty = false
      tree.save(node)
    })
    this.over(row)
  }

  /** The storage knows all of it. */
  private over(row: QueueRow): void {
    this.refusals.delete(row.ino ?? 0)
    this.cramped.clear()
    this.world.contents.rest()
    this.sent++
    this.onSent()
  }

  /** Due again soon, unless a write has put it off already. */
  private defer(row: QueueRow): void {
    const { queue, settings } = this.world
    const current = queue.get(row.seq)
    if (current === undefined || current.due > settings.now()) return
    queue.later(row.seq, settings.now() + waitPause, current.attempts, current.error)
  }

  private failed(row: QueueRow, error: unknown, now: number): void {
    const { queue, settings } = this.world
    const message = error instanceof Error ? error.message : String(error)
    if (isStorageError(error)) {
      const { _tag } = error.reason
      if (_tag === "SourceChanged") {
        queue.later(row.seq, Math.max(row.due, now + settings.uploadDelay), row.attempts, undefined)
        return
      }
      if (_tag === "Unavailable" || _tag === "RateLimited") {
        this.unreachable = message
        this.tellOutOfReach()
      }
      if (_tag === "NoSpace" && error.provider === cacheName && this.mayGetRoom(row.seq)) {
        queue.later(row.seq, now + shortestPause, row.attempts, message)
        return
      }
      if (parks[_tag]) {
        queue.park(row.seq, message, error.remedy)
        if (row.ino !== undefined) this.refusals.set(row.ino, ofStorageError(error))
        settings.note("Parked", message, error.remedy)
        return
      }
    }
    settings.note("SendFailed", message)
    const pause = Math.min(longestPause, shortestPause * 2 ** Math.min(row.attempts, 10))
    queue.later(row.seq, now + pause, row.attempts + 1, message)
  }

  /** What is sent makes room in the cache for the rest; once all that is left waits for room, there will be none. */
  private mayGetRoom(seq: number): boolean {
    this.cramped.add(seq)
    return this.world.queue.find((row) => !row.isParked && !this.cramped.has(row.seq)) !== undefined
  }

  /** Everything is to be sent now. */
  hurry(): void {
    this.world.queue.hurry(this.world.settings.now())
    this.wake()
  }

  private get isIdle(): boolean {
    const { all, parked } = this.world.queue.count()
    return this.running.size === 0 && all === parked
  }

  private tellIdle(): void {
    if (this.waiters.length === 0 || !this.isIdle) return
    const { waiters } = this
    this.waiters = []
    for (const waiter of waiters) waiter()
  }

  private tellOutOfReach(): void {
    const { hopeful } = this
    this.hopeful = []
    for (const waiter of hopeful) waiter()
  }

  /**
   * Resolves once nothing is left but what is parked, or when `signal` says so; without one also when the storage, after
   * all retries, does not answer.
   */
  idle(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.isIdle || signal?.aborted === true) return resolve()
      this.waiters.push(resolve)
      this.timer?.ref()
      if (signal === undefined) this.hopeful.push(resolve)
      else signal.addEventListener("abort", () => resolve(), { once: true })
    })
  }

  /** Sends a node at once, and says when the storage has it; refused where it will not take it, or is too long about it. */
  async arrived(ino: number): Promise<Answer<void>> {
    const { queue, settings } = this.world
    const until = settings.now() + settings.deadline
    queue.hurryNode(ino, settings.now())
    for (;;) {
      if (this.isClosed) return new Refused("TimedOut", "the mount ended before the storage had it")
      const row = queue.of(ino)
      if (row === undefined) return undefined
      if (row.isParked) return this.refusals.get(ino) ?? new Refused("Failed", row.error)
      const left = until - settings.now()
      if (left <= 0) return new Refused("TimedOut", row.error ?? "the storage does not have it yet")
      this.wake()
      await this.nextSettled(left)
    }
  }

  private tellSettled(): void {
    const { settlers } = this
    this.settlers = []
    for (const settled of settlers) settled()
  }

  private nextSettled(most: number): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, most)
      this.settlers.push(() => {
        clearTimeout(late)
        resolve()
      })
    })
  }

  /** Sends everything, and says when the storage has a directory and all below it. */
  async arrivedBelow(directory: number): Promise<Answer<void>> {
    this.hurry()
    await this.idle(AbortSignal.timeout(this.world.settings.deadline))
    if (this.isClosed) return new Refused("TimedOut", "the mount ended before the storage had it")
    const left = this.world.queue.find((row) => this.isBelow(row, directory))
    if (left === undefined) return undefined
    const refused = left.isParked ? this.refusals.get(left.ino ?? 0) : undefined
    return refused ?? new Refused(left.isParked ? "Failed" : "TimedOut", left.error)
  }

  private isBelow({ ino, path }: QueueRow, directory: number): boolean {
    const { tree } = this.world
    if (path === undefined) return ino !== undefined && tree.isInside(ino, directory)
    const above = tree.get(directory)
    const at = above === undefined ? undefined : tree.path(above)
    return [at, above?.remote].some((each) => each !== undefined && RemotePath.isWithin(path, each))
  }

  get active(): number {
    return this.running.size
  }

  /** Takes up nothing new; resolves once what was on its way has ended. */
  async close(): Promise<void> {
    this.isClosed = true
    clearTimeout(this.timer)
    const { waiters } = this
    this.waiters = []
    for (const waiter of waiters) waiter()
    this.tellSettled()
    await Promise.all(this.running.values())
  }
}
