/** What requests of copy, move, sync and check have in common. */
import type { Given } from "@ourclone/core/configuration/Remotes"
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import type { Comparison } from "@ourclone/core/engine/Compare"
import { CutoffMode } from "@ourclone/core/engine/Limit"
import * as Schema from "effect/Schema"
import { bwlimit, creating, flag, place, text, texts, tpslimit, whenPlaceBusy, whole } from "../kind/RequestFields.ts"
import { spending } from "../place/CostFields.ts"
import type { Which } from "../place/Earlier.ts"
import type { Looking } from "../place/FileOrFolder.ts"
import { filterFields } from "../place/FilterFields.ts"
import { oneVersion } from "../place/StateFields.ts"

/** How two files are compared. */
export const comparing = {
  checksum: flag("Compare by size and checksum rather than by size and time"),
  sizeOnly: flag("Compare by size alone"),
  modifyWindowMillis: whole("Milliseconds that two times may lie apart and still count as the same")
}

export const linking = {
  links: flag("Store symbolic links as files that end in .rclonelink, and make links of those again"),
  copyLinks: flag("Follow symbolic links"),
  metadata: flag(
    "Keep modes, owners and extended attributes of files, and symbolic links as links, where both sides can"
  )
}

/** Which of the files that differ are transferred. */
export const choosing = {
  ...comparing,
  update: flag("Leave alone what is newer at the destination"),
  ignoreExisting: flag("Leave alone whatever exists at the destination"),
  ignoreTimes: flag("Transfer everything, the same or not")
}

export const pacing = {
  transfers: whole("How many files are on their way at once", 1, 1000),
  bwlimit,
  tpslimit
}

const waiting = {
  whenBusy: whenPlaceBusy
}

/** The two sides, as each kind means them. */
export const copied = {
  source: place("A folder, whose content is copied, or one file"),
  destination: place("The folder to copy into")
}
export const moved = {
  source: place("A folder, whose content is moved, or one file"),
  destination: place("The folder to move into")
}
export const synced = {
  source: place("A folder, which is only read, or one file"),
  destination: place("The folder to make the same")
}
export const checked = { source: place("A folder"), destination: place("The folder to compare it with") }

/** Of one file. */
export const naming = {
  toName: flag("The destination is the name of the one file there, rather than the folder to bring it to")
}

/** What becomes of what is replaced or removed. */
export const keeping = {
  backupDir: text(
    "Where files go that would be replaced or removed: a folder of the same account, outside the destination"
  ),
  suffix: text("Added to the names of those files; without a folder for them they stay beside the new ones"),
  suffixKeepExtension: flag("Add it before the extension"),
  immutable: flag("Fail for a file that is there and is another, rather than replace it")
}

/** What is kept with what is uploaded. */
export const heading = {
  headerUpload: texts(
    "Kept with what is uploaded, for whoever fetches it by the web, such as Cache-Control: max-age=600"
  )
}

/** Where files need not come from the source. */
export const sparing = {
  compareDest: text("Pass over files that are the same in this folder"),
  copyDest: text("Copy files that are the same in this folder from there, inside the service")
}

/** Where names changed at the source. */
export const renaming = {
  trackRenames: flag(
    "Copy what has another name at the source by now inside the destination's service, told by size and digest"
  ),
  trackRenamesStrategy: text(
    "How that is told beside the size: hash, modtime or leaf, the last part of the name, or several with commas; without hash no bytes are compared"
  )
}

/** How much a run may do, and in which order. */
export const limiting = {
  maxTransfer: text("Begin no file once so much was transferred, such as 10G"),
  maxDurationMillis: whole("Milliseconds that the run may take; 0 is no limit"),
  cutoffMode: Schema.optionalKey(
    CutoffMode.annotate({
      description:
        "At a limit, stop what is on its way (hard), let it end (soft), or begin nothing that goes beyond (cautious)"
    })
  ),
  checkFirst: flag("Compare everything before anything is transferred"),
  orderBy: text(
    "Transfer by size, modtime or name, with ,asc or ,desc after it, or ,mixed,25 for a quarter of the transfers from the first on and the others from the last; compares everything first"
  )
}

/** What copy, move and sync are asked for in the same way. */
export const transferring = {
  ...creating,
  ...pacing,
  ...waiting,
  ...choosing,
  ...keeping,
  ...heading,
  ...sparing,
  ...limiting,
  ...spending,
  ...linking,
  ...filterFields
}

const Transferring = Schema.Struct({ ...copied, ...transferring })
export type Transferring = typeof Transferring.Type

/** One file that comes beside the request. */
export const storedInput = {
  destination: place("What the file is to be called there"),
  modifiedAt: whole("The time that it gets, in milliseconds since 1970 UTC; now when absent"),
  size: whole("How many bytes come: with fewer or more nothing is stored"),
  noClobber: flag("Fail where a file of that name is there, rather than replace it"),
  ...creating,
  ...waiting,
  bwlimit
}

/** Of which state of the source. */
export const earlierSource = {
  at: whole("The source as it was then, in milliseconds since 1970 UTC, as far as old versions are kept"),
  ...oneVersion
}

/** What guards a destination where something is removed. */
export const removing = {
  maxDelete: whole("Remove nothing if more files than this would go; half of them where there are over 100"),
  allowEmptySource: flag("Let an empty or missing source empty the destination")
}

/** How much `check` tells. */
export const telling = { oneWay: flag("Pass over what is only at the destination") }

/** Of a part of a copy: which paths, in the order of their bytes. */
export const ranging = {
  after: Schema.String.annotate({ description: "The paths that come after this one; all where it is empty" }),
  upTo: Schema.String.annotate({ description: "The last of the paths" })
}

type Linking = Pick<Transferring, "links" | "copyLinks" | "metadata">

/** What is given wins over the configuration; what is not leaves it alone. */
export const givenOf = ({ copyLinks, links, metadata }: Linking): Given => ({
  links: links === true || undefined,
  copyLinks: copyLinks === true || undefined,
  metadata: metadata === true || undefined
})

/** How the source is looked for. */
export const lookingOf = (request: Linking & Which): Looking => ({
  flags: givenOf(request),
  at: request.at,
  versionId: request.versionId
})

export const comparisonOf = (request: Partial<Transferring>, destination: Capabilities): Comparison => ({
  by: request.sizeOnly === true ? "size" : request.checksum === true ? "checksum" : "time",
  keepsNewer: request.update ?? false,
  keepsExisting: request.ignoreExisting ?? false,
  ignoresTimes: request.ignoreTimes ?? false,
  withMetadata: request.metadata === true ? destination : undefined,
  windowMillis: request.modifyWindowMillis
})
