/** What a `MemoryProvider` keeps, and how it takes bytes in. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ByteSource } from "../contract/ByteSource.ts"
import type { DatedFile } from "../contract/Entry.ts"
import type { Part, Unfinished } from "../contract/LargeFile.ts"
import type { PutOptions } from "../contract/Provider.ts"
import { ChecksumMismatch, InvalidRequest, type Reason, type StorageError } from "../contract/StorageError.ts"

/** Paths in here begin with the location of the provider that stored them. */
export interface MemoryAccount {
  readonly id: string
  readonly files: Map<string, Stored>
  readonly directories: Set<string>
  readonly started: Map<string, Started>
  /** Versions by the path of their file, the newest first; empty where none are kept. */
  readonly history: Map<string, Array<Kept>>
  nextId: number
}

export interface Stored {
  readonly file: DatedFile
  readonly bytes: Uint8Array
}

/** A version; a hide marker has neither file nor bytes. */
export interface Kept {
  readonly versionId: string
  readonly storedAt: number
  readonly stored: Stored | undefined
}

export interface Started {
  readonly file: Unfinished
  readonly options: PutOptions
  readonly parts: Map<number, { readonly part: Part; readonly bytes: Uint8Array }>
  finished?: DatedFile
}

let accounts = 0

export const make = (): MemoryAccount => ({
  id: `memory-${++accounts}`,
  files: new Map(),
  directories: new Set(),
  started: new Map(),
  history: new Map(),
  nextId: 1
})

export const sha1 = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex")

/** The bytes of a source, when they are as many as it announced and hash to what was expected. */
export const receive = (
  source: ByteSource,
  expected: string | undefined,
  fail: (reason: Reason) => StorageError
): Effect.Effect<Uint8Array, StorageError> =>
  Effect.flatMap(Stream.runCollect(source.read()), (pieces) => {
    const bytes = new Uint8Array(Buffer.concat(pieces))
    if (bytes.length !== source.size) {
      const message = `${source.size} bytes were announced and ${bytes.length} arrived; read the source again`
      return Effect.fail(fail(new InvalidRequest({ message })))
    }
    const actual = sha1(bytes)
    if (expected === undefined || expected === actual) return Effect.succeed(bytes)
    const message = "the bytes that arrived have another SHA-1 than was announced; send them again"
    return Effect.fail(fail(new ChecksumMismatch({ message, expected, actual })))
  })
