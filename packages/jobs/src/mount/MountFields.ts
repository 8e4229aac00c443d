/** The fields that requests about mounts have in common. */
import { Drained } from "@ourclone/mount/control/Wishes"
import * as Schema from "effect/Schema"
import { flag, place, text, whole } from "../kind/RequestFields.ts"
import { reading, snapshotFilter } from "../repository/Fields.ts"
import { listening } from "../run/Listening.ts"

/** What is mounted, and how it is kept here. */
export const mounted = {
  path: place("What to mount: an absolute path, or remote:path"),
  readOnly: flag("Refuse every change"),
  cacheSize: whole("Bytes of files that are kept on this machine at most; 10 GiB when absent", 64 * 1024 * 1024),
  cacheDirectory: text("The folder of what is kept on this machine, absolute; else one of this user's for each place"),
  listingMillis: whole("How long a listing is believed, in milliseconds; a minute when absent"),
  uploadDelayMillis: whole("How long after its last write a file is sent, in milliseconds; 5 seconds when absent")
}

export interface Mounted {
  readonly path: string
  readonly readOnly?: boolean
  readonly cacheSize?: number
  readonly cacheDirectory?: string
  readonly listingMillis?: number
  readonly uploadDelayMillis?: number
  readonly fsync?: "local" | "remote"
}

const point = place("The folder, an absolute path")

/** How a mount that exists is meant. */
export const which = {
  point: place("The folder of a mount as an absolute path, the address of a server, or an id of mounts")
}

export const timeoutMillis = whole(
  "How long to wait for what is to be sent, in milliseconds; as long as it takes when absent"
)

/** How a mount ended, or how far it is: what was not sent yet. */
export const Summary = Drained
export type Summary = typeof Summary.Type

const allowOther = flag("Let other users of the machine look in, root among them")

const allowNonEmpty = flag("Hide what is in the folder meanwhile, instead of refusing one that is not empty")

export const mounting = {
  ...mounted,
  point,
  allowOther,
  allowNonEmpty,
  door: Schema.optionalKey(
    Schema.Literals(["kernel", "library"]).annotate({
      description:
        "How the folder is made: by the kernel itself, or through libfuse or macFUSE; what this system has when absent"
    })
  ),
  fsync: Schema.optionalKey(
    Schema.Literals(["local", "remote"]).annotate({
      description:
        "What a program may rely on after fsync: that it is on the disk of this machine, or at the storage too; local when absent"
    })
  ),
  attributes: flag("Keep extended attributes (user.…), on this machine alone; listings cost more")
}

/** `repository` is the repository's; see `repository/Fields.ts`. */
export const mountingSnapshots = {
  ...reading,
  ...snapshotFilter,
  snapshot: text(
    "Only that one: an id or its beginning, latest, latest~1, or one of these with :folder; all when absent"
  ),
  point,
  allowOther,
  allowNonEmpty
}

export const flushing = { ...which, timeoutMillis }

export const unmounting = {
  ...flushing,
  force: flag("Do not wait for programs that use the folder; they are served until they are done")
}

export const watching = { point: text("Only that one: a folder, the address of a server, or an id") }

export const servingWebdav = {
  ...mounted,
  ...listening,
  storeNoise: flag("Store .DS_Store, Thumbs.db and their kin, which are kept in memory otherwise")
}

/** What the password of a server is asked for by. */
export const webdavSecret = "webdav:password"
