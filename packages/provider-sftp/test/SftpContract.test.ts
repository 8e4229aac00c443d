import * as fs from "node:fs"
import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { accountChecks } from "@ourclone/core/testing/AccountChecks"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
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

  const valuesOf = ({ keyFile, knownHosts, port, user }: OpenSshServer) => ({
    host: "127.0.0.1",
    port,
    user,
    keyFile,
    knownHosts
  })

  for (const check of accountChecks) {
    it.live(check.name, () => {
      const { keyFile, ...values } = valuesOf(server)
      const secret = "not the password"
      return check.run({
        factory,
        values: check.name.includes("wrong secret") ? values : { ...values, keyFile },
        location: server.folder,
        wrong: { password: Redacted.make(secret) },
        secret,
        unreachable: { port: 1 }
      })
    })
  }

  for (const check of ProviderContract.checks) {
    it.live(check.name, ({ skip }) =>
      Effect.scoped(
        Effect.gen(function* () {
          const folder = `${server.folder}/place ${++number}`
          fs.mkdirSync(folder)
          const values = valuesOf(server)
          const at = { name: "test:", location: `${folder}/not yet there` }
          const provider = yield* ProviderFactory.open(factory, values, at)
          yield* ProviderContract.runOrSkip(check, provider, skip)
        })
      )
    )
  }
})
