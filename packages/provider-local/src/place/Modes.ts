/** Modes and kinds of files as what is kept beside them, where that was asked for. Who owns a file is this machine's alone. */
import type { Metadata } from "@ourclone/core/contract/Entry"
import { ofMetadata, toMetadata, usualMode } from "@ourclone/core/contract/PosixMetadata"
import type { Place } from "./LocalPlace.ts"

/** What another machine can be told to set: nothing that gives a program its owner's rights. */
const permissions = 0o777

/** The fields of an entry that say it; none where it was not asked for. */
export const fields = (place: Place, isLink: boolean, mode: number): { readonly metadata?: Metadata } => {
  const metadata = place.metadata ? toMetadata({ isLink, mode: mode & permissions }, undefined) : undefined
  return metadata === undefined ? {} : { metadata }
}

/** Permission bits that a file is to get; undefined where none are to be set. */
export const wanted = (place: Place, metadata: Metadata | undefined): number | undefined =>
  place.metadata ? (ofMetadata(metadata)?.mode ?? usualMode) & permissions : undefined

/** Whether it is to be a symbolic link with its bytes for a target. */
export const isLink = (place: Place, metadata: Metadata | undefined): boolean =>
  place.metadata && ofMetadata(metadata)?.isLink === true
