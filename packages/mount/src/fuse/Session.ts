/**
 * One session with the kernel: reads requests from the device, has them answered, writes the replies.
 *
 * It runs in the thread of the file system and lets that thread's event loop turn. A request that waits for the storage
 * holds nobody up: replies are written in any order. The device is not closed here; it ends the session by its own end,
 * which comes with the unmount.
 */
import * as fs from "node:fs"
import { constants } from "node:os"
import type { FileSystem } from "../contract/FileSystem.ts"
import { Announcer } from "./Announcer.ts"
import { Buffers } from "./Buffers.ts"
import * as Door from "./door/Door.ts"
import type { Reply } from "./door/Handler.ts"
import { KeptListings } from "./door/KeptListings.ts"
import * as Init from "./protocol/Init.ts"
import { decode, type Request, type Unreadable } from "./protocol/KernelRequest.ts"
import type { OperationName } from "./protocol/Operations.ts"
import * as Wire from "./protocol/Reply.ts"

const { errno } = constants

/** A whole request with the most that it may carry. */
const requestSize = Init.maxWrite + 4096
/** So many readings stand in line at the device: while one request is answered the next is on its way. */
const readers = 2

/** What may be given up in the middle: nothing of it is seen by anybody. */
const interruptible: ReadonlySet<OperationName> = new Set<OperationName>([
  "LOOKUP",
  "GETATTR",
  "READLINK",
  "READ",
  "READDIR",
  "READDIRPLUS",
  "STATFS",
  "GETXATTR",
  "LISTXATTR",
  "LSEEK"
])

export interface SessionOptions {
  /** An open `/dev/fuse` that is mounted. */
  readonly device: number
  readonly fileSystem: FileSystem
  readonly keepsAttributes?: boolean | undefined
  /** For the log: a request that the file system threw at. The program that asked is told EIO. */
  readonly onFault: (fault: { readonly operation: string; readonly error: unknown }) => void
}

export type Ended =
  /** The file system was unmounted, or the kernel gave the connection up. */
  | { readonly _tag: "Unmounted" }
  /** The kernel speaks an older protocol than 7.31 (Linux 5.4). */
  | { readonly _tag: "TooOld"; readonly version: string }
  | { readonly _tag: "Broken"; readonly error: unknown }

export interface Session {
  /** Kernel and door have agreed on how they speak. */
  readonly begun: Promise<void>
  readonly ended: Promise<Ended>
  /** Requests that wait for the file system. */
  readonly waiting: () => number
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)

export const serve = ({ device, fileSystem, keepsAttributes = false, onFault }: SessionOptions): Session => {
  const { promise: ended, resolve } = Promise.withResolvers<Ended>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const buffers = new Buffers()
  const handles = new Set<number>()
  const listings = new KeptListings(() => performance.now())
  const door = { fileSystem, handles, listings, buffers, keepsAttributes }
  const waiting = new Map<number, { readonly name: OperationName | undefined; isInterrupted: boolean }>()
  let announcer: Announcer | undefined
  const unwatch = fileSystem.watch((changes) => {
    for (const change of changes) if (change._tag === "EntryChanged") listings.forget(change.parent)
  })

  let reading = readers

  /** What is wrong is told at once; the readers go on until the unmount. */
  const breakOff = (because: Ended) => {
    announcer?.stop()
    resolve(because)
  }
  /** Nobody asks any more once every reader has stopped and every answer is there. */
  const settle = () => {
    if (reading > 0 || waiting.size > 0) return
    announcer?.stop()
    unwatch()
    // The kernel has dropped what it had not told yet: that files were closed.
    for (const handle of handles) fileSystem.release(handle)
    handles.clear()
    resolve({ _tag: "Unmounted" })
  }
  const stop = () => {
    reading--
    settle()
  }

  const write = (unique: number, reply: Reply) => {
    const bytes = typeof reply === "number" ? Wire.seal(Wire.empty(), unique, reply) : Wire.seal(reply, unique, 0)
    try {
      fs.writeSync(device, bytes, 0, bytes.length)
    } catch (error) {
      // The program did not wait any longer, or there is no mount any more.
      if (!["ENOENT", "ENODEV"].includes(codeOf(error))) onFault({ operation: "reply", error })
    }
    buffers.give(bytes)
  }

  const fault = (request: Request | Unreadable, error: unknown): Reply => {
    onFault({ operation: request.name ?? `operation ${request.code}`, error })
    return errno.EIO
  }

  const initialize = (request: Extract<Request, { readonly name: "INIT" }>) => {
    const agreement = Init.agree(request.body)
    if (agreement._tag === "TooOld") {
      write(request.unique, errno.EPROTO)
      return breakOff(agreement)
    }
    write(request.unique, agreement.reply)
    if (agreement._tag !== "Agreed") return
    announcer ??= new Announcer(device, fileSystem, agreement.session.has("expireOnly"))
    begin()
  }

  const interrupt = (unique: number) => {
    const asked = waiting.get(unique)
    if (asked?.name === undefined || asked.isInterrupted || !interruptible.has(asked.name)) return
    asked.isInterrupted = true
    write(unique, errno.EINTR)
  }

  const wait = async (request: Request | Unreadable, answer: Promise<Reply>) => {
    const asked = { name: request.name, isInterrupted: false }
    waiting.set(request.unique, asked)
    const reply = await answer.catch((error: unknown) => fault(request, error))
    waiting.delete(request.unique)
    settle()
    if (!asked.isInterrupted) write(request.unique, reply)
    else if (typeof reply !== "number") buffers.give(reply)
  }

  /** True where the request's memory is still needed. */
  const take = (bytes: Buffer, length: number): boolean => {
    const request = decode(bytes, length)
    if (request.name === "INIT") {
      initialize(request)
      return false
    }
    if (request.name === "INTERRUPT") {
      interrupt(request.body.unique)
      return false
    }
    if (request.name === "FORGET" || request.name === "BATCH_FORGET" || request.name === "NOTIFY_REPLY") return false
    try {
      const answer = Door.answer(request, door)
      if (!(answer instanceof Promise)) {
        write(request.unique, answer)
        return false
      }
      void wait(request, answer)
      return request.name === "WRITE"
    } catch (error) {
      write(request.unique, fault(request, error))
      return false
    }
  }

  const read = (bytes: Buffer) => {
    fs.read(device, bytes, 0, bytes.length, null, (error, length) => {
      try {
        if (error === null) return read(take(bytes, length) ? Buffer.allocUnsafeSlow(requestSize) : bytes)
      } catch (problem) {
        breakOff({ _tag: "Broken", error: problem })
        return read(bytes)
      }
      // ENOENT: the request was taken back before it was read.
      if (["ENOENT", "EINTR", "EAGAIN"].includes(codeOf(error))) return read(bytes)
      if (codeOf(error) !== "ENODEV") breakOff({ _tag: "Broken", error })
      stop()
    })
  }
  for (let index = 0; index < readers; index++) read(Buffer.allocUnsafeSlow(requestSize))
  return { begun, ended, waiting: () => waiting.size }
}
