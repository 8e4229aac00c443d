/** A backup repository in a bucket: what is stored, deleted and kept there. */
import { describe, expect, it } from "@effect/vitest"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import * as Lifecycle from "@ourclone/backup/repository/Lifecycle"
import * as Repository from "@ourclone/backup/repository/Repository"
import { withLock } from "@ourclone/backup/repository/RepositoryLock"
import type { Provider } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import * as B2Provider from "@ourclone/provider-b2/B2Provider"
import { Effect, Redacted, Stream } from "effect"

const password = Redacted.make("in a bucket")
const options = { scrypt: { N: 2, r: 8, p: 1 } }
const json = Buffer.from('{"packs":[]}\n')

interface Credentials {
  readonly endpoint: string
  readonly keyId: string
  readonly key: string
}

const openAt = ({ endpoint, key, keyId }: Credentials, location: string) =>
  B2Provider.open({
    keyId,
    applicationKey: Redacted.make(key),
    endpoint,
    hardDelete: false,
    maxConcurrency: 4,
    name: `b2:${location}`,
    location
  })

const emulator = Effect.acquireRelease(
  Effect.promise(() => startEmulator({ control: true })),
  (started) => Effect.promise(() => started.close())
)

/** A key that may do only what is listed. */
const keyFor = (owner: Effect.Success<typeof emulator>, capabilities: ReadonlyArray<string>) =>
  Effect.promise(async (): Promise<Credentials> => {
    const basic = Buffer.from(`${owner.keyId}:${owner.key}`).toString("base64")
    const authorized = await fetch(`${owner.endpoint}/b2api/v4/b2_authorize_account`, {
      headers: { authorization: `Basic ${basic}` }
    })
    const { authorizationToken } = (await authorized.json()) as { authorizationToken: string }
    const reply = await fetch(`${owner.endpoint}/b2api/v4/b2_create_key`, {
      method: "POST",
      headers: { authorization: authorizationToken },
      body: JSON.stringify({ accountId: owner.accountId, keyName: "limited", capabilities })
    })
    const made = (await reply.json()) as { applicationKeyId: string; applicationKey: string }
    return { endpoint: owner.endpoint, keyId: made.applicationKeyId, key: made.applicationKey }
  })

const inBucket = Effect.gen(function* () {
  const owner = yield* emulator
  const account = yield* openAt(owner, "")
  yield* account.buckets!.create("backups")
  const provider = yield* openAt(owner, "backups/home")
  return { owner, provider, repository: yield* Repository.init(provider, password, options) }
})

const versionsOf = (provider: Provider) =>
  Effect.map(Stream.runCollect(provider.versions!.list(root)), (found) =>
    found.map(({ kind, path }) => `${kind} ${path.replace(/[0-9a-f]{64}/, "…")}`)
  )

describe("a repository on B2", () => {
  it.live("makes the bucket that it is to be in, and none to look for one", () =>
    Effect.gen(function* () {
      const owner = yield* emulator
      const account = yield* openAt(owner, "")
      const provider = yield* openAt(owner, "not-there-yet/home")
      const error = yield* Effect.flip(Repository.open(provider, { password }))
      expect(error.reason._tag).toBe("NoRepository")
      expect(yield* Stream.runCollect(account.buckets!.list)).toEqual([])
      yield* Repository.init(provider, password, options)
      expect((yield* Repository.open(provider, { password })).config.version).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live("has a config and a key and no placeholder, and opens again", () =>
    Effect.gen(function* () {
      const { owner, provider, repository } = yield* inBucket
      expect(yield* versionsOf(provider)).toEqual(["Stored config", "Stored keys/…"])
      const again = yield* Repository.open(yield* openAt(owner, "backups/home"), { password })
      expect(again.config).toEqual(repository.config)
      const elsewhere = Repository.open(yield* openAt(owner, "backups/other"), { password })
      expect(yield* Effect.flip(elsewhere)).toMatchObject({ reason: { _tag: "NoRepository" } })
    }).pipe(Effect.scoped)
  )

  it.live("reads packs whole and in part, and says which one is missing", () =>
    Effect.gen(function* () {
      const { owner, repository } = yield* inBucket
      const id = "5a".repeat(32)
      yield* repository.savePack(id, Buffer.from("0123456789"))
      const other = yield* Repository.open(yield* openAt(owner, "backups/home"), { password })
      expect(Buffer.from(yield* other.readRaw("data", id, { offset: 2, length: 3 })).toString()).toBe("234")
      const beyond = yield* Effect.flip(other.readRaw("data", id, { offset: 8, length: 3 }))
      expect(beyond).toMatchObject({ reason: { _tag: "Damaged", file: `data/5a/${id}` } })
      yield* repository.remove("data", id)
      const gone = yield* Effect.flip(other.readRaw("data", id, { offset: 2, length: 3 }))
      expect(gone).toMatchObject({ reason: { _tag: "Missing", file: `data/5a/${id}` } })
    }).pipe(Effect.scoped)
  )

  it.live("leaves no version behind of what is removed, locks among them", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* inBucket
      const id = yield* repository.save("index", json)
      yield* repository.remove("index", id)
      expect(yield* withLock(repository, { exclusive: true }, Effect.succeed("done"))).toBe("done")
      expect(yield* versionsOf(provider)).toEqual(["Stored config", "Stored keys/…"])
    }).pipe(Effect.scoped)
  )

  it.live("is hidden from, and lists right, with a key that may not delete", () =>
    Effect.gen(function* () {
      const { owner, provider } = yield* inBucket
      const key = yield* keyFor(owner, ["listBuckets", "listFiles", "readFiles", "writeFiles"])
      const limited = yield* openAt(key, "backups/home")
      const repository = yield* Repository.open(limited, { password })
      yield* repository.remove("index", yield* repository.save("index", json))
      expect(yield* withLock(repository, { exclusive: true }, Effect.succeed("done"))).toBe("done")
      expect(yield* Stream.runCollect(repository.list("index"))).toEqual([])
      expect(yield* Stream.runCollect(repository.list("locks"))).toEqual([])
      expect(yield* versionsOf(provider)).toEqual([
        "Stored config",
        "Hidden index/…",
        "Stored index/…",
        "Stored keys/…",
        "Hidden locks/…",
        "Stored locks/…"
      ])
      expect(yield* Lifecycle.keepOnlyLastVersion(limited)).toBe("unsupported")
    }).pipe(Effect.scoped)
  )

  it.live("lets its bucket keep only the last version of its own files, once", () =>
    Effect.gen(function* () {
      const { provider } = yield* inBucket
      expect(yield* Lifecycle.keepOnlyLastVersion(provider)).toBe("set")
      const [bucket] = yield* Stream.runCollect(provider.buckets!.list)
      const folders = ["data", "index", "keys", "locks", "snapshots"]
      expect(bucket?.lifecycle.map(({ daysToDelete, prefix }) => [prefix, daysToDelete]).sort()).toEqual(
        folders.map((folder) => [`home/${folder}/`, 1])
      )
      expect(yield* Lifecycle.keepOnlyLastVersion(provider)).toBe("kept")
    }).pipe(Effect.scoped)
  )
})
