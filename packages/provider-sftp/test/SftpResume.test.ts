import * as fs from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as UploadFiles from "@ourclone/core/layers/UploadFiles"
import { Uploads } from "@ourclone/core/layers/UploadJournal"
import { partsOfSecondRun } from "@ourclone/core/testing/Resuming"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { SftpConnection } from "../src/connection/SftpConnection.ts"
import { SftpOptions } from "../src/connection/SftpOptions.ts"
import { factory } from "../src/SftpFactory.ts"
import * as SftpProvider from "../src/SftpProvider.ts"
import { missing, type OpenSshServer, start } from "./OpenSshServer.ts"

const because = missing()

describe.skipIf(because !== undefined)(`SFTP uploads${because === undefined ? "" : ` (${because})`}`, () => {
  let server: OpenSshServer
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())

  const openedAt = (folder: string) =>
    Effect.suspend(() => {
      const { keyFile, knownHosts, port, user } = server
      const values = { host: "127.0.0.1", port, user, keyFile, knownHosts }
      const at = { name: "test:", location: `${server.folder}/${folder}` }
      const uploads = UploadFiles.make(`${server.folder}/uploads of ${folder}`)
      return Effect.provideService(ProviderFactory.open(factory, values, at), Uploads, uploads)
    })
  const stored = (folder: string) =>
    fs.readdirSync(`${server.folder}/${folder}/d`).filter((name) => name.endsWith(".ourclone-part"))

  it.live("a large file that was cut off goes on with the parts that arrived", () =>
    Effect.gen(function* () {
      const opened = openedAt("one")
      const isResumable = Effect.scoped(
        Effect.flatMap(opened, ({ leftovers }) => Stream.runCollect(leftovers!.list))
      ).pipe(
        Effect.map((left) =>
          assert.deepStrictEqual(
            left.map((one) => one.isResumable),
            [true]
          )
        ),
        Effect.orDie
      )
      assert.strictEqual(yield* partsOfSecondRun(opened, isResumable), 1)
      assert.deepStrictEqual(stored("one"), [])
      assert.deepStrictEqual(fs.readdirSync(`${server.folder}/uploads of one`), [])
    })
  )

  it.live("a file whose naming was never answered is found when it is asked for again", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { keyFile, knownHosts, port, user } = server
        const values = { host: "127.0.0.1", port, user, keyFile, knownHosts }
        const options = yield* Effect.orDie(Schema.decodeUnknownEffect(SftpOptions)(values))
        const account = yield* SftpProvider.connect(options, "test:")
        let lost = 0
        const call: SftpConnection["call"] = (site, made) => {
          const answer = account.connection.call(site, made)
          if (!made.toString().includes("ext_openssh_rename") || lost > 0) return answer
          lost++
          const reason = new Unavailable({ message: "the connection broke" })
          return Effect.andThen(answer, Effect.fail(new StorageError({ ...site, reason })))
        }
        const connection = { ...account.connection, call }
        const { largeFile } = yield* SftpProvider.open({ ...account, connection }, "test:", `${server.folder}/three`)
        const wanted = { modifiedAt: 1_700_000_000_000, size: 3, partSize: 3 }
        const file = yield* largeFile!.start(makeUnsafe("d/a"), wanted)
        const part = yield* largeFile!.uploadPart(file, 1, fromBytes(Buffer.from("abc")), { offset: 0 })
        const error = yield* Effect.flip(largeFile!.finish(file, [part]))
        assert.strictEqual(error.reason._tag, "Unavailable")
        assert.strictEqual((yield* largeFile!.finish(file, [part])).size, 3)
        assert.strictEqual(lost, 1)
      })
    )
  )

  it.live("it begins anew where the file on the server is gone", () =>
    Effect.gen(function* () {
      const drop = Effect.sync(() => {
        for (const name of stored("two")) fs.rmSync(`${server.folder}/two/d/${name}`)
      })
      assert.strictEqual(yield* partsOfSecondRun(openedAt("two"), drop), 3)
      assert.deepStrictEqual(stored("two"), [])
    })
  )
})
