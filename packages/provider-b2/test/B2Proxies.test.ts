import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { fromBytes, smallSize } from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { Effect, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"
import { type Answer, json, openHostile, row } from "./hostile.ts"

const at = makeUnsafe
const content = Buffer.alloc(smallSize + 3_000_000, "0123456789abcdef")
const sha1 = createHash("sha1").update(content).digest("hex")
const file = row("a.bin", { contentLength: content.length, contentSha1: sha1 })

/** B2's answer as a proxy passes it on that does not know how long it will be. */
const withoutLength =
  (bytes: Buffer): Answer =>
  (_, response, { headers }) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(headers.range)) ?? []
    const ranged = from === undefined ? undefined : { "content-range": `bytes ${from}-${to}/${content.length}` }
    response.writeHead(ranged === undefined ? 200 : 206, { "x-bz-content-sha1": sha1, ...ranged })
    response.write(Buffer.alloc(0))
    response.end(from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1))
  }

const names = json(() => ({ files: [file], nextFileName: null }))
const listed = (provider: Provider) =>
  Effect.map(Stream.runCollect(provider.list(at(""))), ([entry]) => {
    assert.strictEqual(entry?._tag, "File")
    return entry as Extract<typeof entry, { readonly _tag: "File" }>
  })

describe("through a proxy that leaves out lengths", () => {
  it.live("a download arrives whole", () =>
    Effect.gen(function* () {
      const provider = yield* openHostile({ b2_list_file_names: names, b2_download_file_by_id: withoutLength(content) })
      const found = yield* listed(provider)
      assert.isTrue(Buffer.concat(yield* Stream.runCollect(provider.read(found))).equals(content))
      const range = { offset: 1_000_001, length: 9_000_000 }
      const part = Buffer.concat(yield* Stream.runCollect(provider.read(found, range)))
      assert.isTrue(part.equals(content.subarray(1_000_001, 10_000_001)))
    })
  )

  it.live("a download that is cut short fails, and may be tried again", () =>
    Effect.gen(function* () {
      const short = withoutLength(content.subarray(0, 5_000_000))
      const provider = yield* openHostile({ b2_list_file_names: names, b2_download_file_by_id: short })
      const found = yield* listed(provider)
      for (const range of [undefined, { offset: 1, length: 6_000_000 }]) {
        const error = yield* Effect.flip(Stream.runDrain(provider.read(found, range)))
        assert.strictEqual(error.reason._tag, "Unavailable", error.message)
      }
    })
  )

  it.live("a file has the size that B2 knows, and never 0", () =>
    Effect.gen(function* () {
      const head: Answer = (_, response) => {
        response.writeHead(200, { "x-bz-file-id": file.fileId, "transfer-encoding": "chunked" })
        response.end()
      }
      const provider = yield* openHostile({ "a.bin": head, b2_get_file_info: json(() => file) })
      assert.include(yield* provider.stat(at("a.bin")), { size: content.length, versionId: file.fileId })
      const nameless = yield* openHostile({ "a.bin": (_, response) => void response.writeHead(200).end() })
      const error = yield* Effect.flip(nameless.stat(at("a.bin")))
      assert.strictEqual(error.reason._tag, "UnexpectedResponse", error.message)
    })
  )
})

describe("a start of a large file", () => {
  for (const length of [undefined, null, 0]) {
    it.live(`may be answered with the length ${length}`, () =>
      Effect.gen(function* () {
        const begun = { ...row("big"), action: "start", contentLength: length, contentSha1: "none" }
        const provider = yield* openHostile({ b2_start_large_file: json(() => begun) })
        const started = yield* provider.largeFile!.start(at("big"), { modifiedAt: 0, size: 9e6, partSize: 5e6 })
        assert.strictEqual(started.id, begun.fileId)
      })
    )
  }
})

describe("a page of a proxy", () => {
  for (const [fault, tag] of [
    ["403-html", "PermissionDenied"],
    ["400-html", "InvalidRequest"],
    ["502-html", "Unavailable"]
  ] as const) {
    it.live(`is quoted with who sent it, and not taken for B2's: ${fault}`, () =>
      Effect.gen(function* () {
        const emulator = yield* emulate()
        const provider = yield* openAt(emulator, "photo-archive")
        yield* provider.buckets!.create("photo-archive")
        const stored = yield* provider.put(at("a"), fromBytes(Buffer.from("hello")), { modifiedAt: 0 })
        const calls: ReadonlyArray<readonly [string, Effect.Effect<unknown, unknown>]> = [
          ["b2_list_file_names", provider.removeDirectory!(at("d"))],
          ["b2_upload_file", provider.put(at("b"), fromBytes(Buffer.from("b")), { modifiedAt: 0 })],
          ["b2_download_file_by_id", Stream.runDrain(provider.read(stored))],
          ["b2_download_file_by_id", provider.readAll(stored)],
          ["b2_cancel_large_file", provider.largeFile!.cancel({ id: "4_z1", path: at("x"), startedAt: 0 })]
        ]
        for (const [call, use] of calls) {
          emulator.failNext(call, fault)
          const error = (yield* Effect.flip(use)) as import("@ourclone/core/contract/StorageError").StorageError
          assert.strictEqual(error.reason._tag, tag, `${call}: ${error.message}`)
          for (const word of [fault.slice(0, 3), "nginx", emulator.endpoint]) assert.include(error.message, word, call)
        }
      })
    )
  }

  it.live("is no word on whether a file is there", () =>
    Effect.gen(function* () {
      const page: Answer = (_, response) => {
        response.writeHead(404, { "content-type": "text/html", server: "squid/6.1" })
        response.end("<html><head><title>\u001b[31mNot\u0007 here</title></head></html>")
      }
      const provider = yield* openHostile({ b2_download_file_by_id: page, b2_list_file_names: names })
      const error = yield* Effect.flip(provider.readAll(yield* listed(provider)))
      assert.strictEqual(error.reason._tag, "UnexpectedResponse")
      assert.include(error.message, '404 with a page "[31mNot here" by squid/6.1')
    })
  )

  it.live("that stands for a sign-in is told from an answer", () =>
    Effect.gen(function* () {
      const portal: Answer = (_, response) =>
        void response.writeHead(200, { "content-type": "text/html" }).end("<title>Wi-Fi of the hotel</title>")
      const error = yield* Effect.flip(openHostile({ b2_authorize_account: portal }))
      assert.strictEqual(error.reason._tag, "UnexpectedResponse")
      assert.include(error.message, "Wi-Fi of the hotel")
    })
  )
})
