/** Which state of a storage a request means: as it is, as it was at a time, or one version of one file. */
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { Version } from "@ourclone/core/contract/Versions"
import * as Earlier from "@ourclone/core/layers/Earlier"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { InvalidJob, NothingThere } from "../kind/JobError.ts"

export interface Which {
  readonly at?: number | undefined
  readonly versionId?: string | undefined
}

/** Why the two can not be together. */
export const refusal = ({ at, versionId }: Which): InvalidJob | undefined =>
  at !== undefined && versionId !== undefined
    ? new InvalidJob({
        field: "versionId",
        message: "a version and a time were given; one of them says which is meant"
      })
    : undefined

/** `name` is what was asked for, in messages. */
export const versionsOf = (provider: Provider, name = provider.name) =>
  provider.buckets !== undefined && provider.location === ""
    ? Effect.fail(
        new InvalidJob({ message: `${provider.name} files are in buckets; name one: bucket or bucket/folder` })
      )
    : provider.versions === undefined
      ? Effect.fail(new InvalidJob({ message: `${name || "this machine"} keeps no old versions` }))
      : Effect.succeed(provider.versions)

/** `provider` as it was; itself without a time. `name` as in `versionsOf`. */
export const asOf = (provider: Provider, at: number | undefined, name = provider.name) =>
  at === undefined
    ? Effect.succeed(provider)
    : Effect.map(versionsOf(provider, name), (versions) => Earlier.asOf(provider, versions, at))

/** That version of the file at `path`, a hide marker or not. Fails with `NothingThere`. */
export const versionAt = Effect.fnUntraced(function* (provider: Provider, path: RemotePath, versionId: string) {
  const versions = yield* versionsOf(provider)
  const named = Earlier.versionsOfName(versions, path).pipe(
    Stream.filter((version) => version.versionId === versionId),
    Stream.take(1)
  )
  const [found] = yield* retrying(Stream.runCollect(named))
  if (found !== undefined) return found
  return yield* new NothingThere({ message: `${provider.name}: "${path}" has no version ${versionId}` })
})

/** Fails for a hide marker, which can not be read or copied. */
export const stored = (version: Version) =>
  version.kind === "Stored"
    ? Effect.succeed(version)
    : Effect.fail(
        new InvalidJob({
          field: "versionId",
          message: `version ${version.versionId} marks that the file was removed; it has no bytes`
        })
      )
