import * as fs from "node:fs"
import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import * as Effect from "effect/Effect"
import { factory } from "../src/SftpFactory.ts"
import { missing, type OpenSshServer, start } from "./OpenSshServer.ts"

const because = missing()

describe.skipIf(because !== undefined)(`SFTP provider${because === undefined ? "" : ` (${because})`}`, () => {
  let server: OpenSshServer
  let number = 0
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())

  for (const check of ProviderContract.checks) {
    it.live(check.name, ({ skip }) =>
      Effect.scoped(
        Effect.gen(function* () {
          const folder = `${server.folder}/place ${++number}`
          fs.mkdirSync(folder)
          const values = {
            host: "127.0.0.1",
            port: server.port,
            user: server.user,
            keyFile: server.keyFile,
            knownHosts: server.knownHosts
          }
          const at = { name: "test:", location: `${folder}/not yet there` }
          const provider = yield* ProviderFactory.open(factory, values, at)
          yield* ProviderContract.runOrSkip(check, provider, skip)
        })
      )
    )
  }
})
