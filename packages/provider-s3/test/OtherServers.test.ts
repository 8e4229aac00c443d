/** The contract on S3 servers that nobody here wrote. */
import { layer } from "@effect/vitest"
import { needs } from "@ourclone/core/testing/Programs"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Context, Effect, Layer } from "effect"
import { type At, type Given, openAt } from "./emulated.ts"
import { moto, versitygw } from "./otherServers.ts"

class Server extends Context.Service<Server, At>()("Server") {}

const hasVersity = needs("versitygw")
const hasMoto = needs("moto_server")

const servers = [
  { title: "versitygw, with versions", need: hasVersity, start: versitygw(), options: { provider: "Versity" } },
  {
    title: "versitygw, without",
    need: hasVersity,
    start: versitygw({ keepsVersions: false }),
    options: { provider: "Versity" }
  },
  {
    title: "moto",
    need: hasVersity.available
      ? { available: false, reason: "versitygw is there, which is the better judge" }
      : hasMoto,
    start: moto,
    options: { provider: "Other", conditionalWrites: true }
  }
] as const

/** What no client can do anything about. */
const faultsOfVersity = new Map([
  [
    "keeps names with every kind of character",
    "it keeps objects as files, which can not be called by what stands for a dot"
  ],
  [
    "stores nothing of a source that is shorter than it says, nor more of a longer one, and ends",
    "it stores what has come of a request that is broken off before its announced length"
  ]
])

let count = 0

for (const { need, options, start, title } of servers) {
  const live = need.available ? Layer.effect(Server, start) : Layer.succeed(Server, {} as At)
  layer(live, { excludeTestServices: true })(title, (it) => {
    for (const check of ProviderContract.checks) {
      it.effect(check.name, (context) => {
        if (!need.available) context.skip(need.reason)
        const fault = need === hasVersity ? faultsOfVersity.get(check.name) : undefined
        if (fault !== undefined) context.skip(fault)
        return Effect.gen(function* () {
          const server = yield* Server
          const account = yield* openAt(server, "", options as Given)
          yield* account.buckets?.create(`trial-${++count}`) ?? Effect.void
          const provider = yield* openAt(server, `trial-${count}/some folder`, options as Given)
          yield* ProviderContract.runOrSkip(check, provider, context.skip)
        })
      })
    }
  })
}
