import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { ofFile } from "@ourclone/provider-local/disk/SettingTimes"
import * as Effect from "effect/Effect"
import * as Sync from "../../src/transfer/Sync.ts"
import { makeWorld } from "../JobWorld.ts"

describe("a sync between folders", () => {
  it.live("keeps times to the nanosecond, of files that it stores and of those that it only touches", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/a", "a")
      const request = { source: world.at("from"), destination: world.at("to") }
      const run = Effect.fnUntraced(function* (modifiedAt: number, nanoseconds: number) {
        const fd = fs.openSync(world.at("from/a"), "r+")
        ofFile(fd, { modifiedAt, nanoseconds })
        fs.closeSync(fd)
        const summary = yield* world.run(Sync.kind, request)
        const { mtimeNs } = fs.statSync(world.at("to/a"), { bigint: true })
        assert.strictEqual(mtimeNs, BigInt(modifiedAt) * 1_000_000n + BigInt(nanoseconds))
        return summary
      })
      assert.deepInclude(yield* run(1_743_298_200_123, 456_789), { stored: 1 })
      assert.deepInclude(yield* run(1_743_298_200_124, 123_457), { stored: 0, touched: 1 })
    })
  )
})
