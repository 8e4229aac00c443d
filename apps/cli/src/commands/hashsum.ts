import { moment } from "@ourclone/jobs/place/StateFields"
import { hashing, listing } from "@ourclone/jobs/storage/StorageFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Option from "effect/Option"
import { filterFlags } from "../FilterFlags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

const algorithms = ["sha1", "md5", "sha256"] as const

/** As others write it too: `SHA1`, `SHA-256`. */
const named = (typed: string) => {
  const plain = typed.toLowerCase().replace("-", "")
  return Option.fromUndefinedOr(algorithms.find((algorithm) => algorithm === plain))
}
const expected = (): string => algorithms.join(" | ")

export const hashsum = Command.make(
  "hashsum",
  {
    algorithm: Argument.Literals("algorithm", algorithms).pipe(
      Argument.orElse(() => Argument.filterMap(Argument.String("algorithm"), named, expected)),
      Argument.withDescription("Which digest: sha1, md5 or sha256")
    ),
    path: argumentOf(listing, "path"),
    ...flagsOf({ download: hashing.download, ...moment }),
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
