import { assert, describe, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { removesNothing } from "@ourclone/core/testing/SyncFrom"
import { Effect, Stream } from "effect"
import { type Answer, bucketId, endless, json, openHostile, row } from "./hostile.ts"

const at = makeUnsafe
const mebibyte = 1024 * 1024

const list = (provider: Provider) => Stream.runCollect(provider.list(root))
const versions = (provider: Provider) => Stream.runCollect(provider.versions!.list(root))

/** What `use` fails with at the place `photos:`, where the service answers so. */
const failure = (
  answers: { readonly [call: string]: Answer },
  use: (provider: Provider) => Effect.Effect<unknown, StorageError>,
  location?: string
) => Effect.flatMap(openHostile(answers, {}, location), (provider) => Effect.flip(use(provider)))

/** Not B2, said of this remote by name, and not worth another try. */
const isUnexpected = (error: StorageError, ...words: ReadonlyArray<string>) => {
  assert.strictEqual(error.reason._tag, "UnexpectedResponse", error.message)
  assert.include(error.message, "photos")
  for (const word of words) assert.include(error.message, word)
}

const file: File = {
  _tag: "File",
  path: at("a.txt"),
  size: 4,
  modifiedAt: 0,
  checksums: {},
  versionId: "4_za.txt"
}

describe("a service that answers without end", () => {
  const cases: ReadonlyArray<
    readonly [string, string, Answer, (provider: Provider) => Effect.Effect<unknown, StorageError>, location?: string]
  > = [
    ["a listing", "b2_list_file_names", endless('{"files":[', " "), list],
    ["a listing of versions", "b2_list_file_versions", endless('{"files":[', " "), versions],
    [
      "a list of buckets",
      "b2_list_buckets",
      endless('{"buckets":[', " "),
      (provider) => Stream.runDrain(provider.buckets!.list),
      ""
    ],
    [
      "an upload URL",
      "b2_get_upload_url",
      endless('{"uploadUrl":"', "x"),
      (provider) => provider.put(at("a"), fromBytes(Buffer.from("a")), { modifiedAt: 0 })
    ],
    ["a small file", "b2_download_file_by_id", endless("", "x"), (provider) => provider.readAll(file)],
    ["a streamed file", "b2_download_file_by_id", endless("", "x"), (provider) => Stream.runDrain(provider.read(file))],
    [
      "a range of a file",
      "b2_download_file_by_id",
      (asked, response, request) => {
        response.setHeader("content-range", "bytes 0-1/4")
        endless("", "x", 206)(asked, response, request)
      },
      (provider) => Stream.runDrain(provider.read(file, { offset: 0, length: 2 }))
    ]
  ]
  for (const [what, call, answer, use, location] of cases) {
    it.live(`ends the request, not the memory: ${what}`, () =>
      Effect.gen(function* () {
        isUnexpected(yield* failure({ [call]: answer }, use, location))
      })
    )
  }

  it.live("is left at the sign-in, and named", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(openHostile({ b2_authorize_account: endless('{"accountId":"', "x") }))
      isUnexpected(error)
    })
  )

  for (const [what, call, use] of [
    ["a call", "b2_list_file_names", list],
    ["a download", "b2_download_file_by_id", (provider: Provider) => Stream.runDrain(provider.read(file))],
    ["a small download", "b2_download_file_by_id", (provider: Provider) => provider.readAll(file)]
  ] as const) {
    it.live(`has refused all the same: ${what}`, () =>
      Effect.gen(function* () {
        const sent = { bytes: 0 }
        const answer = endless("<html><head><title>Blocked</title></head>", "x", 403, sent)
        const error = yield* failure({ [call]: answer }, use)
        assert.strictEqual(error.reason._tag, "PermissionDenied", error.message)
        assert.include(error.message, "Blocked")
        assert.isBelow(sent.bytes, 64 * mebibyte)
      })
    )
  }

  it.live("sends interim replies without end, and is not waited for", () =>
    Effect.gen(function* () {
      const interim: Answer = (_, response) => {
        const more = (): void => {
          if (response.destroyed) return
          response.writeProcessing()
          setImmediate(more)
        }
        more()
      }
      for (const [call, use] of [
        ["b2_list_file_names", (provider: Provider) => provider.removeDirectory!(at("a"))],
        ["b2_download_file_by_id", (provider: Provider) => Stream.runDrain(provider.read(file))]
      ] as const) {
        const error = yield* failure({ [call]: interim }, use)
        assert.strictEqual(error.reason._tag, "Unavailable", error.message)
      }
    })
  )
})

describe("a listing", () => {
  const page = (files: ReadonlyArray<object>, next: object) =>
    json(() => ({ files, nextFileName: null, nextFileId: null, ...next }))

  const standstills: ReadonlyArray<readonly [string, Answer]> = [
    ["the page that was asked for", json(({ startFileName = "m" }) => ({ files: [], nextFileName: startFileName }))],
    ["an earlier page", json(({ startFileName }) => ({ files: [], nextFileName: startFileName === "m" ? "b" : "m" }))],
    ["a page inside this one", page([row("a"), row("c")], { nextFileName: "b" })]
  ]
  for (const [what, answer] of standstills) {
    it.live(`of names ends when its next page is ${what}`, () =>
      Effect.gen(function* () {
        isUnexpected(yield* failure({ b2_list_file_names: answer }, list), "b2_list_file_names", "next page")
      })
    )
  }

  it.live("of names ends where the same names come again", () =>
    Effect.gen(function* () {
      const again = json(({ startFileName = "" }) => ({ files: [row("a")], nextFileName: `${startFileName}b` }))
      isUnexpected(yield* failure({ b2_list_file_names: again }, list), '"a"')
    })
  )

  it.live("of names ends where a name comes twice in a page", () =>
    Effect.gen(function* () {
      isUnexpected(yield* failure({ b2_list_file_names: page([row("a"), row("a")], {}) }, list), '"a"')
    })
  )

  it.live("of versions ends when two pages of one name follow each other for ever", () =>
    Effect.gen(function* () {
      const circle = json(({ startFileId }) => ({
        files: [],
        nextFileName: "a",
        nextFileId: startFileId === "one" ? "two" : "one"
      }))
      isUnexpected(yield* failure({ b2_list_file_versions: circle }, versions), "next page")
    })
  )

  it.live("of unfinished files ends when its pages go in a circle", () =>
    Effect.gen(function* () {
      const circle = json(({ startFileId }) => ({ files: [], nextFileId: startFileId === "one" ? "two" : "one" }))
      const use = (provider: Provider) => Stream.runCollect(provider.largeFile!.unfinished(root))
      isUnexpected(yield* failure({ b2_list_unfinished_large_files: circle }, use), "next page")
    })
  )

  it.live("of parts ends when its next page is the one that was asked for", () =>
    Effect.gen(function* () {
      const still = json(({ startPartNumber }) => ({ parts: [], nextPartNumber: startPartNumber }))
      const use = (provider: Provider) =>
        Stream.runCollect(provider.largeFile!.parts({ id: "4_z", path: at("a"), startedAt: 0 }))
      isUnexpected(yield* failure({ b2_list_parts: still }, use), "next page")
    })
  )

  it.live("holds no name that lies outside of what was asked", () =>
    Effect.gen(function* () {
      for (const name of ["other/a.txt", "2023/a.txt", "20245/a.txt"]) {
        const answers = { b2_list_file_names: page([row(name)], {}), b2_list_file_versions: page([row(name)], {}) }
        for (const use of [list, versions]) {
          isUnexpected(yield* failure(answers, use, "photo-archive/2024"), name)
        }
      }
    })
  )

  it.live("never takes the files of one bucket for those of another", () =>
    Effect.gen(function* () {
      const other = json(() => ({ buckets: [{ bucketId, bucketName: "another-bucket" }] }))
      const error = yield* failure({ b2_list_buckets: other }, list)
      assert.strictEqual(error.reason._tag, "NotFound", error.message)
      const refused = yield* failure({ b2_list_buckets: other }, (provider) =>
        provider.buckets!.remove("photo-archive")
      )
      assert.strictEqual(refused.reason._tag, "NotFound", refused.message)
    })
  )

  for (const size of [-5, 1.5, 1e300, "4", null]) {
    it.live(`is refused where it tells of a size of ${JSON.stringify(size)}`, () =>
      Effect.gen(function* () {
        const rows = page([row("a.txt"), row("b.txt", { contentLength: size })], {})
        isUnexpected(yield* failure({ b2_list_file_names: rows }, list), '"b.txt"', JSON.stringify(size))
      })
    )
  }

  it.live("is refused where it tells of an upload at no time", () =>
    Effect.gen(function* () {
      for (const uploadTimestamp of [8.64e15 + 1, -1e300, "now", null]) {
        const rows = page([row("b.txt", { uploadTimestamp })], {})
        isUnexpected(yield* failure({ b2_list_file_names: rows }, list), '"b.txt"')
      }
    })
  )

  it.live("shows a file whose file info holds other things than texts", () =>
    Effect.gen(function* () {
      const fileInfo = { src_last_modified_millis: 5, large_file_sha1: Array.from({ length: 40 }, () => "a") }
      const rows = page([row("a.txt", { contentSha1: "none", fileInfo })], {})
      const provider = yield* openHostile({ b2_list_file_names: rows })
      assert.lengthOf(yield* list(provider), 1)
    })
  )

  it.live("that is asked for one directory goes through pages without names, but not for ever", () =>
    Effect.gen(function* () {
      let pages = 0
      const empty = json(({ startFileName = "a/" }) => {
        pages++
        return { files: [], nextFileName: `${String(startFileName).slice(0, 2)}${String(pages).padStart(8, "0")}` }
      })
      isUnexpected(yield* failure({ b2_list_file_names: empty }, (provider) => provider.removeDirectory!(at("a"))))
      assert.strictEqual(pages, 1000)
    })
  )
})

describe("a sign-in", () => {
  for (const size of [0, -1, 5_000_000_001, 1e15]) {
    it.live(`is refused that advises parts of ${size} bytes`, () =>
      Effect.gen(function* () {
        const sized = json(() => ({
          accountId: "a1b2c3d4e5f6",
          authorizationToken: "token",
          apiUrl: "http://127.0.0.1:1",
          downloadUrl: "http://127.0.0.1:1",
          recommendedPartSize: size,
          absoluteMinimumPartSize: 5_000_000
        }))
        isUnexpected(yield* Effect.flip(openHostile({ b2_authorize_account: sized })))
      })
    )
  }
})

describe("a sync from a listing that turns to something else after a page", () => {
  it.live("removes nothing, and names the remote", () =>
    Effect.gen(function* () {
      const listing: Answer = (asked, response, request) => {
        if (asked.startFileName === undefined) {
          json(() => ({ files: [row("b.txt")], nextFileName: "c.txt" }))(asked, response, request)
        } else response.writeHead(200, { "content-type": "text/html" }).end("<html>Please sign in</html>")
      }
      isUnexpected(yield* removesNothing(yield* openHostile({ b2_list_file_names: listing })))
    })
  )
})
