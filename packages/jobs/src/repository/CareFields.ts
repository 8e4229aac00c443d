/** The fields of requests that look after a repository, besides which it is. Light, as all fields are. */
import * as Schema from "effect/Schema"
import { flag, text, texts, whole } from "../kind/RequestFields.ts"
import { count } from "./Fields.ts"

export const checking = {
  readData: flag("Read and verify every pack"),
  readDataSubset: text("Read and verify a part of the packs: n/t, a share such as 5%, or a size such as 10G"),
  withCache: flag(
    "Take index and folders from the copy on this machine: faster, and not told whether they are well where they are stored"
  )
}

const percent = Schema.Finite.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 100 })))

/** How much of a repository is packed anew. */
export const pruning = {
  maxUnused: Schema.optionalKey(
    Schema.Union([
      Schema.Literal("unlimited"),
      Schema.Struct({ bytes: count }),
      Schema.Struct({ percent: Schema.Finite })
    ]).annotate({ description: "What may stay though nobody needs it; 5 percent when absent" })
  ),
  maxRepackBytes: whole("Pack anew at most so many bytes in this run"),
  repackSmall: flag("Pack every file that is smaller than usual anew; if there are enough of them when absent"),
  repackSmallerThanBytes: whole("What counts as small"),
  repackUncompressed: flag("Compress what is stored without compression"),
  repackCacheableOnly: flag("Pack only folders anew, no content of files"),
  maxDownloadBytes: whole("Fetch at most so many bytes in this run; the next one goes on"),
  minFreePercent: Schema.optionalKey(
    percent.annotate({ description: "Pack anew only files of which so much is free" })
  ),
  minPackAgeMillis: whole("Leave alone files younger than this")
}

/** What else than its paths is another in a snapshot that is written anew. */
export const rewriting = {
  newHost: text("The host it is said to be of from now on"),
  newTimeMillis: Schema.optionalKey(
    Schema.Finite.annotate({
      description: "The time it is said to be of from now on, in milliseconds since 1970"
    })
  )
}

/** Where snapshots are written anew. */
export const replacing = {
  forget: flag("Remove the snapshots that were replaced; else the new ones get a tag")
}

export const indexing = {
  readAllPacks: flag("Read the list of every pack, not only of those that the index does not know")
}

export const tagging = {
  set: texts('Tags in the place of all there are; the one tag "" means none'),
  add: texts("Tags that are added"),
  remove: texts("Tags that are taken away")
}

export const unlocking = {
  removeAll: flag("Take away all locks, those of runs that may be alive too: such a run stops within minutes")
}

/** What a key says of itself. */
export const keeper = {
  user: text("Whose key it is said to be; else this user's"),
  host: text("The machine it is said to be of; else this one")
}

export const drilling = {
  seed: text("The same seed picks the same files; a new one when absent"),
  temporary: text("An absolute folder with room for a few of the files; the system's when absent")
}

/** Which copies of repositories on this machine are too old, or too many. */
export const cacheBounds = {
  maxAgeMillis: whole("Remove what nobody used for so long"),
  maxBytes: whole("What all may take together; what was used last stays")
}
