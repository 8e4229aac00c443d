/** The flags that limit a prune, as fields of a request. */
import type { Limits } from "@ourclone/jobs/repository/PruneRun"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CommandStopped, usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { PruneFlagsInput } from "../RepositoryFlags.ts"
import * as Units from "./Units.ts"

const maxUnusedOf = (text: string): Effect.Effect<NonNullable<Limits["maxUnused"]>, CommandStopped> => {
  if (text === "unlimited") return Effect.succeed("unlimited")
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  if (percent === undefined) {
    return Result.match(Units.size(text), {
      onFailure: (problem) => usage(`--max-unused: ${problem}`),
      onSuccess: (bytes) => Effect.succeed({ bytes })
    })
  }
  return Number(percent) < 100
    ? Effect.succeed({ percent: Number(percent) })
    : Effect.fail(usage(`--max-unused: "${text}" must be less than 100%`))
}

/** Fails where a flag makes no sense. */
export const limitsOf = Effect.fnUntraced(function* (flags: PruneFlagsInput) {
  const limits: Limits = given({
    maxUnused: yield* maxUnusedOf(flags.maxUnused),
    maxRepackBytes: flags.maxRepackBytes,
    repackSmall: flags.repackSmall || undefined,
    repackSmallerThanBytes: flags.repackSmallerThanBytes,
    repackUncompressed: flags.repackUncompressed,
    repackCacheableOnly: flags.repackCacheableOnly,
    maxDownloadBytes: flags.maxDownloadBytes,
    minFreePercent: flags.minFreePercent,
    minPackAgeMillis: flags.minPackAgeMillis
  })
  return limits
})
