/** Application keys: what each purpose takes, and making and removing them. */
import type { Deed, Key, Keys, KeysOfAccount, Purpose } from "@ourclone/core/contract/Keys"
import { InvalidRequest, NotFound, type Reason, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { B2Client } from "./api/B2Client.ts"
import type { KeyScope } from "./api/B2Errors.ts"
import type { KeyRow } from "./api/B2Replies.ts"

/** A removal hides, which takes no more than writing; old files of a repository go for good. */
const needs: Readonly<Record<Purpose, ReadonlyArray<string>>> = {
  sync: ["listBuckets", "listFiles", "readFiles", "writeFiles"],
  backup: ["listBuckets", "listFiles", "readFiles", "writeFiles", "deleteFiles"],
  mount: ["listBuckets", "listFiles", "readFiles", "writeFiles"],
  read: ["listBuckets", "listFiles", "readFiles"]
}

const taken: Readonly<Record<Exclude<Deed, "remove">, string>> = {
  list: "listFiles",
  read: "readFiles",
  write: "writeFiles"
}

/** A key for certain buckets is told which they are, and needs it never. */
const finding = "listBuckets"

/** What no purpose takes, and who does. */
const beyond: Readonly<Record<string, ReadonlyArray<string>>> = {
  listKeys: ["key list"],
  writeKeys: ["key create"],
  deleteKeys: ["key remove"],
  writeBuckets: ["bucket create", "bucket update", "bucket lifecycle"],
  deleteBuckets: ["bucket remove"],
  writeBucketEncryption: ["bucket update: encryption"],
  writeBucketRetentions: ["bucket update: object lock, retention"]
}

const nameGrammar = /^[A-Za-z0-9-]{1,100}$/
const mostSeconds = 86_400_000

const refusal = (name: string, validSeconds: number | undefined): string | undefined => {
  if (!nameGrammar.test(name)) return `a key can not be called "${name}": it takes 1 to 100 letters, digits and dashes`
  if (validSeconds === undefined || (validSeconds >= 1 && validSeconds <= mostSeconds)) return undefined
  return "a key is good for 1 second to 1000 days, or for ever"
}

const keyOf = (row: KeyRow, nameOf: (id: string) => string): Key => {
  const buckets = row.bucketIds ?? (row.bucketId == null ? undefined : [row.bucketId])
  return {
    id: row.applicationKeyId,
    name: row.keyName,
    capabilities: row.capabilities,
    ...(buckets === undefined ? {} : { buckets: buckets.map(nameOf) }),
    ...(row.namePrefix ? { prefix: row.namePrefix } : {}),
    ...(row.expirationTimestamp == null ? {} : { expiresAt: row.expirationTimestamp })
  }
}

/** Which capabilities the place's way to remove and to share take. */
export interface Ways {
  readonly removal: "writeFiles" | "deleteFiles"
  readonly sharing: "shareFiles" | "readFiles"
}

/** What a key may do, and no more of the account. */
export const ofScope = (scope: KeyScope, { removal, sharing }: Ways): Keys => {
  const lacks = (capability: string): boolean => !scope.capabilities.includes(capability)
  return {
    own: {
      id: scope.keyId,
      name: "",
      capabilities: scope.capabilities,
      ...(scope.buckets === undefined ? {} : { buckets: scope.buckets.map(({ id, name }) => name ?? id) }),
      ...(scope.namePrefix === "" ? {} : { prefix: scope.namePrefix })
    },
    missing: (purpose, isFound = false) =>
      [...new Set([...needs[purpose], ...(purpose === "read" ? [] : [removal])])].filter(
        (capability) => lacks(capability) && !(isFound && capability === finding)
      ),
    lacking: (deeds) => [...new Set(deeds.map((deed) => (deed === "remove" ? removal : taken[deed])))].filter(lacks),
    beyond: Object.entries({ [sharing]: ["link"], ...beyond })
      .filter(([capability]) => lacks(capability))
      .map(([capability, commands]) => ({ capability, commands }))
  }
}

/** `hardDelete`: whether the place removes for good. */
export const make = (client: B2Client, provider: string, hardDelete: boolean): Keys => ({
  ...ofScope(client.calls.authorization.current().key, {
    removal: hardDelete ? "deleteFiles" : "writeFiles",
    sharing: "shareFiles"
  }),
  ofAccount: ofAccount(client, provider)
})

const ofAccount = (client: B2Client, provider: string): KeysOfAccount => {
  const fail = (operation: string, reason: Reason) => new StorageError({ provider, operation, reason })

  const names = Effect.map(client.listBuckets({}), (rows) => {
    const known = new Map(rows.map(({ bucketId, bucketName }) => [bucketId, bucketName]))
    return (id: string): string => known.get(id) ?? id
  })

  const bucketId = (name: string) =>
    Effect.flatMap(client.listBuckets({ bucketName: name }), ([row]) =>
      row === undefined
        ? Effect.fail(fail("b2_create_key", new NotFound({ message: `there is no bucket "${name}"` })))
        : Effect.succeed(row.bucketId)
    )

  return {
    list: Stream.unwrap(Effect.map(names, (nameOf) => Stream.map(client.listKeys, (row) => keyOf(row, nameOf)))),
    create: ({ bucket, name, prefix, purpose, validSeconds }) =>
      Effect.suspend(() => {
        const refused = refusal(name, validSeconds)
        if (refused !== undefined) return Effect.fail(fail("b2_create_key", new InvalidRequest({ message: refused })))
        return Effect.flatMap(bucketId(bucket), (id) =>
          Effect.map(
            client.createKey({
              keyName: name,
              capabilities: needs[purpose],
              bucketIds: [id],
              ...(prefix === "" ? {} : { namePrefix: prefix }),
              ...(validSeconds === undefined ? {} : { validDurationInSeconds: validSeconds })
            }),
            (row) => ({ key: keyOf(row, () => bucket), secret: Redacted.make(row.applicationKey) })
          )
        )
      }),
    remove: (id) => client.deleteKey(id)
  }
}
