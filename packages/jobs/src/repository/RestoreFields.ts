/** The fields of a restore's request that are not about the repository or its snapshots. Light, as all fields are. */
import * as Schema from "effect/Schema"
import { flag, texts } from "../kind/RequestFields.ts"

export const restoring = {
  overwrite: Schema.optionalKey(
    Schema.Literals(["always", "if-changed", "if-newer", "never", "keep-both"]).annotate({
      description:
        "What becomes of files that are there already; always when absent. keep-both restores what differs beside them"
    })
  ),
  delete: flag("Remove from the target what is not in the snapshot"),
  verify: flag("Read what was restored once more and compare it"),
  sparse: flag("Leave holes where a file holds long runs of zeros"),
  special: flag(
    "Whether device nodes are made and files get setuid, setgid and capabilities; when absent, where the superuser restores"
  ),
  includeXattr: texts(
    "Only extended attributes whose name matches a pattern such as user.*; others are neither set nor removed, and a file that is written anew has none of them"
  ),
  excludeXattr: texts("Not the extended attributes whose name matches a pattern, such as security.*"),
  ownershipByName: flag("Owners and groups by their names where this machine has them, by number otherwise")
}
