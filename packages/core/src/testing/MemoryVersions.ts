/** The `Versions` of `MemoryProvider`. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as RemotePath from "../contract/RemotePath.ts"
import type { Version, Versions } from "../contract/Versions.ts"
import type { Kept, MemoryAccount, Stored } from "./MemoryAccount.ts"

/** Later than whatever was kept before it, as the order of versions is that of their times. */
const nextTime = ({ history }: MemoryAccount): number =>
  Math.max(Date.now(), ...[...history.values()].map(([newest]) => (newest?.storedAt ?? 0) + 1))

/** Notes that `path` holds `stored` now, or nothing. */
export const keep = (account: MemoryAccount, path: string, stored: Stored | undefined): void => {
  const kept = account.history.get(path) ?? []
  const versionId = stored?.file.versionId ?? `version-${account.nextId++}`
  account.history.set(path, [{ versionId, storedAt: nextTime(account), stored }, ...kept])
}

/** A version that may have been replaced since. */
export const find = ({ history }: MemoryAccount, path: string, versionId: string): Stored | undefined =>
  history.get(path)?.find((kept) => kept.versionId === versionId)?.stored

interface Host {
  readonly account: MemoryAccount
  readonly absolute: (path: string) => RemotePath.RemotePath
  readonly relative: (path: string) => RemotePath.RemotePath
}

export const make = ({ absolute, account, relative }: Host): Versions => {
  const versionOf = (path: string, { storedAt, stored, versionId }: Kept): Version => {
    const at = { path: relative(path), versionId, storedAt }
    if (stored === undefined) return { ...at, kind: "Hidden", size: 0, modifiedAt: storedAt }
    const { _tag, path: _, ...file } = stored.file
    return { ...file, ...at, kind: "Stored" }
  }
  return {
    list: (path, { newest } = {}) =>
      Stream.suspend(() => {
        const at = absolute(path)
        if (newest !== undefined) {
          return Stream.fromArray((account.history.get(at) ?? []).slice(0, newest).map((each) => versionOf(at, each)))
        }
        return Stream.fromArray(
          [...account.history]
            .filter(([name]) => RemotePath.isWithin(name, at))
            .sort(([left], [right]) => RemotePath.compare(left, right))
            .flatMap(([name, kept]) => kept.map((each) => versionOf(name, each)))
        )
      }),
    remove: (version) =>
      Effect.sync(() => {
        const path = absolute(version.path)
        const left = (account.history.get(path) ?? []).filter(({ versionId }) => versionId !== version.versionId)
        account.history.set(path, left)
        const newest = left[0]?.stored
        if (newest === undefined) account.files.delete(path)
        else account.files.set(path, newest)
      }),
    hide: (path) =>
      Effect.sync(() => {
        if (account.files.delete(absolute(path))) keep(account, absolute(path), undefined)
      })
  }
}
