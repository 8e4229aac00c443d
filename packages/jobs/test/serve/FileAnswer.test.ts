/** What a file of a storage is answered with that knows its time badly, or not at all. */
import { assert, describe, it } from "@effect/vitest"
import { makeUnsafe as at } from "@ourclone/core/contract/RemotePath"
import { put } from "@ourclone/core/testing/Check"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { fileAnswer } from "../../src/serve/FileAnswer.ts"

const sinceNow = new Headers({ "if-modified-since": "Mon, 30 Nov 2026 00:00:00 GMT" })

describe("a file of a storage", () => {
  for (const modifiedAt of [9e15, undefined])
    it.effect(`whose time is ${modifiedAt} is given without one, and called unchanged to nobody`, () =>
      Effect.gen(function* () {
        const memory = MemoryProvider.make()
        yield* put(memory, "a", "text")
        const { modifiedAt: _, ...file } = yield* memory.stat(at("a"))
        const asked = {
          method: "GET",
          path: "/a",
          query: new URLSearchParams(),
          headers: sinceNow,
          body: null,
          user: ""
        }
        const dated = modifiedAt === undefined ? file : { ...file, modifiedAt }
        const answer = yield* Effect.promise(() =>
          fileAnswer(memory, dated, { ...asked, breakOff: () => {}, broken: () => {}, context: Context.empty() }, {})
        )
        assert.deepStrictEqual([answer.status, answer.headers.get("last-modified")], [200, null])
        assert.strictEqual(yield* Effect.promise(() => answer.text()), "text")
      })
    )
})
