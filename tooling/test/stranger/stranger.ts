/**
 * What somebody outside the workspace does with the packed packages: a sync to a provider of their own, and
 * a backup. Prints a line of JSON for each; `provider.ts` beside it is the one of docs/writing-a-provider.md.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Repository from "@ourclone/backup/repository/Repository"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { load } from "@ourclone/jobs/JobKinds"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
// @ts-expect-error: written by the test
import { factory as archive } from "./provider.ts"

const folder = import.meta.dirname
const configurationPath = path.join(folder, "config.toml")
fs.writeFileSync(
  configurationPath,
  `[remotes.mine]\ntype = "archive"\nfile = ${JSON.stringify(path.join(folder, "mine.sqlite"))}\n`
)
fs.mkdirSync(path.join(folder, "pictures", "2024"), { recursive: true })
fs.writeFileSync(path.join(folder, "pictures", "a.txt"), "a picture")
fs.writeFileSync(path.join(folder, "pictures", "2024", "b.txt"), "another")

const surroundings = Layer.mergeAll(
  Remotes.layer({ factories: [local, archive], environment: {}, directory: folder, configurationPath }),
  Layer.succeed(ThisMachine, {
    stateDirectory: path.join(folder, "state"),
    cacheDirectory: path.join(folder, "cache"),
    home: folder,
    program: "stranger 1"
  })
)
const print = (value: object): void => console.log(JSON.stringify(value))

const run = (type: string, request: object, secrets: ReadonlyMap<string, Redacted.Redacted<string>> = new Map()) =>
  Effect.gen(function* () {
    const job = yield* load(type)
    let last: unknown
    yield* job.run(request, {
      secrets,
      sink: (batch) =>
        Effect.sync(() => {
          last = batch.at(-1)?.event
        })
    })
    print({ [type]: last })
  })

const backedUp = Effect.gen(function* () {
  const repository = path.join(folder, "repository")
  const password = Redacted.make("correct horse")
  const remotes = yield* Remotes
  yield* Effect.scoped(Effect.flatMap(remotes.open(repository), (place) => Repository.init(place, password)))
  const secrets = new Map([[`repository:${repository}`, password]])
  yield* run("backup", { repository, paths: [path.join(folder, "pictures")] }, secrets)
})

await Effect.runPromise(
  Effect.provide(
    Effect.andThen(run("sync", { source: path.join(folder, "pictures"), destination: "mine:2024" }), backedUp),
    surroundings
  )
)
process.exit(0)
