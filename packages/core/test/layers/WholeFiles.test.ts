import { assert, describe, it } from "@effect/vitest"
import { type ByteSource, fromBytes } from "@ourclone/core/contract/ByteSource"
import { least } from "@ourclone/core/contract/Capabilities"
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { compare, isWithin } from "@ourclone/core/contract/RemotePath"
import { failing, NotFound, SourceChanged, type StorageError } from "@ourclone/core/contract/StorageError"
import * as WholeFiles from "@ourclone/core/layers/WholeFiles"
import { at, entries } from "@ourclone/core/testing/Check"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Effect } from "effect"

const make = (): Provider => {
  const kept = new Map<string, { readonly file: DatedFile; readonly bytes: Uint8Array }>()
  let count = 0
  const failure = failing("kept:")
  const find = (operation: string, path: string) =>
    Effect.suspend(() => {
      const found = kept.get(path)
      const reason = new NotFound({ message: "there is no such file" })
      return found === undefined ? Effect.fail(failure(operation, path, reason)) : Effect.succeed(found)
    })
  const readAll: Provider["readAll"] = ({ identity, path }) =>
    Effect.flatMap(find("read", path), ({ bytes, file }) =>
      identity === undefined || identity === file.identity
        ? Effect.succeed(bytes.slice())
        : Effect.fail(failure("read", path, new SourceChanged({ message: "it was replaced" })))
    )
  const below = (directory: string) =>
    [...kept.values()]
      .map(({ file }) => file)
      .filter(({ path }) => directory === "" || (path !== directory && isWithin(path, directory)))
      .sort((left, right) => compare(left.path, right.path))
  return {
    ...ProviderFactory.placed("kept", { name: "kept:", location: "" }),
    capabilities: { ...least, modifiedAtPrecision: 1, listsInOrder: true, isCaseSensitive: true, maxPutSize: 1e9 },
    list: (directory, options) =>
      WholeFiles.listing(
        Effect.sync(() => below(directory)),
        directory,
        options
      ),
    stat: (path) => Effect.map(find("stat", path), ({ file }) => file),
    readAll,
    read: WholeFiles.reading(readAll, failure),
    put: (path, source, { modifiedAt }) =>
      Effect.map(
        WholeFiles.received(source, (reason) => failure("put", path, reason)),
        (bytes) => {
          const file = {
            _tag: "File",
            path,
            size: bytes.length,
            modifiedAt,
            checksums: {},
            identity: `${++count}`
          } as const
          kept.set(path, { file, bytes })
          return file
        }
      ),
    remove: (path) => Effect.sync(() => void kept.delete(path))
  }
}

describe("a storage that takes and gives files whole", () => {
  for (const check of ProviderContract.checks) {
    it.effect(check.name, ({ skip }) => Effect.suspend(() => ProviderContract.runOrSkip(check, make(), skip)))
  }

  it.effect("shows a folder once, where its content would stand, however many files lie in it", () =>
    Effect.gen(function* () {
      const provider = make()
      for (const path of ["a", "a.txt", "b/c/d", "b/e", "b.txt"]) {
        yield* provider.put(at(path), fromBytes(Buffer.from(path)), { modifiedAt: 1 })
      }
      assert.deepStrictEqual(
        (yield* entries(provider, "", 1)).map(({ _tag, path }) => `${_tag} ${path}`),
        ["File a", "File a.txt", "File b.txt", "Directory b"]
      )
      assert.deepStrictEqual(
        (yield* entries(provider, "b", 1)).map(({ path }) => path),
        ["b/c", "b/e"]
      )
    })
  )

  it.effect("is told why bytes are not those that were announced", () =>
    Effect.gen(function* () {
      const put = (source: ByteSource) =>
        Effect.map(Effect.flip(make().put(at("a"), source, { modifiedAt: 1 })), ({ reason }: StorageError) => reason)
      const source = fromBytes(Buffer.from("hello"))
      assert.strictEqual((yield* put({ ...source, size: 6 }))._tag, "SourceChanged")
      assert.strictEqual((yield* put({ ...source, sha1: "other" }))._tag, "ChecksumMismatch")
      assert.include(yield* put({ ...source, sha1: "other", isSha1Noted: true }), { isWronglyNoted: true })
    })
  )
})
