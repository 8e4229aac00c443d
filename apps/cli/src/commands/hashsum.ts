import { moment } from "@ourclone/jobs/place/StateFields"
import { listing } from "@ourclone/jobs/storage/StorageFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const hashsum = Command.make(
  "hashsum",
  {
    algorithm: Argument.Literals("algorithm", ["sha1", "md5", "sha256"]).pipe(
      Argument.withDescription("Which digest: sha1, md5 or sha256")
    ),
    path: argumentOf(listing, "path"),
    ...flagsOf(moment),
    filters: filterFlags
  },
  (flags) =>
    lazily(
      () => import("../Measures.ts"),
      (module) => module.hashsum(flags)
    )
).pipe(
  Command.withDescription(
    "Print the digest of each file, as sha1sum and its kin do; what the storage does not know is read"
  ),
  Command.withShortDescription("Print the digest of each file"),
  Command.withExamples([
    { command: "ourclone hashsum sha1 b2:my-bucket/photos", description: "What B2 knows of most files" },
    { command: "ourclone hashsum sha256 ~/Pictures > SUMS", description: "For sha256sum --check SUMS" }
  ])
)
