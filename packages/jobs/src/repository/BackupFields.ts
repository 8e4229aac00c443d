/** The fields of a backup's request that are not about the repository. Light: faces make flags and forms of them before anything runs. */
import * as Schema from "effect/Schema"
import { flag, text, texts, whole } from "../kind/RequestFields.ts"

/** What is left out besides what patterns name. */
export const leavingOut = {
  excludeCaches: flag("Leave out what is in folders that hold a CACHEDIR.TAG"),
  excludeIfPresent: texts("Leave out what is in folders that hold such a file: name or name:header"),
  excludeLargerThan: whole("Leave out files larger than so many bytes"),
  oneFileSystem: flag("Stay on the file systems of the paths")
}

/** What the snapshot says of itself. */
export const describing = {
  tag: texts("Tags of the snapshot"),
  host: text("The host it is said to be of; else this one"),
  timeMillis: Schema.optionalKey(
    Schema.Finite.annotate({ description: "The time it is said to be of, in milliseconds since 1970; else now" })
  )
}

/** What counts as changed, and since when. */
export const comparing = {
  parent: text("The snapshot to compare with; else the newest of its group"),
  force: flag("Read every file, changed or not"),
  groupBy: text("What snapshots of one group have in common: host, paths, tags; host,paths when absent"),
  ignoreInode: flag("A file whose inode or change time alone differs has not changed"),
  ignoreCtime: flag("A file whose change time alone differs has not changed"),
  withAtime: flag("Keep the times of the last access"),
  skipIfUnchanged: flag("Make no snapshot when nothing has changed")
}

export const storing = {
  compression: Schema.optionalKey(
    Schema.Literals(["auto", "off", "fastest", "better", "max"]).annotate({ description: "How hard to compress" })
  ),
  packSizeBytes: whole("How large the files of the repository become; 16 MiB when absent", 4 << 20, 128 << 20),
  readConcurrency: whole(
    "How many files are read at once; as many as there are processors, up to 4, when absent",
    1,
    128
  )
}
