/** One thing a provider must do, and the short words that checks are written in. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as ByteSource from "../contract/ByteSource.ts"
import type { DatedFile, Entry } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import * as RemotePath from "../contract/RemotePath.ts"
import { isStorageError, type StorageError } from "../contract/StorageError.ts"

/** The check is about something that this provider does not have; it says nothing of it. */
export class NotApplicable extends Schema.TaggedError<NotApplicable>()("NotApplicable", { because: Schema.String }) {}

export const notApplicable = (because: string): Effect.Effect<never, NotApplicable> =>
  Effect.fail(new NotApplicable({ because }))

export interface Check {
  /** A fact a user can rely on. */
  readonly name: string
  /**
   * For a provider whose root is empty. Dies with an `AssertionError` when the provider breaks the contract; succeeds
   * only when it was tried, and fails with `NotApplicable` when there is nothing to try.
   */
  readonly run: (provider: Provider) => Effect.Effect<void, StorageError | NotApplicable>
}

type Steps<Args extends ReadonlyArray<unknown>> = (
  ...args: Args
) => Generator<Effect.Effect<unknown, StorageError | NotApplicable>, void, never>

export const check = (name: string, steps: Steps<[provider: Provider]>): Check => ({
  name,
  run: Effect.fnUntraced(steps)
})

/** A check of an optional part, which it is handed. */
export const checkOf = <Part extends keyof Provider>(
  needs: Part,
  name: string,
  steps: Steps<[part: NonNullable<Provider[Part]>, provider: Provider]>
): Check => {
  const run = Effect.fnUntraced(steps)
  return {
    name,
    run: (provider) => {
      const part = provider[needs]
      return part === undefined || part === null ? notApplicable(`the storage has no ${needs}`) : run(part, provider)
    }
  }
}

/** For a test runner: `skip` is told why a check does not apply. */
export const runOrSkip = (
  { run }: Check,
  provider: Provider,
  skip: (because: string) => void
): Effect.Effect<void, StorageError> =>
  Effect.catchTag(run(provider), "NotApplicable", ({ because }) => Effect.sync(() => skip(because)))

/** 2024-02-29T12:30:00.123Z */
export const modifiedAt = Date.UTC(2024, 1, 29, 12, 30, 0, 123)

export const at = RemotePath.makeUnsafe
export const bytes = (text: string): ByteSource.ByteSource => ByteSource.fromBytes(new TextEncoder().encode(text))
export const put = (provider: Provider, path: string, text: string) =>
  provider.put(at(path), bytes(text), { modifiedAt })

export const sha1 = (content: Uint8Array | string): string => createHash("sha1").update(content).digest("hex")

/** Bytes that repeat nowhere near, so that a piece in the wrong place shows. */
export const pattern = (size: number): Uint8Array => {
  const words = new Uint32Array(Math.ceil(size / 4))
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index + 1, 2654435761)
  return new Uint8Array(words.buffer, 0, size)
}

/** A source of 1 MiB pieces that, like a file, gives no second view of one buffer. */
export const pieces = (content: Uint8Array): ByteSource.ByteSource => ({
  size: content.length,
  bytes: Effect.sync(() => content.slice()),
  read: (range = { offset: 0, length: content.length }) =>
    Stream.suspend(() => {
      const end = range.offset + range.length
      const result: Array<Uint8Array> = []
      for (let start = range.offset; start < end; start += 1024 * 1024) {
        result.push(content.slice(start, Math.min(start + 1024 * 1024, end)))
      }
      return Stream.fromArray(result)
    })
})

export const contentOf = (stream: Stream.Stream<Uint8Array, StorageError>) =>
  Effect.map(Stream.runCollect(stream), (arrived) => Buffer.concat(arrived))

export const textOf = (stream: Stream.Stream<Uint8Array, StorageError>) =>
  Effect.map(contentOf(stream), (content) => content.toString("utf8"))

/** What is stored at `path` now. */
export const textAt = (provider: Provider, path: string) =>
  Effect.flatMap(provider.stat(at(path)), (file) => textOf(provider.read(file)))

export const entries = (provider: Provider, directory: string, depth?: 1): Effect.Effect<Array<Entry>, StorageError> =>
  Stream.runCollect(provider.list(at(directory), depth && { depth }))

/** A listing as lines such as `File a/b.txt`, in order whatever the order of the provider. */
export const list = (provider: Provider, directory: string, depth?: 1) =>
  Effect.map(entries(provider, directory, depth), (found) =>
    found.map(({ _tag, path }) => `${_tag} ${path}`).sort(RemotePath.compare)
  )

/** The tag of the reason an effect fails with, as an error that says what failed and where. */
export const reason = <A>(effect: Effect.Effect<A, StorageError>): Effect.Effect<string> =>
  Effect.match(effect, {
    onFailure: (error) => {
      assert.ok(isStorageError(error), `it fails with ${error}`)
      for (const part of [error.provider, error.operation, error.reason.message]) {
        assert.ok(typeof part === "string" && part !== "", "a failure says what failed, where, and why")
      }
      return error.reason._tag as string
    },
    onSuccess: () => "no failure"
  })

/** That a file keeps the time as exactly as the provider says. */
export const assertModifiedAt = ({ capabilities }: Provider, file: DatedFile, expected = modifiedAt) => {
  assert.ok(Number.isInteger(file.modifiedAt), "modifiedAt is a whole number of milliseconds")
  const { modifiedAtPrecision } = capabilities
  if (modifiedAtPrecision === undefined) return
  const difference = Math.abs(file.modifiedAt - expected)
  assert.ok(difference < modifiedAtPrecision, `modifiedAt is off by ${difference} ms`)
}
