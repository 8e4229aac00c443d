/** Giving a file another time. Nothing behind a symbolic link is changed. */
import * as fs from "node:fs"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { NotFound } from "@ourclone/core/contract/StorageError"
import * as OpenFile from "../disk/OpenFile.ts"
import * as SettingTimes from "../disk/SettingTimes.ts"
import * as LocalAttributes from "../place/LocalAttributes.ts"
import { attempt } from "../place/LocalErrors.ts"
import * as LocalFiles from "../place/LocalFiles.ts"
import * as LocalMetadata from "../place/LocalMetadata.ts"
import type { Place } from "../place/LocalPlace.ts"
import type { Refusals } from "../place/Refusals.ts"
import type { Folders } from "./Folders.ts"

const setTime = (absolute: string, seen: OpenFile.Seen, time: SettingTimes.Time): void => {
  const fd = OpenFile.open(absolute, seen, false)
  try {
    SettingTimes.ofFile(fd, time)
  } finally {
    fs.closeSync(fd)
  }
}

/** Permissions come last, since those that are there or are to be may forbid the rest. */
const setAll = (
  absolute: string,
  seen: OpenFile.Seen,
  wanted: LocalMetadata.Wanted,
  time: SettingTimes.Time,
  refusals: Refusals
): void => {
  const fd = OpenFile.open(absolute, seen, false)
  try {
    LocalMetadata.giveOwner(fd, wanted, refusals)
    refusals.allow("permissions", () => fs.fchmodSync(fd, wanted.mode | 0o200))
    LocalAttributes.give(fd, wanted, refusals, absolute)
    refusals.allow("permissions", () => fs.fchmodSync(fd, wanted.mode))
    refusals.allow("times", () => SettingTimes.ofFile(fd, time))
  } finally {
    fs.closeSync(fd)
  }
}

/** A link keeps its kind: only its owner and time are set. Fails with `SourceChanged` as `touch` does. */
export const setMetadata =
  (place: Place, folders: Folders, refusals: Refusals): NonNullable<Provider["setMetadata"]> =>
  (file, metadata, modifiedAt, nanoseconds) =>
    attempt(place, "setMetadata", file.path, () => {
      if (!folders.check(RemotePath.parent(file.path))) throw new NotFound({ message: "there is no such file" })
      const { absolute, isLink } = LocalFiles.locate(place, file.path)
      const wanted = LocalMetadata.wanted(place, metadata)
      const time = { modifiedAt, nanoseconds }
      if (isLink) {
        LocalFiles.linkTarget(absolute, file)
        if (wanted !== undefined) LocalMetadata.giveOwnerOfLink(absolute, wanted, refusals)
        SettingTimes.ofLink(absolute, time)
      } else if (wanted !== undefined) setAll(absolute, file, wanted, time, refusals)
      return LocalFiles.stat(place, file.path)
    })

/** Fails with `SourceChanged` when the file is not as it was listed, a symbolic link in its place included. */
export const touch =
  (place: Place, folders: Folders): NonNullable<Provider["touch"]> =>
  (file, modifiedAt, nanoseconds) =>
    attempt(place, "touch", file.path, () => {
      if (!folders.check(RemotePath.parent(file.path))) throw new NotFound({ message: "there is no such file" })
      const { absolute, isLink } = LocalFiles.locate(place, file.path)
      const time = { modifiedAt, nanoseconds }
      if (isLink) {
        LocalFiles.linkTarget(absolute, file)
        SettingTimes.ofLink(absolute, time)
      } else setTime(absolute, file, time)
      return { ...file, modifiedAt, nanoseconds: nanoseconds ?? 0 }
    })
