import { describe, expect, it } from "@effect/vitest"
import type { Bucket, Buckets, LifecycleRule } from "@ourclone/core/contract/Buckets"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, PermissionDenied, StorageError, Unauthenticated } from "@ourclone/core/contract/StorageError"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"
import { keepOnlyLastVersion } from "../../src/repository/Lifecycle.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as TestRepository from "../support/TestRepository.ts"

const failure = (reason: StorageError["reason"]) => new StorageError({ provider: "b2:", operation: "buckets", reason })
const denied = failure(new PermissionDenied({ message: "the key lacks writeBuckets" }))

/** A provider in the bucket "photos", whose rules are `rules`, and what was set. */
const make = (rules: ReadonlyArray<LifecycleRule>, change: Partial<Buckets> = {}, location = "photos/2024/home") => {
  const set: Array<readonly [string, ReadonlyArray<LifecycleRule>]> = []
  const bucket = (name: string): Bucket => ({
    name,
    id: name,
    isPrivate: true,
    lifecycle: name === "photos" ? rules : []
  })
  const buckets: Buckets = {
    list: Stream.make(bucket("other"), bucket("photos")),
    create: () => Effect.die("unexpected"),
    remove: () => Effect.die("unexpected"),
    setLifecycle: (name, wanted) =>
      Effect.sync(() => {
        set.push([name, wanted])
        return bucket(name)
      }),
    ...change
  }
  return { provider: { ...MemoryProvider.make({ location }), buckets }, set }
}

const init = (provider: Provider) =>
  Repository.init(provider, TestRepository.password, { scrypt: TestRepository.scrypt })

const rule = (prefix: string): LifecycleRule => ({ prefix, daysToDelete: 1 })
const ours = (folder: string) => ["data/", "index/", "keys/", "locks/", "snapshots/"].map((name) => rule(folder + name))

describe("keeping only the last version", () => {
  it.effect("is set for the folders of the repository and for nothing else in the bucket", () =>
    Effect.gen(function* () {
      for (const [location, folder] of [
        ["photos/2024/home", "2024/home/"],
        ["photos", ""]
      ] as const) {
        const { provider, set } = make([], {}, location)
        yield* init(provider)
        expect(yield* keepOnlyLastVersion(provider)).toBe("set")
        expect(set).toEqual([["photos", ours(folder)]])
      }
    })
  )

  it.effect("leaves the rules of other folders as they are", () =>
    Effect.gen(function* () {
      const logs = { prefix: "logs/", daysToHide: 30 }
      const { provider, set } = make([logs, ...ours("2024/work/")])
      expect(yield* keepOnlyLastVersion(provider)).toBe("set")
      expect(set).toEqual([["photos", [logs, ...ours("2024/work/"), ...ours("2024/home/")]]])
    })
  )

  it.effect("is left to a rule that is there for any of the files already", () =>
    Effect.gen(function* () {
      for (const prefix of ["", "2024/", "2024/home/data/", "2024/home/data/5a/"]) {
        const { provider, set } = make([{ prefix, daysToDelete: 30 }])
        expect(yield* keepOnlyLastVersion(provider)).toBe("kept")
        expect(set).toEqual([])
      }
    })
  )

  it.effect(
    "is not set where something else lies in the folders of the repository, or has lain as an old version",
    () =>
      Effect.gen(function* () {
        const listed = make([])
        yield* listed.provider.put(RemotePath.makeUnsafe("data/report.csv"), fromBytes(Buffer.from("a")), {
          modifiedAt: 0
        })
        yield* init(listed.provider)
        expect(yield* keepOnlyLastVersion(listed.provider)).toBe("shared")
        expect(listed.set).toEqual([])

        const hidden = make([])
        yield* init(hidden.provider)
        const { list } = hidden.provider
        const old = { versionId: "1", kind: "Hidden", size: 0, storedAt: 0, modifiedAt: 0 } as const
        const versions: Provider["versions"] = {
          list: (path) =>
            Stream.concat(
              Stream.map(
                Stream.filter(list(path), (entry) => entry._tag === "File"),
                (file) => ({ ...old, path: file.path })
              ),
              path === "index" ? Stream.make({ ...old, path: RemotePath.makeUnsafe("index/page.html") }) : Stream.empty
            ),
          remove: () => Effect.die("unexpected")
        }
        expect(yield* keepOnlyLastVersion({ ...hidden.provider, versions })).toBe("shared")
        expect(hidden.set).toEqual([])
      })
  )

  it.effect("is not supported where there are no buckets, or the bucket is not seen", () =>
    Effect.gen(function* () {
      expect(yield* keepOnlyLastVersion(MemoryProvider.make())).toBe("unsupported")
      expect(yield* keepOnlyLastVersion(make([], {}, "").provider)).toBe("unsupported")
      expect(yield* keepOnlyLastVersion(make([], {}, "elsewhere").provider)).toBe("unsupported")
    })
  )

  it.effect("is not supported, and no failure, with credentials that may not see or change buckets", () =>
    Effect.gen(function* () {
      expect(yield* keepOnlyLastVersion(make([], { list: Stream.fail(denied) }).provider)).toBe("unsupported")
      const unknown = failure(new InvalidRequest({ message: "the service does not do this" }))
      expect(yield* keepOnlyLastVersion(make([], { setLifecycle: () => Effect.fail(unknown) }).provider)).toBe(
        "unsupported"
      )
      expect(yield* keepOnlyLastVersion(make([], { setLifecycle: () => Effect.fail(denied) }).provider)).toBe(
        "unsupported"
      )
      const revoked = failure(new Unauthenticated({ message: "the key was deleted" }))
      expect(yield* Effect.flip(keepOnlyLastVersion(make([], { list: Stream.fail(revoked) }).provider))).toBe(revoked)
    })
  )
})
