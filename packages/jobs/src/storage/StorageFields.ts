/** The fields of requests about what is stored. Light: faces make flags and forms of them before anything runs. */

import * as Schema from "effect/Schema"
import { creating, flag, place, text, texts, whole } from "../kind/RequestFields.ts"
import { oneVersion } from "../place/StateFields.ts"

/** A place of which one thing is asked. */
export const fileOrFolder = { path: place("A file or a folder") }
export const file = { path: place("A file") }
export const folder = { path: place("The folder to make"), ...creating }
/** Where a service keeps more than the newest files. */
export const kept = { path: place("A bucket, a folder or a file") }

export const listing = {
  path: place("A folder or a file"),
  maxDepth: whole("Folders below folders to look into; 1 is the folder itself", 1)
}

export const measuring = { maxDepth: whole("Folders below folders to tell of; 1 is those in the folder itself") }
export const hashing = {
  algorithm: Schema.Literals(["sha1", "md5", "sha256"]).annotate({ description: "Which digest" }),
  download: flag("Read every file rather than believe the digest that the storage knows")
}

export const sharing = {
  expireMillis: whole("Milliseconds that the address is good for: a day when absent, 7 days at most", 1000)
}
export const touching = {
  ...file,
  modifiedAt: whole("The time that it gets, in milliseconds since 1970 UTC; now when absent"),
  noCreate: flag("Make no file where there is none"),
  recursive: flag("Give that time to every file that a folder holds, and make none"),
  ...creating
}

const fileOrWhole = { path: place("A file, or a folder where that is said") }
export const removing = { ...fileOrWhole, recursive: flag("Remove everything a folder holds"), ...oneVersion }
export const undeleting = {
  ...fileOrWhole,
  recursive: flag("Bring back every removed file below a folder"),
  ...oneVersion
}

export const account = { remote: place("A remote, or an account by its type, such as b2:") }
export const tested = {
  remote: place("As remote:bucket or remote:bucket/folder; a folder is made in it for the test")
}
export const bucket = { bucket: place("As remote:bucket") }

export const purging = {
  purge: flag("Remove for good all that it holds first: every version of every file"),
  confirm: text("The name of the bucket once more, without which nothing is purged")
}

/** What a bucket is to be like. */
export const changing = {
  isPrivate: flag("Only keys of the account may read it"),
  isPublic: flag("Anybody may read it"),
  objectLock: flag("Let versions be locked from now on; there is no way back"),
  retention: text("Lock new versions for a while: governance:30d, compliance:1y, or none"),
  encryption: Schema.optionalKey(
    Schema.Literals(["SSE-B2", "none"]).annotate({ description: "How the service encrypts new files" })
  ),
  info: texts("A note, as NAME=VALUE; those given replace all that there are"),
  corsRules: text("Rules for pages in browsers, as the service's JSON array; they replace all that there are")
}

/** What becomes of old versions by itself. */
export const rule = {
  prefix: text("Only files whose names begin with it"),
  keepLast: flag("Keep only the newest version of each file"),
  daysToHide: whole("Hide files so long after they were stored", 1),
  daysToDelete: whole("Delete versions so long after they were hidden or replaced", 1),
  clear: flag("Drop the rule")
}

export const cleaning = {
  path: place("A folder"),
  olderThanMillis: whole(
    "Leave alone what was changed less than this many milliseconds ago; a day when absent. What a run of this machine left that has ended, and no run can go on with, goes whatever its age"
  )
}

/** What was replaced or removed, where old versions are kept. */
export const forgetting = {
  ...kept,
  olderThanMillis: whole("Only what was replaced or removed at least this many milliseconds ago"),
  maxDelete: whole("Remove no version if more than this would go")
}

export const cancelling = {
  ...kept,
  olderThanMillis: whole("Leave alone what began later than this many milliseconds ago")
}
