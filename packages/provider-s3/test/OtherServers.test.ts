/** The contract on S3 servers that nobody here wrote. */
import { expect, it, layer } from "@effect/vitest"
import { needs, type Program } from "@ourclone/core/testing/Programs"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Cause, Context, Effect, Exit, Layer } from "effect"
import { type At, type Given, openAt } from "./emulated.ts"
import { moto, started, versitygw } from "./otherServers.ts"

class Server extends Context.Service<Server, At>()("Server") {}

const hasVersity = needs("versitygw")

/** What no client can do anything about. */
const faultsOfMoto = new Map([
  ["joins parts of which one was sent twice at once", "it mixes what comes at once for one part"],
  ["takes no part of a large file that was cancelled", "it answers such a part with 500"],
  ["refuses parts of numbers that there are none of", "it says of part 0 that there is no such upload"],
  [
    "copies parts of the very file that was named, or none once it is replaced",
    "it copies parts whatever digest the source was to have"
  ]
])
const faultsOfVersity = new Map([
  [
    "keeps names with every kind of character",
    "it keeps objects as files, which can not be called by what stands for a dot"
  ]
])

const servers = [
  {
    title: "versitygw, with versions",
    need: hasVersity,
    faults: faultsOfVersity,
    start: versitygw(),
    options: { provider: "Versity" }
  },
  {
    title: "versitygw, without",
    need: hasVersity,
    faults: faultsOfVersity,
    start: versitygw({ keepsVersions: false }),
    options: { provider: "Versity" }
  },
  {
    title: "moto",
    need: hasVersity.available
      ? { available: false, reason: "versitygw is there, which is the better judge" }
      : needs("moto_server"),
    faults: faultsOfMoto,
    start: moto,
    options: { provider: "Other", conditionalWrites: true }
  }
] as const

let count = 0

const ofTornRequests = ProviderContract.checks.filter(({ name }) =>
  /^(?:leaves nothing of a put that is broken off|stores nothing of a source that is shorter)/.test(name)
)
it("the checks of torn requests are there", () => expect(ofTornRequests).toHaveLength(2))

for (const { faults, need, options, start, title } of servers) {
  const live = need.available ? Layer.effect(Server, start) : Layer.succeed(Server, {} as At)
  layer(live, { excludeTestServices: true })(title, (it) => {
    for (const check of ProviderContract.checks) {
      it.effect(check.name, (context) => {
        if (!need.available) context.skip(need.reason)
        const fault = faults.get(check.name)
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

layer(hasVersity.available ? Layer.effect(Server, versitygw()) : Layer.succeed(Server, {} as At), {
  excludeTestServices: true
})("versitygw of which nobody said what it is", (it) => {
  for (const check of ofTornRequests) {
    it.effect(check.name, (context) => {
      if (!hasVersity.available) context.skip(hasVersity.reason)
      return Effect.gen(function* () {
        const server = yield* Server
        const account = yield* openAt(server, "")
        yield* account.buckets?.create(`trial-${++count}`) ?? Effect.void
        const provider = yield* openAt(server, `trial-${count}`)
        yield* ProviderContract.runOrSkip(check, provider, context.skip)
      })
    })
  }
})

it.effect("a server whose program can not be started fails what asked for it, and no more", () =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(started("no-such-server" as Program, () => []))
    expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain("ENOENT")
  })
)
