/** `--profile`: reads the configuration for a command line that names a profile. */
import * as ConfiguredProfiles from "@ourclone/core/configuration/ConfiguredProfiles"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { didYouMean } from "@ourclone/core/configuration/Suggestion"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import type * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import * as ProfileWords from "./ProfileWords.ts"

/** `all` are the commands of every name, against which the whole profile is held. */
export const expand = Effect.fnUntraced(function* (
  root: Command.Command.Any,
  all: Effect.Effect<Command.Command.Any>,
  words: ReadonlyArray<string>,
  asked: ProfileWords.Asked
) {
  const commands = Completions.fromCommand(root)
  if (!ProfileWords.takesProfile(commands, words)) return words
  const { configurationFile } = yield* Remotes
  const { home } = yield* ThisMachine
  const profiles = yield* ConfiguredProfiles.read(configurationFile)
  const profile = profiles.get(asked.profile)
  if (profile === undefined) {
    const hint = didYouMean(asked.profile, [...profiles.keys()])
    return yield* usage(
      `no profile is called "${asked.profile}"${hint}; write one as [profiles.NAME] into ${configurationFile}`
    )
  }
  const unknown = ProfileWords.unknown(Completions.fromCommand(yield* all), profile)
  if (unknown !== undefined) return yield* usage(`${unknown}, in ${configurationFile}`)
  return ProfileWords.withProfile(commands, asked.words, profile, home)
})
