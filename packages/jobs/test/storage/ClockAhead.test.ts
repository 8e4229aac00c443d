/** A service whose clock is ahead of that of this machine. */
import { assert, describe, it } from "@effect/vitest"
import type { Account } from "@ourclone/core/contract/Account"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as CancelUnfinished from "../../src/storage/CancelUnfinished.ts"
import * as RemoveOldVersions from "../../src/storage/RemoveOldVersions.ts"
import { makeWorld } from "../JobWorld.ts"

const hour = 3_600_000

const make = () => {
  const memory = MemoryProvider.make({ keepsVersions: true })
  const { largeFile, versions } = memory
  const ahead = {
    ...memory,
    versions: {
      ...versions!,
      list: (...asked: Parameters<NonNullable<typeof versions>["list"]>) =>
        Stream.map(versions!.list(...asked), (version) => ({ ...version, storedAt: version.storedAt + hour }))
    },
    largeFile: {
      ...largeFile!,
      unfinished: (...asked: Parameters<NonNullable<typeof largeFile>["unfinished"]>) =>
        Stream.map(largeFile!.unfinished(...asked), (file) => ({ ...file, startedAt: file.startedAt + hour }))
    }
  }
  const factory: ProviderFactory = {
    ...local,
    connect: () => Effect.succeed<Account>({ id: "ahead", open: () => Effect.succeed(ahead) })
  }
  return { memory, world: makeWorld([factory]) }
}

describe("with a service whose clock is ahead", () => {
  it.live("all old versions are removed where no age is asked for, and none where one is", () =>
    Effect.gen(function* () {
      const { memory, world } = make()
      for (const text of ["1", "22"]) {
        yield* memory.put(makeUnsafe("a"), fromBytes(new TextEncoder().encode(text)), { modifiedAt: 0 })
      }
      const request = { path: world.at("a") }
      const asked = yield* world.run(RemoveOldVersions.kind, { ...request, olderThanMillis: 1000 })
      assert.deepInclude(asked, { removed: 0, kept: 1 })
      assert.deepInclude(yield* world.run(RemoveOldVersions.kind, request), { removed: 1, kept: 0 })
    })
  )

  it.live("all unfinished files are given up where no age is asked for, and none where one is", () =>
    Effect.gen(function* () {
      const { memory, world } = make()
      yield* memory.largeFile!.start(makeUnsafe("large"), { size: 100, partSize: 50, modifiedAt: 0 })
      const request = { path: world.at("large") }
      const asked = yield* world.run(CancelUnfinished.kind, { ...request, olderThanMillis: 1000 })
      assert.deepStrictEqual(asked, { cancelled: 0, kept: 1 })
      assert.deepStrictEqual(yield* world.run(CancelUnfinished.kind, request), { cancelled: 1, kept: 0 })
    })
  )
})
