/** The fields of requests about keys of an account, and about what one may do. */
import { Purpose } from "@ourclone/core/contract/Keys"
import * as Schema from "effect/Schema"
import { flag, place, text, whole } from "../kind/RequestFields.ts"

const purpose = Purpose.annotate({
  description: "What the key is for: sync, backup with prune, a mount, or reading alone"
})

export const keyMaking = {
  path: place("As remote:bucket, or remote:bucket/folder for a key that reaches nothing else"),
  name: text("What the key is called; letters, digits and dashes"),
  validMillis: whole("Milliseconds that it is good for; for ever when absent", 1000)
}

/** Apart, as a request must have it. */
export const keyPurpose = { purpose }

export const keyRemoving = {
  remote: place("A remote, or an account by its type, such as b2:"),
  id: place("The id of the key")
}

export const diagnosing = {
  path: place("A place, such as remote:bucket/folder"),
  writes: flag("Store a small file there and remove it, to see that it works")
}

export const diagnosedPurpose = { purpose: Schema.optionalKey(purpose) }
