/** The provider against the checks that every provider is held to. */
import { after, before, describe, test } from "node:test"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { runOrSkip } from "@ourclone/core/testing/Check"
import { checks } from "@ourclone/core/testing/ProviderContract"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import factory from "../src/AzureFactory.ts"
import * as FakeAzure from "./FakeAzure.ts"

const { account } = FakeAzure
let fake: Awaited<ReturnType<typeof FakeAzure.start>>
before(async () => {
  fake = await FakeAzure.start()
})
after(() => fake.stop())

let count = 0
const opened = (location: string) =>
  ProviderFactory.open(
    factory,
    { account, key: Redacted.make(FakeAzure.key), endpoint: fake.endpoint },
    { name: "azure:", location }
  )

describe("the contract", () => {
  for (const check of checks) {
    test(check.name, (t) => {
      const container = `container-${++count}`
      fake.makeContainer(container)
      const run = Effect.flatMap(opened(`${container}/some folder`), (provider) =>
        runOrSkip(check, provider, (because) => t.skip(because))
      )
      return Effect.runPromise(Effect.scoped(run))
    })
  }
})
