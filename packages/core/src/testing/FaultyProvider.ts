/**
 * A provider that fails on request, to see what the code above it does.
 *
 * A fault strikes the nth time the effect or stream of a method is run, counted
 * from 1 and retries included. Calls without a fault pass through.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { LargeFile } from "../contract/LargeFile.ts"
import type { Provider } from "../contract/Provider.ts"
import { type Reason, StorageError, Unavailable } from "../contract/StorageError.ts"

export type Method =
  | Exclude<
      keyof Provider,
      | "specification"
      | "name"
      | "place"
      | "location"
      | "capabilities"
      | "digest"
      | "locate"
      | "largeFile"
      | "versions"
      | "buckets"
      | "storedAs"
      | "remarks"
      | "tidy"
      | "leftovers"
      | "freeSpace"
      | "downloads"
    >
  | Exclude<keyof LargeFile, "limits">

export type Fault = {
  readonly method: Method
  /** The call it strikes; every call when absent. */
  readonly nth?: number
} & (
  | { readonly kind: "fail"; readonly reason?: Reason }
  /** The work is done, and then the call fails. */
  | { readonly kind: "loseAnswer"; readonly reason?: Reason }
  /** The call begins after this time. */
  | { readonly kind: "delay"; readonly by: Duration.Input }
  /** Of `read` and `readAll`: the lowest bit of the byte at `offset` of what is read is turned over. */
  | { readonly kind: "flipByte"; readonly offset: number }
)

export interface FaultyProvider extends Provider {
  /** How often the effect or stream of a method has been run. */
  readonly calls: (method: Method) => number
}

const outage = new Unavailable({ message: "the connection was reset; try again" })

const flip = (offset: number) => {
  let position = 0
  return (piece: Uint8Array): Uint8Array => {
    const index = offset - position
    position += piece.length
    if (index < 0 || index >= piece.length) return piece
    const flipped = Uint8Array.from(piece)
    flipped[index] = (flipped[index] ?? 0) ^ 1
    return flipped
  }
}

export const make = (provider: Provider, faults: ReadonlyArray<Fault>): FaultyProvider => {
  const counts = new Map<Method, number>()
  const next = (method: Method): Fault | undefined => {
    const count = (counts.get(method) ?? 0) + 1
    counts.set(method, count)
    return faults.find((fault) => fault.method === method && (fault.nth ?? count) === count)
  }
  const failure = (method: Method, path: string, reason: Reason = outage) =>
    new StorageError({ provider: provider.name, operation: method, path, reason })

  const effect = <A>(
    method: Method,
    path: string,
    work: Effect.Effect<A, StorageError>
  ): Effect.Effect<A, StorageError> =>
    Effect.suspend(() => {
      const fault = next(method)
      if (fault?.kind === "fail") return Effect.fail(failure(method, path, fault.reason))
      if (fault?.kind === "loseAnswer") return Effect.andThen(work, Effect.fail(failure(method, path, fault.reason)))
      if (fault?.kind === "delay") return Effect.delay(work, fault.by)
      if (fault?.kind !== "flipByte") return work
      const turn = flip(fault.offset)
      return Effect.map(work, (result) => (result instanceof Uint8Array ? (turn(result) as A) : result))
    })

  const stream = <A>(
    method: Method,
    path: string,
    work: Stream.Stream<A, StorageError>
  ): Stream.Stream<A, StorageError> =>
    Stream.suspend(() => {
      const fault = next(method)
      if (fault?.kind === "fail") return Stream.fail(failure(method, path, fault.reason))
      if (fault?.kind === "loseAnswer") return Stream.concat(work, Stream.fail(failure(method, path, fault.reason)))
      if (fault?.kind === "delay") return Stream.concat(Stream.fromEffectDrain(Effect.sleep(fault.by)), work)
      if (fault?.kind !== "flipByte") return work
      const turn = flip(fault.offset)
      return Stream.map(work, (piece) => (piece instanceof Uint8Array ? (turn(piece) as A) : piece))
    })

  const { copy, largeFile, makeDirectory, move, moveDirectory, removeDirectory, statDirectory, touch } = provider
  const { putIfAbsent, putIfSame, setMetadata } = provider
  return {
    ...provider,
    calls: (method) => counts.get(method) ?? 0,
    list: (directory, options) => stream("list", directory, provider.list(directory, options)),
    stat: (path) => effect("stat", path, provider.stat(path)),
    read: (file, range) => stream("read", file.path, provider.read(file, range)),
    readAll: (file) => effect("readAll", file.path, provider.readAll(file)),
    put: (path, source, options) => effect("put", path, provider.put(path, source, options)),
    statDirectory: statDirectory && ((path) => effect("statDirectory", path, statDirectory(path))),
    putIfAbsent:
      putIfAbsent && ((path, source, options) => effect("putIfAbsent", path, putIfAbsent(path, source, options))),
    putIfSame:
      putIfSame && ((file, source, options) => effect("putIfSame", file.path, putIfSame(file, source, options))),
    move: move && ((from, to) => effect("move", from.path, move(from, to))),
    moveDirectory: moveDirectory && ((from, to) => effect("moveDirectory", from, moveDirectory(from, to))),
    touch:
      touch && ((file, modifiedAt, nanoseconds) => effect("touch", file.path, touch(file, modifiedAt, nanoseconds))),
    setMetadata:
      setMetadata &&
      ((file, metadata, modifiedAt, nanoseconds) =>
        effect("setMetadata", file.path, setMetadata(file, metadata, modifiedAt, nanoseconds))),
    remove: (path) => effect("remove", path, provider.remove(path)),
    makeDirectory: makeDirectory && ((path) => effect("makeDirectory", path, makeDirectory(path))),
    removeDirectory: removeDirectory && ((path) => effect("removeDirectory", path, removeDirectory(path))),
    copy: copy && ((from, location, to) => effect("copy", to, copy(from, location, to))),
    largeFile: largeFile && faultyLargeFile(largeFile, effect, stream)
  }
}

const faultyLargeFile = (
  largeFile: LargeFile,
  effect: <A>(method: Method, path: string, work: Effect.Effect<A, StorageError>) => Effect.Effect<A, StorageError>,
  stream: <A>(method: Method, path: string, work: Stream.Stream<A, StorageError>) => Stream.Stream<A, StorageError>
): LargeFile => {
  const { copyPart } = largeFile
  return {
    limits: largeFile.limits,
    start: (path, options) => effect("start", path, largeFile.start(path, options)),
    uploadPart: (file, number, source, options) =>
      effect("uploadPart", file.path, largeFile.uploadPart(file, number, source, options)),
    ...(copyPart && {
      copyPart: (file, number, from, range) => effect("copyPart", file.path, copyPart(file, number, from, range))
    }),
    finish: (file, parts, options) => effect("finish", file.path, largeFile.finish(file, parts, options)),
    cancel: (file) => effect("cancel", file.path, largeFile.cancel(file)),
    unfinished: (path) => stream("unfinished", path, largeFile.unfinished(path)),
    parts: (file) => stream("parts", file.path, largeFile.parts(file))
  }
}
