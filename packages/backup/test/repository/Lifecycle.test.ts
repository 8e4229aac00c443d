import { describe, expect, it } from "@effect/vitest"
import type { Bucket, Buckets, LifecycleRule } from "@ourclone/core/contract/Buckets"
import { PermissionDenied, StorageError, Unauthenticated } from "@ourclone/core/contract/StorageError"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"
import { keepOnlyLastVersion } from "../../src/repository/Lifecycle.ts"

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

describe("keeping only the last version", () => {
  it.effect("is set on a bucket without rules, for all names in it", () =>
    Effect.gen(function* () {
      const { provider, set } = make([])
      expect(yield* keepOnlyLastVersion(provider)).toBe("set")
      expect(set).toEqual([["photos", [{ prefix: "", daysToDelete: 1 }]]])
    })
  )

  it.effect("never touches a bucket that has any rule", () =>
    Effect.gen(function* () {
      const { provider, set } = make([{ prefix: "logs/", daysToHide: 30 }])
      expect(yield* keepOnlyLastVersion(provider)).toBe("kept")
      expect(set).toEqual([])
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
      expect(yield* keepOnlyLastVersion(make([], { setLifecycle: () => Effect.fail(denied) }).provider)).toBe(
        "unsupported"
      )
      const revoked = failure(new Unauthenticated({ message: "the key was deleted" }))
      expect(yield* Effect.flip(keepOnlyLastVersion(make([], { list: Stream.fail(revoked) }).provider))).toBe(revoked)
    })
  )
})
