import { describe, expect, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, type RemotePath } from "@ourclone/core/contract/RemotePath"
import { PermissionDenied, StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import type { Version } from "@ourclone/core/contract/Versions"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"
import * as Removal from "../../src/repository/FileRemoval.ts"
import * as TestRepository from "../support/TestRepository.ts"

const at = makeUnsafe
const failure = (reason: StorageError["reason"]) => new StorageError({ provider: "b2:", operation: "remove", reason })

const versionOf = (path: string, versionId: string): Version => ({
  path: at(path),
  versionId,
  kind: "Stored",
  size: 1,
  storedAt: 0,
  modifiedAt: 0
})

/** A provider that keeps `versions`, newest first, and tells what was done to it. */
const make = (versions: Array<Version>, remove?: (version: Version, attempt: number) => StorageError | undefined) => {
  const calls: Array<string> = []
  let attempts = 0
  const provider: Provider = {
    ...MemoryProvider.make(),
    remove: (path: RemotePath) => Effect.sync(() => void calls.push(`hide ${path}`)),
    versions: {
      list: (path) => Stream.suspend(() => Stream.fromIterable(versions.filter((each) => each.path.startsWith(path)))),
      remove: (version) =>
        Effect.suspend(() => {
          const error = remove?.(version, ++attempts)
          calls.push(`${error === undefined ? "delete" : "refuse"} ${version.path} ${version.versionId}`)
          if (error !== undefined) return Effect.fail(error)
          versions.splice(versions.indexOf(version), 1)
          return Effect.void
        })
    }
  }
  return { provider, calls, versions }
}

describe("removing a file", () => {
  it.effect("deletes every version of its name, the newest last, and none of another name", () =>
    Effect.gen(function* () {
      const { calls, provider, versions } = make([
        versionOf("a", "3"),
        versionOf("a", "2"),
        versionOf("a", "1"),
        versionOf("a/b", "4")
      ])
      yield* Removal.make(provider)(at("a"))
      expect(calls).toEqual(["delete a 1", "delete a 2", "delete a 3"])
      expect(versions).toHaveLength(1)
    })
  )

  it.effect("looks again, so that a version that a lost answer left goes too", () =>
    Effect.gen(function* () {
      const made = make([versionOf("a", "1")], () => {
        if (made.calls.length === 0) made.versions.unshift(versionOf("a", "2"))
        return undefined
      })
      yield* Removal.make(made.provider)(at("a"))
      expect(made.versions).toEqual([])
    })
  )

  it.effect("tries again when the service is away for a moment", () =>
    Effect.gen(function* () {
      const away = failure(new Unavailable({ message: "busy" }))
      const { provider, versions } = make([versionOf("a", "1")], (_, attempt) => (attempt === 1 ? away : undefined))
      yield* Removal.make(provider)(at("a"))
      expect(versions).toEqual([])
    }).pipe(TestRepository.skippingTime)
  )

  it.effect("hides names from the first refusal on, when the key may not delete", () =>
    Effect.gen(function* () {
      const denied = failure(new PermissionDenied({ message: "the key lacks deleteFiles" }))
      const { calls, provider } = make([versionOf("a", "1"), versionOf("b", "1")], () => denied)
      const remove = Removal.make(provider)
      yield* remove(at("a"))
      yield* remove(at("b"))
      expect(calls).toEqual(["refuse a 1", "hide a", "hide b"])
    })
  )

  it.effect("is simply that where no versions are kept", () =>
    Effect.gen(function* () {
      const { calls, provider } = make([])
      yield* Removal.make({ ...provider, versions: undefined })(at("a"))
      expect(calls).toEqual(["hide a"])
    })
  )

  it.effect("hides where the service refuses to delete, though the place is set to delete for good", () =>
    Effect.gen(function* () {
      const denied = failure(new PermissionDenied({ message: "the bucket locks it" }))
      const { calls, provider } = make([versionOf("locks/a", "1")], () => denied)
      const hide = (path: RemotePath) => Effect.sync(() => void calls.push(`hide version of ${path}`))
      const hard: Provider = {
        ...provider,
        remove: () => Effect.fail(denied),
        versions: { ...provider.versions!, hide }
      }
      yield* Removal.make(hard)(at("locks/a"))
      expect(calls).toEqual(["refuse locks/a 1", "hide version of locks/a"])
    })
  )
})
