/** What samples of requests need: a folder with a file, a service with a key, a repository, and runs that speak JSON. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Repository from "@ourclone/backup/repository/Repository"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import type { Envelope } from "@ourclone/core/events/Envelope"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as JobKinds from "../../src/JobKinds.ts"
import type { JobError } from "../../src/kind/JobError.ts"
import type { Beside, SecretName } from "../../src/kind/JobKind.ts"
import type { Surroundings } from "../../src/kind/Surroundings.ts"
import { type JobWorld, makeWorld } from "../JobWorld.ts"
import { secret as remoteSecret, serviceFactory } from "../ServiceFactory.ts"

const passwordText = "planted-password-of-the-repository"
const password = Redacted.make(passwordText)
const newPasswordText = "planted-password-from-now-on"
const newPassword = Redacted.make(newPasswordText)

/** What must stand in nothing that is told. */
export const planted = [passwordText, newPasswordText, remoteSecret]

export const secretsOf = (names: ReadonlyArray<SecretName>) =>
  new Map(names.map((name) => [name, name.startsWith("new") ? newPassword : password]))

/** The file `from/a`, and the remote `store:`. */
export const preparedWorld = ({ prepare }: Sample) =>
  Effect.gen(function* () {
    const world = makeWorld([local, serviceFactory()])
    fs.writeFileSync(world.at("config.toml"), `[remotes.store]\ntype = "service"\nkey = "${remoteSecret}"\n`)
    fs.chmodSync(world.at("config.toml"), 0o600)
    world.write("from/a", "a")
    if (prepare !== undefined) yield* Effect.provide(prepare(world), world.layer)
    return world
  })

export interface Sample {
  readonly request: (world: JobWorld) => object
  readonly input?: Beside["input"]
  /** What must be there before. */
  readonly prepare?: (world: JobWorld) => Effect.Effect<unknown, JobError, Surroundings>
}

const open = (text: string) => Effect.flatMap(Remotes, (remotes) => remotes.open(text))

export const putInService = (path: string) =>
  Effect.scoped(
    Effect.flatMap(open("store:bucket"), (provider) =>
      provider.put(makeUnsafe(path), fromBytes(new Uint8Array(3)), { modifiedAt: 1000 })
    )
  )

export const removeFromService = (path: string) =>
  Effect.scoped(Effect.flatMap(open("store:bucket"), (provider) => provider.remove(makeUnsafe(path))))

export const makeRepository =
  (name = "repository") =>
  (world: JobWorld) =>
    Effect.scoped(
      Effect.flatMap(open(world.at(name)), (provider) =>
        Repository.init(provider, password, { scrypt: { N: 2, r: 8, p: 1 } })
      )
    )

export const home = (world: JobWorld) => ({ repository: world.at("repository"), cache: false })

export const withSnapshot = (world: JobWorld): Effect.Effect<unknown, JobError, Surroundings> =>
  Effect.andThen(makeRepository()(world), runJson(world, "backup", { ...home(world), paths: [world.at("from")] }, []))

/** The id of the file of the repository that was stored last. */
export const newestOf = (world: JobWorld, folder: string): string => {
  const files = world.list(`repository/${folder}`).map((name) => world.at(`repository/${folder}/${name}`))
  const byTime = files.sort((left, right) => fs.statSync(right).mtimeMs - fs.statSync(left).mtimeMs)
  return path.basename(byTime[0] ?? "")
}

export const bucket = { bucket: "store:bucket" }
export const makeBucket = () =>
  Effect.scoped(Effect.flatMap(open("store:"), ({ buckets }) => buckets?.create("bucket") ?? Effect.void))

export const runJson = (
  world: JobWorld,
  type: JobKinds.JobType,
  request: object,
  events: Array<Envelope>,
  input?: Beside["input"]
): Effect.Effect<void, JobError> =>
  Effect.gen(function* () {
    const job = yield* JobKinds.load(type)
    const needed = yield* job.needs(request)
    yield* job.run(request, {
      sink: (batch) => Effect.sync(() => void events.push(...batch)),
      secrets: secretsOf(needed),
      input
    })
  }).pipe(
    Effect.catchTag("SinkFailed", (error) => Effect.die(error)),
    Effect.provide(world.layer)
  )
