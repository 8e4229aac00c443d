/** A service in memory with buckets, whose key is a secret: for jobs that need more than a folder. */
import type { Bucket, Buckets } from "@ourclone/core/contract/Buckets"
import type { Key, Keys } from "@ourclone/core/contract/Keys"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { NotFound, StorageError } from "@ourclone/core/contract/StorageError"
import * as MemoryAccount from "@ourclone/core/testing/MemoryAccount"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

export const secret = "planted-key-of-the-remote"

/** Each call makes another service. */
export const serviceFactory = ({ missing = () => [] }: Partial<Pick<Keys, "missing">> = {}) => {
  const account = MemoryAccount.make()
  const buckets = new Map<string, Bucket>()
  const known = (name: string) => {
    const found = buckets.get(name)
    const reason = new NotFound({ message: "there is no such bucket" })
    return found === undefined
      ? Effect.fail(new StorageError({ provider: name, operation: "bucket", reason }))
      : Effect.succeed(found)
  }
  const put = (bucket: Bucket) => {
    buckets.set(bucket.name, bucket)
    return bucket
  }
  const operations: Buckets = {
    list: Stream.suspend(() => Stream.fromArray([...buckets.values()])),
    create: (name) => Effect.sync(() => put({ name, id: `id-${name}`, isPrivate: true, lifecycle: [] })),
    remove: (name) => Effect.map(known(name), () => void buckets.delete(name)),
    update: (name, { isPrivate = true }) => Effect.map(known(name), (bucket) => put({ ...bucket, isPrivate })),
    setLifecycle: (name, lifecycle) => Effect.map(known(name), (bucket) => put({ ...bucket, lifecycle }))
  }
  const made: Array<Key> = [{ id: "a-key", name: "a", capabilities: ["all"] }]
  const keys: Keys = {
    own: { id: "own-key", name: "", capabilities: ["all"] },
    missing,
    lacking: () => [],
    beyond: [],
    ofAccount: {
      list: Stream.suspend(() => Stream.fromArray([...made])),
      create: ({ bucket, name }) =>
        Effect.sync(() => {
          const key: Key = { id: `key-${made.length}`, name, capabilities: ["all"], buckets: [bucket] }
          made.push(key)
          return { key, secret: Redacted.make("secret-of-a-new-key") }
        }),
      remove: (id) =>
        Effect.sync(
          () =>
            void made.splice(
              made.findIndex((key) => key.id === id),
              1
            )
        )
    }
  }
  return ProviderFactory.make({
    type: "service",
    description: "A service in memory",
    options: Schema.Struct({ key: Schema.Redacted(Schema.String) }),
    connect: ({ key }, name) =>
      Redacted.value(key) === secret ? Effect.succeed({ id: account.id }) : Effect.die(`${name} was not given its key`),
    open: (_, { location, name }) =>
      Effect.succeed({
        ...MemoryProvider.make({ keepsVersions: true, account, location, name: `${name}${location}` }),
        buckets: operations,
        keys,
        link: (path) => Effect.succeed(`https://service.example/${path}`)
      })
  })
}
