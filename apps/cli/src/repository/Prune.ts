/** `repo prune`: frees what no snapshot needs. */
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import type { PruneFlagsInput, ReadingInput } from "../RepositoryFlags.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as PruneRun from "./PruneRun.ts"
import { command } from "./RepositoryCommand.ts"

interface PruneInput extends ReadingInput, PruneFlagsInput, PruneRun.RunOptions {}

export const run = (flags: PruneInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      if (flags.noLock && !flags.dryRun) return yield* usage("--no-lock goes with --dry-run only; prune removes files")
      const options = yield* PruneRun.optionsOf(flags)
      const repository = yield* OpenedRepository.open(output, flags)
      const pruning = PruneRun.run(output, repository, options, flags)
      yield* OpenedRepository.locked(output, repository, flags, "exclusive", pruning)
    })
  )
