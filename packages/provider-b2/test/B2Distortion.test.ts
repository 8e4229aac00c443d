import type { IncomingHttpHeaders } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { fromBytes, smallSize } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { Effect, Stream } from "effect"
import { type Answer, type Distortion, distort } from "./distorted.ts"
import { emulate, openAt } from "./emulated.ts"

const at = makeUnsafe
const put = { modifiedAt: 0 }
const digits = Buffer.from("0123456789".repeat(100))

const through = (distortion: Distortion) =>
  Effect.gen(function* () {
    const emulator = yield* distort(yield* emulate(), distortion)
    const provider = yield* openAt(emulator, "photo-archive")
    yield* provider.buckets!.create("photo-archive")
    return provider
  })

const change = (answer: Answer, fields: object) => {
  answer.body = Buffer.from(JSON.stringify({ ...JSON.parse(answer.body.toString()), ...fields }))
}

describe("an answer to a range", () => {
  const shifted = (by: number) => ({
    asked: (_: string, headers: IncomingHttpHeaders) => {
      const range = /^bytes=(\d+)-(\d+)$/.exec(String(headers.range))
      if (range !== null) headers.range = `bytes=${Number(range[1]) + by}-${Number(range[2]) + by}`
    }
  })
  const distortions: ReadonlyArray<readonly [string, Distortion, string]> = [
    ["other bytes, as many", shifted(1), "UnexpectedResponse"],
    ["other bytes that begin before", shifted(-3), "UnexpectedResponse"],
    [
      "more bytes",
      {
        asked: (_, headers) => {
          if (headers.range !== undefined) headers.range = `${headers.range}5`
        }
      },
      "UnexpectedResponse"
    ],
    [
      "the whole file",
      {
        asked: (_, headers) => {
          delete headers.range
        }
      },
      "UnexpectedResponse"
    ],
    [
      "a range of a file of another size",
      {
        answered: (_, { headers }) => {
          if (headers["content-range"] !== undefined) {
            headers["content-range"] = headers["content-range"].replace(/\d+$/, "999")
          }
        }
      },
      "Unavailable"
    ]
  ]
  for (const [what, distortion, expected] of distortions) {
    it.live(`is not taken when it is ${what}`, () =>
      Effect.gen(function* () {
        const provider = yield* through(distortion)
        const file = yield* provider.put(at("digits"), fromBytes(digits), put)
        const error = yield* Effect.flip(Stream.runCollect(provider.read(file, { offset: 10, length: 7 })))
        assert.strictEqual(error.reason._tag, expected)
      })
    )
  }

  it.live("is not needed where no byte was asked for", () =>
    Effect.gen(function* () {
      const provider = yield* through({})
      const file = yield* provider.put(at("digits"), fromBytes(digits), put)
      for (const offset of [0, 10, digits.length]) {
        assert.deepStrictEqual(yield* Stream.runCollect(provider.read(file, { offset, length: 0 })), [])
      }
    })
  )

  it.live("may be the whole file where that was asked for", () =>
    Effect.gen(function* () {
      const provider = yield* through({
        asked: (_, headers) => {
          delete headers.range
        }
      })
      const file = yield* provider.put(at("digits"), fromBytes(digits), put)
      const pieces = yield* Stream.runCollect(provider.read(file, { offset: 0, length: digits.length }))
      assert.isTrue(Buffer.concat(pieces).equals(digits))
    })
  )
})

describe("a version that was stored otherwise than it was sent", () => {
  for (const [what, fields] of [
    ["with another SHA-1", { contentSha1: "0".repeat(40) }],
    ["with another size", { contentLength: 7 }]
  ] as const) {
    for (const [kind, size] of [
      ["small", 1000],
      ["streamed", smallSize + 1000]
    ] as const) {
      it.live(`is taken away again, and the upload fails: a ${kind} one ${what}`, () =>
        Effect.gen(function* () {
          const provider = yield* through({
            answered: (path, answer) => {
              if (path.includes("upload_file")) change(answer, fields)
            }
          })
          const error = yield* Effect.flip(provider.put(at("a"), fromBytes(Buffer.alloc(size, 1)), put))
          assert.strictEqual(error.reason._tag, "ChecksumMismatch")
          assert.deepStrictEqual(yield* Stream.runCollect(provider.versions!.list(root)), [])
        })
      )
    }
  }
})
