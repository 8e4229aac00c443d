/** Against Apache's mod_dav. */
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { accountChecks } from "@ourclone/core/testing/AccountChecks"
import { list, modifiedAt, pattern, pieces, put, textAt } from "@ourclone/core/testing/Check"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { factory } from "@ourclone/provider-webdav/WebdavFactory"
import { Context, Effect, Layer, Redacted, Stream } from "effect"
import { type DavServer, missing, startServer } from "./apache.ts"

class Server extends Context.Service<Server, DavServer>()("Server") {}

const because = missing()
const live = because === undefined ? Layer.effect(Server, startServer) : Layer.succeed(Server, {} as DavServer)

let count = 0
/** In a folder of its own, which is not there yet. */
const opened = ({ password, url, user }: DavServer, options: object = {}, location = `place ${++count}/é`) =>
  ProviderFactory.open(
    factory,
    { url, user, password: Redacted.make(password), ...options },
    { name: "dav:", location }
  )

layer(live, { excludeTestServices: true })("WebDAV of Apache", (it) => {
  const tried = (name: string, run: () => Effect.Effect<void, unknown, Server | import("effect").Scope.Scope>) =>
    it.effect(name, (context) => {
      if (because !== undefined) context.skip(because)
      return run()
    })

  describe("the contract", () => {
    for (const check of ProviderContract.checks) {
      it.effect(check.name, (context) => {
        if (because !== undefined) context.skip(because)
        return Effect.gen(function* () {
          const provider = yield* opened(yield* Server)
          yield* ProviderContract.runOrSkip(check, provider, context.skip)
        })
      })
    }
  })

  for (const check of accountChecks) {
    tried(check.name, () =>
      Effect.gen(function* () {
        const { password, url, user } = yield* Server
        const secret = "canary-7"
        yield* check.run({
          factory,
          values: { url, user, password: Redacted.make(password) },
          location: `place ${++count}`,
          wrong: { password: Redacted.make(secret) },
          secret,
          unreachable: { url: "http://127.0.0.1:1/" }
        })
      })
    )
  }

  tried("a time counts only beside the bytes that it was noted for", () =>
    Effect.gen(function* () {
      const server = yield* Server
      const provider = yield* opened(server)
      yield* put(provider, "a.txt", "hello")
      expect((yield* provider.stat(RemotePath.makeUnsafe("a.txt"))).modifiedAt).toBe(modifiedAt)
      const file = path.join(server.folder, `place ${count}`, "é", "a.txt")
      fs.writeFileSync(file, "other")
      fs.utimesSync(file, 1_800_000_000, 1_800_000_000)
      expect((yield* provider.stat(RemotePath.makeUnsafe("a.txt"))).modifiedAt).toBe(1_800_000_000_000)
    })
  )

  tried("a server that does not keep the time that came with the bytes is told it in another way", () =>
    Effect.gen(function* () {
      const provider = yield* opened(yield* Server, { vendor: "rclone" })
      expect((yield* put(provider, "a.txt", "hello")).modifiedAt).toBe(modifiedAt)
      const touched = yield* provider.touch!(yield* provider.stat(RemotePath.makeUnsafe("a.txt")), modifiedAt + 60_000)
      expect(touched.modifiedAt).toBe(modifiedAt + 60_000)
    })
  )

  tried("a folder is never taken for a file: nothing in it is lost", () =>
    Effect.gen(function* () {
      const provider = yield* opened(yield* Server)
      yield* put(provider, "d/a.txt", "hello")
      const failed = yield* Effect.flip(put(provider, "d", "a file"))
      expect(failed.reason._tag).toBe("InvalidRequest")
      yield* provider.remove(RemotePath.makeUnsafe("d"))
      expect(yield* list(provider, "")).toEqual(["File d/a.txt"])
    })
  )

  tried("a put that is broken off leaves the old file and nothing else", () =>
    Effect.gen(function* () {
      const provider = yield* opened(yield* Server)
      yield* put(provider, "big", "old")
      const large = pieces(pattern(9 * 1024 * 1024))
      const halting = { ...large, read: () => Stream.concat(Stream.take(large.read(), 3), Stream.never) }
      yield* Effect.timeoutOption(provider.put(RemotePath.makeUnsafe("big"), halting, { modifiedAt }), 300)
      expect(yield* textAt(provider, "big")).toBe("old")
      expect(yield* list(provider, "")).toEqual(["File big"])
    })
  )

  tried("an address that is no folder is told", () =>
    Effect.gen(function* () {
      const server = yield* Server
      const nowhere = yield* Effect.flip(opened(server, { url: `${server.url}not/there` }))
      expect(nowhere.message).toContain("there is no folder at")
    })
  )
})
