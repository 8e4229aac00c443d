/** The fields of requests that look into a repository, besides which it is. Light, as all fields are. */
import * as Schema from "effect/Schema"
import { flag, whole } from "../kind/RequestFields.ts"

export const newestOnly = { latest: whole("Only the newest so many of each host with its paths", 1) }

export const walking = {
  recursive: flag("List also what is in the folders that are found; so it is where no folder is named")
}

const sorts = ["name", "size", "time", "mtime", "atime", "ctime", "extension"] as const
export type Sort = (typeof sorts)[number]

export const sorting = {
  sort: Schema.optionalKey(
    Schema.Literals(sorts).annotate({
      description: "In which order; as folders hold them when absent. All is held in memory for it"
    })
  ),
  reverse: flag("The other way round")
}

export const outlining = {
  outline: flag("As one tree: also the folders on the way to those that are named, and nothing twice")
}

const moment = (description: string) => Schema.optionalKey(Schema.Finite.annotate({ description }))

export const finding = {
  ignoreCase: flag("Whatever the case of letters"),
  oldestMillis: moment("Only what was changed at or after this time, in milliseconds since 1970"),
  newestMillis: moment("Only what was changed at or before this time, in milliseconds since 1970"),
  showPackId: flag("Say also which pack each blob or tree is in, those that no snapshot has among them")
}

export const differing = { metadata: flag("Also tell of what has other metadata alone") }

export const packing = {
  archive: Schema.optionalKey(
    Schema.Literals(["tar", "zip"]).annotate({ description: "What a folder becomes; tar when absent" })
  )
}

export const counting = {
  mode: Schema.optionalKey(
    Schema.Literals(["restore-size", "files-by-contents", "blobs-per-file", "raw-data"]).annotate({
      description: "How it is counted; what restoring all of them writes when absent"
    })
  )
}

/** What a repository is made of. */
export const listable = ["snapshots", "packs", "index", "keys", "locks", "blobs"] as const

export const printable = ["config", "masterkey", "key", "snapshot", "index", "lock", "pack", "blob", "tree"] as const
