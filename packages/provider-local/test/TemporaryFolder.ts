/** A folder for one test, and the short words that the tests of this package are written in. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type * as ByteSource from "@ourclone/core/contract/ByteSource"
import { type Entry, type File, orderKey } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as LocalProvider from "../src/LocalProvider.ts"

export const withFolder = <A, E>(use: (root: string) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.acquireUseRelease(
    Effect.sync(() => fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "ourclone local ")))),
    use,
    (root) => Effect.sync(() => fs.rmSync(root, { recursive: true, force: true }))
  )

type Steps = (provider: Provider, root: string) => Generator<Effect.Effect<unknown, unknown>, void, never>

/** A test with a provider rooted at an empty folder. */
export const withProvider = (steps: Steps, options?: Omit<LocalProvider.LocalOptions, "root">) => () =>
  withFolder((root) =>
    Effect.gen(function* () {
      const provider = yield* LocalProvider.make({ root, ...options })
      yield* Effect.gen(() => steps(provider, root)) as Effect.Effect<void, unknown>
    })
  )

export const modifiedAt = Date.UTC(2024, 1, 29, 12, 30, 0, 123)
export const at = RemotePath.makeUnsafe
export const sha1 = (content: Uint8Array | string): string => createHash("sha1").update(content).digest("hex")

export const noise = (size: number): Uint8Array => {
  const words = new Uint32Array(Math.ceil(size / 4))
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index + 1, 2654435761)
  return new Uint8Array(words.buffer, 0, size)
}

export const source = (content: Uint8Array | string): ByteSource.ByteSource => {
  const bytes = Buffer.from(content)
  return {
    size: bytes.length,
    bytes: Effect.sync(() => Uint8Array.from(bytes)),
    read: (range = { offset: 0, length: bytes.length }) => {
      const pieces: Array<Uint8Array> = []
      for (let from = range.offset; from < range.offset + range.length; from += 1_000_000) {
        pieces.push(bytes.subarray(from, Math.min(from + 1_000_000, range.offset + range.length)))
      }
      return Stream.fromArrays([], ...pieces.map((piece) => [piece] as const))
    }
  }
}

export const list = (provider: Provider, options?: Parameters<Provider["list"]>[1]) =>
  Effect.map(Stream.runCollect(provider.list(RemotePath.root, options)), (entries) => [...entries])

/** `File a.txt`, `Directory d/`, `Failed x` and `Skipped x`, in the order they came. */
export const lines = (entries: ReadonlyArray<Entry>): ReadonlyArray<string> =>
  entries.map((entry) => `${entry._tag === "Skipped" && entry.isFailure ? "Failed" : entry._tag} ${orderKey(entry)}`)

export const fileOf = (provider: Provider, path: string): Effect.Effect<File, StorageError> => provider.stat(at(path))

export const contentOf = (provider: Provider, file: File) =>
  Effect.map(Stream.runCollect(provider.read(file)), (pieces) => Buffer.concat(pieces))

/** The error that `effect` ends with. */
export const failureOf = <A>(effect: Effect.Effect<A, StorageError>): Effect.Effect<StorageError> =>
  Effect.match(effect, {
    onFailure: (error) => error,
    onSuccess: () => {
      throw new Error("it was expected to fail")
    }
  })

/** Everything in `root`, temporary files too, nothing behind links. */
export const onDisk = (root: string): ReadonlyArray<string> =>
  fs
    .readdirSync(root, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? [entry.name, ...onDisk(`${root}/${entry.name}`).map((path) => `${entry.name}/${path}`)]
        : [entry.name]
    )
    .sort()
