/** Servers that answer otherwise than SFTP says, or not at all. */
import { assert, it } from "@effect/vitest"
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { at } from "@ourclone/core/testing/Check"
import { removesNothing } from "@ourclone/core/testing/SyncFrom"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { SFTPWrapper } from "ssh2"
import { factory } from "../src/SftpFactory.ts"
import { type Answers, end, entry, file, folder, start } from "./hostile.ts"

const opened = (answers: Answers, options: object = {}) =>
  Effect.gen(function* () {
    const server = yield* Effect.acquireRelease(
      Effect.promise(() => start(answers)),
      ({ stop }) => Effect.promise(stop)
    )
    const values = {
      host: "127.0.0.1",
      port: server.port,
      user: "ann",
      password: Redacted.make("canary-7"),
      knownHosts: "none",
      ...options
    }
    return yield* ProviderFactory.open(factory, values, { name: "far:", location: "/place" })
  })

const failing = (answers: Answers, use: (provider: Provider) => Effect.Effect<unknown, StorageError>, options = {}) =>
  Effect.scoped(
    Effect.gen(function* () {
      const failed = yield* Effect.flip(use(yield* opened(answers, options)))
      assert.include(failed.message, "far:")
      assert.notInclude(JSON.stringify(failed) + failed.message, "canary")
      return failed.reason._tag
    })
  )

const list = (provider: Provider) => Stream.runCollect(provider.list(at("")))
const small: File = { _tag: "File", path: at("a.txt"), size: 5, checksums: {} }

/** The first answer is the folder, the next its end. */
const listing = (answers: NonNullable<Answers["readdir"]>) =>
  Effect.scoped(Effect.flatMap(opened({ readdir: answers }), list)) as Effect.Effect<Array<Entry>, StorageError>
const once =
  (...entries: ReadonlyArray<ReturnType<typeof entry>>): NonNullable<Answers["readdir"]> =>
  (asked, count) =>
    count === 1 ? asked.sftp.name(asked.id, [...entries]) : end(asked)

it.live("a folder without end takes no more memory than it may", () =>
  Effect.gen(function* () {
    let number = 0
    const page = () => Array.from({ length: 500 }, () => entry(`file ${number++}`.padEnd(200, "x")))
    const before = process.memoryUsage().rss
    assert.strictEqual(yield* failing({ readdir: ({ id, sftp }) => sftp.name(id, page()) }, list), "UnexpectedResponse")
    assert.isBelow(process.memoryUsage().rss - before, 800 * 1024 * 1024)
  })
)

it.live("a folder that goes on without names ends", () =>
  Effect.gen(function* () {
    const dots = [entry(".", folder), entry("..", folder)]
    assert.strictEqual(yield* failing({ readdir: ({ id, sftp }) => sftp.name(id, dots) }, list), "UnexpectedResponse")
  })
)

const noListings: ReadonlyArray<readonly [what: string, answer: NonNullable<Answers["readdir"]>]> = [
  ["a failure", ({ id, sftp }) => sftp.status(id, 4)],
  ["an end that is none", ({ id, sftp }) => sftp.status(id, 0)],
  ["a handle", ({ id, sftp }) => sftp.handle(id, Buffer.from("x"))],
  ["bytes of a file", ({ id, sftp }) => sftp.data(id, Buffer.from("x"))],
  ["what is known of a file", ({ id, sftp }) => sftp.attrs(id, file(5))],
  ["the end of the connection", ({ sftp }) => void sftp.end()]
]
for (const [what, answer] of noListings) {
  it.live(`takes ${what} for no listing, least of all for an empty one, at once or after some names`, () =>
    Effect.gen(function* () {
      const later: typeof answer = (asked, count) =>
        count === 1 ? asked.sftp.name(asked.id, [entry("a.txt")]) : answer(asked, count)
      for (const readdir of [answer, later]) {
        const reason = yield* failing({ readdir }, list, { idleTimeout: 2 })
        assert.include(["UnexpectedResponse", "Unavailable", "InvalidRequest", "PermissionDenied"], reason)
      }
    })
  )
}

it.live(
  "a sync from a folder that turns to something else after some names removes nothing, and names the remote",
  () =>
    Effect.scoped(
      Effect.gen(function* () {
        const readdir: NonNullable<Answers["readdir"]> = ({ id, sftp }, count) =>
          count === 1 ? sftp.name(id, [entry("b.txt")]) : sftp.handle(id, Buffer.from("x"))
        const failed = yield* removesNothing(yield* opened({ readdir }))
        assert.deepStrictEqual([failed.provider, failed.reason._tag], ["far:/place", "UnexpectedResponse"])
      })
    )
)

it.live("answers of another kind than was asked for are told as failures", () =>
  Effect.gen(function* () {
    const others: ReadonlyArray<(asked: { id: number; sftp: SFTPWrapper }) => void> = [
      ({ id, sftp }) => sftp.handle(id, Buffer.from("x")),
      ({ id, sftp }) => sftp.data(id, Buffer.from("x")),
      ({ id, sftp }) => sftp.name(id, [entry("a.txt")]),
      ({ id, sftp }) => sftp.status(id, 0)
    ]
    for (const other of others) {
      const stat: Answers["stat"] = ({ id, sftp }, path) =>
        path === "/place" ? sftp.attrs(id, folder) : other({ id, sftp })
      yield* failing({ stat }, (provider) => provider.stat(at("a.txt")), { idleTimeout: 2 })
    }
    const attributes: typeof others = [({ id, sftp }) => sftp.attrs(id, file(5))]
    for (const other of [...others.filter((_, index) => index !== 1), ...attributes]) {
      const stat: Answers["stat"] = ({ id, sftp }, path) => sftp.attrs(id, path === "/place" ? folder : file(5))
      yield* failing({ stat, read: other }, (provider) => provider.readAll(small), { idleTimeout: 2 })
    }
  })
)

it.live("names that lead elsewhere, and files of which nothing is said, are told as failures", () =>
  Effect.gen(function* () {
    const found = yield* listing(
      once(
        entry("../../etc/passwd"),
        entry("d/a"),
        entry("a\u0000b"),
        entry("without anything", {}),
        entry("without a size", { mode: 0o100644, mtime: 1, atime: 1 }),
        entry("good"),
        entry("good")
      )
    )
    const files = found.filter(({ _tag }) => _tag === "File").map(({ path }) => path)
    assert.deepStrictEqual(
      files,
      ["a␀b", "good"].filter((name) => files.includes(at(name)))
    )
    assert.include(files, "good")
    for (const one of found) assert.isTrue(one._tag !== "Skipped" || one.isFailure, one.path)
    assert.strictEqual(found.filter(({ _tag }) => _tag === "Skipped").length + files.length, found.length)
  })
)

it.live("a call that is never answered is given up, and its connection", () =>
  Effect.gen(function* () {
    const options = { idleTimeout: 0.3 }
    assert.strictEqual(yield* failing({ readdir: () => {} }, list, options), "Unavailable")
    const silent: Answers = { stat: ({ id, sftp }, path) => path !== "/place/a.txt" && sftp.attrs(id, folder) }
    assert.strictEqual(yield* failing(silent, (provider) => provider.stat(at("a.txt")), options), "Unavailable")
  })
)

it.live("a file that gives other bytes than it should is told", () =>
  Effect.gen(function* () {
    const stat: Answers["stat"] = ({ id, sftp }, path) => sftp.attrs(id, path === "/place" ? folder : file(5))
    const read = (provider: Provider) => provider.readAll(small)
    const short: Answers = {
      stat,
      read: ({ id, sftp }, offset) => (offset === 0 ? sftp.data(id, Buffer.from("he")) : end({ id, sftp }))
    }
    assert.strictEqual(yield* failing(short, read), "SourceChanged")
    const long: Answers = { stat, read: ({ id, sftp }) => sftp.data(id, Buffer.alloc(100_000)) }
    const outcome = yield* Effect.scoped(
      Effect.flatMap(opened(long, { idleTimeout: 1 }), (provider) => Effect.exit(read(provider)))
    )
    if (outcome._tag === "Success") assert.strictEqual(outcome.value.length, 5)
  })
)
