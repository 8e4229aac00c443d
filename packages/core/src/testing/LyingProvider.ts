/**
 * A provider that says that all is well and is wrong, in one way: for the kit, which must find it, and to see what the code
 * above it does. What it lies about is a fault that services are known for.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ByteSource from "../contract/ByteSource.ts"
import type { Entry } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"

export type Lie =
  /** What is read ends so many bytes early, without a failure. */
  | { readonly kind: "shortRead"; readonly by: number }
  /** Ranges begin so many bytes later. */
  | { readonly kind: "shiftRange"; readonly by: number }
  /** The lowest bit of the byte at an offset of what is read is turned over. */
  | { readonly kind: "flipByte"; readonly offset: number }
  /** A listing is the one before it of the same directory. */
  | { readonly kind: "staleListing" }
  /** The entry at an index is left out of listings, told twice, or changes places with the next. */
  | { readonly kind: "dropEntry" | "repeatEntry" | "swapEntries"; readonly index: number }
  /** A part of a large file is taken, and is not there. */
  | { readonly kind: "lostPart"; readonly number: number }
  /** Times, types of content and metadata are not kept. */
  | { readonly kind: "dropMetadata" }
  /** Files are stored so many bytes too short. */
  | { readonly kind: "truncatePut"; readonly by: number }

const cut = (pieces: ReturnType<Provider["read"]>, by: number) =>
  Stream.unwrap(
    Effect.map(Stream.runCollect(pieces), (found) => {
      const bytes = Buffer.concat(found)
      return Stream.succeed<Uint8Array>(bytes.subarray(0, Math.max(0, bytes.length - by)))
    })
  )

const flipped = (bytes: Uint8Array, offset: number): Uint8Array => {
  const other = Uint8Array.from(bytes)
  if (offset < other.length) other[offset] = (other[offset] ?? 0) ^ 1
  return other
}

const told = (lie: Lie, entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> => {
  if (lie.kind === "dropEntry") return entries.filter((_, index) => index !== lie.index)
  if (lie.kind === "repeatEntry")
    return entries.flatMap((entry, index) => (index === lie.index ? [entry, entry] : [entry]))
  const [one, other] = lie.kind === "swapEntries" ? entries.slice(lie.index, lie.index + 2) : []
  if (lie.kind !== "swapEntries" || one === undefined || other === undefined) return entries
  return [...entries.slice(0, lie.index), other, one, ...entries.slice(lie.index + 2)]
}

export const make = (provider: Provider, lie: Lie): Provider => {
  const last = new Map<string, ReadonlyArray<Entry>>()
  const { largeFile } = provider
  const list: Provider["list"] = (directory, options) =>
    Stream.fromIterableEffect(
      Effect.map(Stream.runCollect(provider.list(directory, options)), (entries) => {
        if (lie.kind !== "staleListing") return told(lie, entries)
        const key = `${options?.depth} ${directory}`
        const before = last.get(key) ?? entries
        last.set(key, entries)
        return before
      })
    )
  const read: Provider["read"] = (file, range) => {
    if (lie.kind === "shortRead") return cut(provider.read(file, range), lie.by)
    if (lie.kind === "shiftRange" && range !== undefined && range.offset + range.length + lie.by <= file.size) {
      return provider.read(file, { ...range, offset: range.offset + lie.by })
    }
    if (lie.kind !== "flipByte") return provider.read(file, range)
    return Stream.unwrap(
      Effect.map(Stream.runCollect(provider.read(file, range)), (found) =>
        Stream.succeed(flipped(Buffer.concat(found), lie.offset))
      )
    )
  }
  const put: Provider["put"] = (path, source, options) => {
    if (lie.kind === "dropMetadata") return provider.put(path, source, { modifiedAt: 0 })
    if (lie.kind !== "truncatePut") return provider.put(path, source, options)
    return Effect.flatMap(Stream.runCollect(source.read()), (found) => {
      const bytes = Buffer.concat(found)
      const short = ByteSource.fromBytes(bytes.subarray(0, Math.max(0, bytes.length - lie.by)))
      return provider.put(path, short, options)
    })
  }
  return {
    ...provider,
    list,
    read,
    put,
    readAll: (file) =>
      lie.kind === "shortRead" || lie.kind === "flipByte"
        ? Effect.map(Stream.runCollect(read(file)), (found) => Buffer.concat(found))
        : provider.readAll(file),
    largeFile:
      largeFile === undefined || lie.kind !== "lostPart"
        ? largeFile
        : { ...largeFile, parts: (file) => Stream.filter(largeFile.parts(file), ({ number }) => number !== lie.number) }
  }
}
