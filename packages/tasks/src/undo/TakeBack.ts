/** What taking back comes to for one name, by its versions. Pure. */
import type { Version } from "@ourclone/core/contract/Versions"
import type { Touch } from "./Touched.ts"

export type TakeBack =
  /** It was there before: `stored` comes back, by taking `markers` away where nothing else is above it. */
  | { readonly _tag: "Restore"; readonly stored: Version; readonly markers: ReadonlyArray<Version> | undefined }
  /** It was not there before. */
  | { readonly _tag: "Hide" }
  /** The task did nothing here that is still to be seen. */
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Impossible"; readonly because: string }

const impossible = (because: string): TakeBack => ({ _tag: "Impossible", because })

/** `versions` of the name, the newest first. */
export const of = (versions: ReadonlyArray<Version>, { isMoved, isRemoved, versionIds }: Touch): TakeBack => {
  const isOwn = (version: Version, index: number): boolean =>
    versionIds.has(version.versionId) || (index === 0 && isRemoved && version.kind === "Hidden")
  const own = versions.map(isOwn)
  const last = own.lastIndexOf(true)
  if (last < 0) {
    // A move of what was there already has only touched the source.
    if (isMoved && versionIds.size === 0) return { _tag: "Nothing" }
    const [newest] = versions
    return impossible(
      newest === undefined ? "no version of it is kept" : "it was changed since, so what is there now stays"
    )
  }
  if (own[0] !== true) return impossible("it was changed since, so what is there now stays")
  const before = versions[last + 1]
  if (before === undefined || before.kind === "Hidden") {
    if (versions[0]?.kind === "Hidden") {
      return before === undefined && isRemoved ? impossible("no version of it is kept") : { _tag: "Nothing" }
    }
    return { _tag: "Hide" }
  }
  const above = versions.slice(0, last + 1)
  return { _tag: "Restore", stored: before, markers: above.every(({ kind }) => kind === "Hidden") ? above : undefined }
}
