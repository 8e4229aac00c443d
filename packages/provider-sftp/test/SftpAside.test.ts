/** Where the server renames over no file, one of the two is there at each moment. */
import * as fs from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { at, list, put, textAt } from "@ourclone/core/testing/Check"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { factory } from "../src/SftpFactory.ts"
import { missing, type OpenSshServer, start } from "./OpenSshServer.ts"

const because = missing()

describe.skipIf(because !== undefined)("SFTP without posix-rename", () => {
  let server: OpenSshServer
  let number = 0
  beforeAll(async () => {
    server = await start({ sftp: "internal-sftp -P posix-rename" })
  })
  afterAll(() => server.stop())

  const inFolder = (use: (provider: Provider, folder: string) => Effect.Effect<void, StorageError>) =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = `${server.folder}/${++number}`
        fs.mkdirSync(folder)
        const { keyFile, knownHosts, port, user } = server
        const values = { host: "127.0.0.1", port, user, keyFile, knownHosts }
        const provider = yield* ProviderFactory.open(factory, values, { name: "test:", location: folder })
        yield* use(provider, folder)
      })
    )

  it.live("a file is replaced, and nothing else is left", () =>
    inFolder((provider, folder) =>
      Effect.gen(function* () {
        yield* put(provider, "a.txt", "old")
        yield* put(provider, "a.txt", "new")
        assert.strictEqual(yield* textAt(provider, "a.txt"), "new")
        yield* provider.move!(yield* put(provider, "b.txt", "moved"), at("a.txt"))
        assert.strictEqual(yield* textAt(provider, "a.txt"), "moved")
        assert.deepStrictEqual(fs.readdirSync(folder), ["a.txt"])
      })
    )
  )

  it.live("a file that was put aside by a run that was cut off is listed under its name again, and read", () =>
    inFolder((provider, folder) =>
      Effect.gen(function* () {
        fs.mkdirSync(`${folder}/d`)
        fs.writeFileSync(`${folder}/d/.a.txt.0123abcd.ourclone-old`, "old")
        assert.deepStrictEqual(yield* list(provider, ""), ["File d/a.txt"])
        assert.strictEqual(yield* textAt(provider, "d/a.txt"), "old")
        assert.deepStrictEqual(fs.readdirSync(`${folder}/d`), ["a.txt"])
      })
    )
  )

  it.live("one whose place is taken is a leftover, and one whose place is not is never removed", () =>
    inFolder((provider, folder) =>
      Effect.gen(function* () {
        yield* put(provider, "a.txt", "new")
        fs.writeFileSync(`${folder}/.a.txt.0123abcd.ourclone-old`, "old")
        assert.deepStrictEqual(yield* list(provider, ""), ["File a.txt"])
        const [found] = yield* Stream.runCollect(provider.leftovers!.list)
        assert.strictEqual(found?.path, ".a.txt.0123abcd.ourclone-old")
        fs.renameSync(`${folder}/a.txt`, `${folder}/moved`)
        yield* provider.leftovers!.remove(found!)
        assert.deepStrictEqual(yield* list(provider, ""), ["File a.txt", "File moved"])
        fs.renameSync(`${folder}/a.txt`, `${folder}/${found!.path}`)
        fs.renameSync(`${folder}/moved`, `${folder}/a.txt`)
        yield* provider.leftovers!.remove(found!)
        assert.deepStrictEqual(fs.readdirSync(folder), ["a.txt"])
      })
    )
  )
})
