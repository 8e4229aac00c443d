/** Kind, mode, owner and extended attributes of files as what is kept beside them, where that was asked for. */
import type { Metadata } from "@ourclone/core/contract/Entry"
import * as ExtendedAttributes from "@ourclone/core/contract/ExtendedAttributes"
import { ofMetadata, toMetadata, usualMode } from "@ourclone/core/contract/PosixMetadata"
import * as fs from "../disk/DiskFs.ts"
import type * as SettingTimes from "../disk/SettingTimes.ts"
import * as LocalAttributes from "./LocalAttributes.ts"
import type { Place } from "./LocalPlace.ts"
import type { Refusals } from "./Refusals.ts"

/** What another machine can be told to set: nothing that gives a program its owner's rights. */
const permissions = 0o777

/** Whether files can be given to others: as the system lets its administrator alone. */
export const setsOwners = (): boolean => process.geteuid?.() === 0

type Stats = Readonly<Record<"mode" | "uid" | "gid", number | bigint>>

/** The fields of an entry that say it; none where it was not asked for. */
export const fields = (
  place: Place,
  absolute: string,
  isLink: boolean,
  { gid, mode, uid }: Stats
): { readonly metadata?: Metadata } => {
  if (!place.metadata) return {}
  const knowsOwners = process.platform !== "win32"
  const posix = {
    isLink,
    mode: Number(mode) & permissions,
    uid: knowsOwners ? Number(uid) : undefined,
    gid: knowsOwners ? Number(gid) : undefined
  }
  // A link has none of its users.
  const attributes = isLink || !knowsOwners ? {} : ExtendedAttributes.toMetadata(LocalAttributes.ofPath(absolute))
  const metadata = toMetadata(posix, attributes)
  return metadata === undefined ? {} : { metadata }
}

/** Whether it is to be a symbolic link with its bytes for a target. */
export const isLink = (place: Place, metadata: Metadata | undefined): boolean =>
  place.metadata && ofMetadata(metadata)?.isLink === true

/** What a file is to get. */
export interface Wanted extends LocalAttributes.Wanted {
  /** Permission bits. */
  readonly mode: number
  readonly uid: number | undefined
  readonly gid: number | undefined
}

/** What a file gets besides its bytes. */
export interface Given extends SettingTimes.Time {
  /** Without it the file has the permissions of the one that it replaces, and else what new ones have. */
  readonly kept?: Wanted | undefined
}

/** Undefined where nothing is to be set. */
export const wanted = (place: Place, metadata: Metadata | undefined): Wanted | undefined => {
  if (!place.metadata) return undefined
  const { gid, mode = usualMode, uid } = ofMetadata(metadata) ?? {}
  const { attributes, isPart } = ExtendedAttributes.ofMetadata(metadata)
  return { mode: mode & permissions, uid, gid, attributes, isAll: !isPart && uid !== undefined }
}

type Owned = Pick<Wanted, "uid" | "gid">

const give = (
  { gid, uid }: Owned,
  stats: { readonly uid: number; readonly gid: number },
  refusals: Refusals,
  change: (uid: number, gid: number) => void
): void => {
  const [user, group] = [uid ?? stats.uid, gid ?? stats.gid]
  if (user !== stats.uid || group !== stats.gid) refusals.allow("owners", () => change(user, group))
}

/** It comes before permissions and attributes, which a new owner may lose. The name of the open file may lead elsewhere by now. */
export const giveOwner = (fd: number, owned: Owned, refusals: Refusals): void =>
  give(owned, fs.fstatSync(fd), refusals, (uid, gid) => fs.fchownSync(fd, uid, gid))

export const giveOwnerOfLink = (absolute: string, owned: Owned, refusals: Refusals): void =>
  give(owned, fs.lstatSync(absolute), refusals, (uid, gid) => fs.lchownSync(absolute, uid, gid))
