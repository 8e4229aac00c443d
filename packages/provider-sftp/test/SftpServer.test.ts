import * as fs from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { OptionValues } from "@ourclone/core/contract/OptionField"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { silent } from "@ourclone/core/events/Tell"
import { at, bytes, list, modifiedAt, pattern, pieces, put, reason, textAt } from "@ourclone/core/testing/Check"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Spans from "@ourclone/core/testing/Spans"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { factory } from "../src/SftpFactory.ts"
import { missing, type OpenSshServer, start } from "./OpenSshServer.ts"

const because = missing()

describe.skipIf(because !== undefined)(`SFTP server${because === undefined ? "" : ` (${because})`}`, () => {
  let server: OpenSshServer
  let number = 0
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())

  const values = (): OptionValues => ({
    host: "127.0.0.1",
    port: server.port,
    user: server.user,
    keyFile: server.keyFile,
    knownHosts: server.knownHosts
  })
  const open = (location: string, given = values()) => ProviderFactory.open(factory, given, { name: "test:", location })
  const failure = (given: OptionValues) =>
    Effect.scoped(Effect.flip(open("", given))).pipe(Effect.map((error: StorageError) => error))
  const inFolder = <A>(use: (provider: Provider, folder: string) => Effect.Effect<A, StorageError>) =>
    Effect.scoped(
      Effect.suspend(() => {
        const folder = `${server.folder}/${++number}`
        fs.mkdirSync(folder)
        return Effect.flatMap(open(folder), (provider) => use(provider, folder))
      })
    )

  it.live("goes on while keys are exchanged anew", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const anew = yield* Effect.acquireRelease(
          Effect.promise(() => start({ rekeyLimit: "2M" })),
          ({ stop }) => Effect.promise(stop)
        )
        const { keyFile, knownHosts, port } = anew
        const provider = yield* open(anew.folder, { ...values(), keyFile, knownHosts, port })
        const content = pattern(12 * 1024 * 1024)
        const file = yield* provider.put(at("large"), pieces(content), { modifiedAt })
        assert.isTrue(Buffer.from(yield* provider.readAll(file)).equals(content))
      })
    )
  )

  it.live("signs nobody in with a wrong key or password, and says which options to look at", () =>
    Effect.gen(function* () {
      const error = yield* failure({ ...values(), keyFile: `${server.folder}/host` })
      assert.strictEqual(error.reason._tag, "Unauthenticated")
      assert.include(error.message, "keyFile")
      const { keyFile, ...rest } = values()
      const secret = "not the password"
      const other = yield* failure({ ...rest, password: Redacted.make(secret) })
      assert.strictEqual(other.reason._tag, "Unauthenticated")
      assert.notInclude(JSON.stringify(other) + other.message, secret)
    })
  )

  it.live(
    "takes names that differ in letter case alone for two files where the remote says so, else for nobody knows",
    () =>
      Effect.gen(function* () {
        for (const caseSensitive of [true, false]) {
          const { capabilities } = yield* Effect.scoped(open(server.folder, { ...values(), caseSensitive }))
          assert.strictEqual(capabilities.isCaseSensitive, caseSensitive)
        }
        const { capabilities } = yield* Effect.scoped(open(server.folder))
        assert.isUndefined(capabilities.isCaseSensitive)
      })
  )

  it.live("stores files of times that the protocol does not have, once, with the nearest, and says so once", () =>
    inFolder((provider) =>
      Effect.gen(function* () {
        const source = MemoryProvider.make()
        for (const [name, time] of [
          ["before", -1_234_567_890],
          ["after", 2 ** 32 * 1000 + 1000],
          ["known", modifiedAt]
        ] as const) {
          yield* source.put(at(name), bytes(name), { modifiedAt: time })
        }
        const large = { size: 5, partSize: 5, modifiedAt: -1_234_567_890 }
        const begun = yield* provider.largeFile!.start(at("large"), large)
        const part = yield* provider.largeFile!.uploadPart(begun, 1, bytes("large"), { offset: 0 })
        assert.strictEqual((yield* provider.largeFile!.finish(begun, [part])).modifiedAt, 0)
        yield* provider.remove(at("large"))
        const plan = () => Plan.make(source, provider, { comparison: { by: "time" }, removesExtra: false })
        const options = { transfers: 2, partConcurrency: 1, allowsEmptySource: false, tell: silent }
        const first = yield* Effect.orDie(Transfer.execute(source, provider, plan(), options))
        assert.deepInclude(first, { stored: 3, failed: 0 })
        assert.strictEqual((yield* provider.stat(at("before"))).modifiedAt, 0)
        assert.strictEqual((yield* provider.stat(at("after"))).modifiedAt, (2 ** 32 - 1) * 1000)
        const again = yield* Effect.orDie(Transfer.execute(source, provider, plan(), options))
        assert.deepInclude(again, { stored: 0, touched: 0, same: 3, failed: 0 })
        yield* provider.touch!(yield* provider.stat(at("known")), -5000)
        assert.strictEqual((yield* provider.stat(at("known"))).modifiedAt, 0)
        assert.deepStrictEqual(
          provider.remarks?.().map(({ code }) => code),
          ["timesNotKept"]
        )
      })
    )
  )

  it.live("talks to no server whose key is another, or not known, and shows what it saw", () =>
    Effect.gen(function* () {
      const file = `${server.folder}/others`
      const line = fs.readFileSync(server.knownHosts, "utf8").trim()
      fs.writeFileSync(file, "")
      const unknown = yield* failure({ ...values(), knownHosts: file })
      assert.strictEqual(unknown.reason._tag, "InvalidRequest")
      assert.include(unknown.message, `add this line to ${file}: ${line}`)
      const [, key = ""] = fs.readFileSync(`${server.folder}/user.pub`, "utf8").split(" ")
      fs.writeFileSync(file, `[127.0.0.1]:${server.port} ssh-ed25519 ${key}\n`)
      const changed = yield* failure({ ...values(), knownHosts: file })
      assert.include(changed.message, `line 1 of ${file}`)
      fs.writeFileSync(file, `${line}\n@revoked ${line}\n`)
      assert.include((yield* failure({ ...values(), knownHosts: file })).message, "revoked in line 2")
      const pin = line.split(" ").slice(1).join(" ")
      const { knownHosts, ...rest } = values()
      yield* Effect.scoped(open("", { ...rest, hostKey: pin }))
      assert.include((yield* failure({ ...rest, hostKey: `ssh-ed25519 ${key}` })).message, "hostKey")
    })
  )

  it.live(
    "has a span for each name that a traced run asks for and each file it opens, none for the pieces of one",
    () =>
      inFolder((provider, folder) =>
        Effect.gen(function* () {
          fs.mkdirSync(`${folder}/below/deep`, { recursive: true })
          const { named, spans, tracer } = Spans.make()
          const calls = Effect.gen(function* () {
            const file = yield* provider.put(at("large"), pieces(pattern(3_000_000)), { modifiedAt })
            yield* Stream.runDrain(provider.read(file))
            yield* Stream.runDrain(provider.list(at("")))
          })
          yield* Effect.provideService(calls, Tracer.Tracer, tracer)
          const asked = named("request").map(
            ({ attributes }) => `${attributes.get("operation")} ${attributes.get("path")}`
          )
          assert.include(asked, "put large")
          assert.include(asked, "read large")
          for (const path of ["", "below", "below/deep"]) assert.include(asked, `list ${path}`)
          assert.isBelow(asked.length, 20)
          assert.lengthOf(spans, asked.length)
        })
      )
  )

  it.live("is one account by whatever name it is reached, and one place by whatever link", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = `${server.folder}/${++number}`
        fs.mkdirSync(`${folder}/real`, { recursive: true })
        fs.symlinkSync("real", `${folder}/link`)
        const { knownHosts, ...rest } = values()
        const one = yield* open(`${folder}/real`)
        const other = yield* open(`${folder}/link/`, { ...rest, host: "localhost", knownHosts: "none" })
        assert.deepStrictEqual(other.place, one.place)
      })
    )
  )

  it.live("goes on with a new connection where one broke", () =>
    inFolder((provider) =>
      Effect.gen(function* () {
        yield* put(provider, "a.txt", "before")
        server.drop()
        const first = yield* reason(provider.stat(at("a.txt")))
        assert.include(["Unavailable", "no failure"], first)
        assert.strictEqual(yield* textAt(provider, "a.txt"), "before")
      })
    )
  )

  it.live("fails what was on its way when the connection broke, and leaves the old file", () =>
    inFolder((provider, folder) =>
      Effect.gen(function* () {
        yield* put(provider, "a.bin", "the old one")
        let given = 0
        const size = 12 * 1024 * 1024
        const whole = pieces(pattern(size))
        const dropping = {
          ...whole,
          read: () =>
            Stream.tap(whole.read(), () =>
              Effect.sync(() => {
                if (++given === 6) server.drop()
              })
            )
        }
        assert.strictEqual(yield* reason(provider.put(at("a.bin"), dropping, { modifiedAt })), "Unavailable")
        assert.strictEqual(yield* textAt(provider, "a.bin"), "the old one")
        assert.deepStrictEqual(yield* list(provider, ""), ["File a.bin"])
        const { leftovers } = provider
        const left = yield* Stream.runCollect(leftovers!.list)
        assert.strictEqual(left.length, fs.readdirSync(folder).length - 1)
        for (const one of left) yield* leftovers!.remove(one)
        assert.deepStrictEqual(fs.readdirSync(folder), ["a.bin"])
      })
    )
  )

  it.live("writes and removes nothing behind a symbolic link, and passes over links in a listing", () =>
    inFolder((provider, folder) =>
      Effect.gen(function* () {
        const outside = `${server.folder}/outside`
        fs.mkdirSync(outside)
        fs.writeFileSync(`${outside}/a.txt`, "stays")
        fs.symlinkSync(outside, `${folder}/link`)
        assert.strictEqual(yield* reason(put(provider, "link/b.txt", "no")), "AlreadyExists")
        yield* provider.remove(at("link/a.txt"))
        assert.strictEqual(fs.readFileSync(`${outside}/a.txt`, "utf8"), "stays")
        assert.deepStrictEqual(yield* list(provider, ""), ["Skipped link"])
        yield* put(provider, "file", "x")
        fs.rmSync(`${folder}/file`)
        fs.symlinkSync(`${outside}/a.txt`, `${folder}/file`)
        assert.strictEqual(yield* reason(provider.stat(at("file"))), "NotFound")
      })
    )
  )

  it.live("names what no path can name, and lists the rest", () =>
    inFolder((provider, folder) =>
      Effect.gen(function* () {
        fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff])]), "x")
        fs.writeFileSync(`${folder}/good\uFFFD`, "x")
        fs.writeFileSync(`${folder}/line\nbreak`, "x")
        const found = yield* list(provider, "")
        assert.sameMembers(found, ["Skipped bad\uFFFD", "File good\uFFFD", "File line␊break"])
        assert.strictEqual(yield* textAt(provider, "line␊break"), "x")
      })
    )
  )

  it.live("keeps the permissions of a file that it replaces", () =>
    inFolder((provider, folder) =>
      Effect.gen(function* () {
        yield* put(provider, "a.sh", "one")
        fs.chmodSync(`${folder}/a.sh`, 0o750)
        yield* put(provider, "a.sh", "two")
        assert.strictEqual(fs.statSync(`${folder}/a.sh`).mode & 0o777, 0o750)
      })
    )
  )
})
