import * as fs from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as UploadFiles from "@ourclone/core/layers/UploadFiles"
import { Uploads } from "@ourclone/core/layers/UploadJournal"
import { partsOfSecondRun } from "@ourclone/core/testing/Resuming"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { factory } from "../src/SftpFactory.ts"
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
