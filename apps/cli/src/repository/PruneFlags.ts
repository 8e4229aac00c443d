/** The flags that limit a prune, as fields of a request. */
import type { Limits } from "@ourclone/jobs/repository/PruneRun"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type CommandStopped, usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { PruneFlagsInput } from "../RepositoryFlags.ts"
import * as Units from "./Units.ts"

const maxUnusedOf = (text: string): Effect.Effect<NonNullable<Limits["maxUnused"]>, CommandStopped> => {
  if (text === "unlimited") return Effect.succeed("unlimited")
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  if (percent === undefined) return Effect.map(Units.size("max-unused", text), (bytes) => ({ bytes }))
  return Number(percent) < 100
    ? Effect.succeed({ percent: Number(percent) })
    : Effect.fail(usage(`--max-unused: "${text}" must be less than 100%`))
}

/** Fails where a flag makes no sense. */
export const limitsOf = Effect.fnUntraced(function* (flags: PruneFlagsInput) {
  const minFreePercent = Option.getOrUndefined(flags.minFreePercent)
  if (minFreePercent !== undefined && !(minFreePercent >= 0 && minFreePercent <= 100)) {
    return yield* usage(`--min-free-percent: ${minFreePercent} must be between 0 and 100`)
  }
  const limits: Limits = given({
    maxUnused: yield* maxUnusedOf(flags.maxUnused),
    maxRepackBytes: yield* Units.optional("max-repack-size", flags.maxRepackSize, Units.size),
    repackSmall: flags.repackSmall || undefined,
    repackSmallerThanBytes: yield* Units.optional("repack-smaller-than", flags.repackSmallerThan, Units.size),
    repackUncompressed: flags.repackUncompressed,
    repackCacheableOnly: flags.repackCacheableOnly,
    maxDownloadBytes: yield* Units.optional("max-download", flags.maxDownload, Units.size),
    minFreePercent,
    minPackAgeMillis: yield* Units.optional("min-pack-age", flags.minPackAge, Units.duration)
  })
  return limits
})
