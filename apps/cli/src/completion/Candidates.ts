/** The words that may stand at the end of a command line. Prints nothing, asks nothing, and fails never. */
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import type * as Completions from "effect/cli/Completions"
import * as Effect from "effect/Effect"
import { settings } from "../GlobalFlags.ts"
import { Streams } from "../Streams.ts"
import type { Candidate } from "./Candidate.ts"
import * as Expected from "./Expected.ts"
import * as LocalPaths from "./LocalPaths.ts"
import * as RemotePaths from "./RemotePaths.ts"

/** Those of every command, which a command's own tree does not hold. */
const everywhere = [...settings.map(({ id }) => `--${id}`), "--help", "--version"]

const local = Effect.fnUntraced(function* (typed: string, foldersOnly: boolean) {
  const { home } = yield* ThisMachine
  return LocalPaths.candidates(typed, { home, foldersOnly })
})

const place = Effect.fnUntraced(function* (typed: string, foldersOnly: boolean) {
  if (RemotePaths.isRemote(typed)) return yield* RemotePaths.below(typed, { bucketsOnly: false })
  const { environment } = yield* Streams
  const remotes = typed.includes("/") ? [] : yield* RemotePaths.remotes(typed, environment)
  return [...remotes, ...(yield* local(typed, foldersOnly))]
})

const bucket = Effect.fnUntraced(function* (typed: string) {
  if (RemotePaths.isRemote(typed)) return yield* RemotePaths.below(typed, { bucketsOnly: true })
  const { environment } = yield* Streams
  return yield* RemotePaths.remotes(typed, environment)
})

const repository = Effect.fnUntraced(function* (typed: string) {
  const { configurationFile } = yield* Remotes
  const named = yield* Effect.orElseSucceed(
    ConfiguredRepositories.read(configurationFile),
    () => new Map<string, ConfiguredRepositories.ConfiguredRepository>()
  )
  const known = [...named.values()].map(({ location, name }): Candidate => ({ text: name, description: location }))
  return [...known, ...(yield* place(typed, true))]
})

const remoteNames = Effect.fnUntraced(function* () {
  const { list } = yield* Remotes
  const configured = yield* Effect.orElseSucceed(list, () => [])
  return configured.map(({ name, type }): Candidate => ({ text: name, description: type }))
})

const look = (meaning: Expected.Meaning, typed: string) => {
  switch (meaning) {
    case "place":
      return place(typed, false)
    case "account": {
      return bucket(typed)
    }
    case "bucket":
      return bucket(typed)
    case "repository":
      return repository(typed)
    case "remote":
      return remoteNames()
    case "type":
      return Effect.map(Remotes, ({ factories }) =>
        factories.map(({ description, type }): Candidate => ({ text: type, description }))
      )
    case "file":
      return local(typed, false)
    case "folder":
      return local(typed, true)
  }
}

const flags = (of: Completions.CommandDescriptor, given: ReadonlySet<string>): ReadonlyArray<Candidate> => [
  ...of.flags
    .filter(({ name }) => !given.has(name))
    .map(({ description, name }): Candidate => ({ text: `--${name}`, description })),
  ...everywhere.map((text): Candidate => ({ text }))
]

const all = (expected: Expected.Expected, typed: string) => {
  switch (expected._tag) {
    case "Subcommand":
      return Effect.succeed(
        expected.of.subcommands.map(({ description, name }): Candidate => ({ text: name, description }))
      )
    case "Flag":
      return Effect.succeed(flags(expected.of, expected.given))
    case "Choice":
      return Effect.succeed(expected.values.map((text): Candidate => ({ text })))
    case "Look":
      return look(expected.meaning, typed)
    case "Anything":
      return Effect.succeed<ReadonlyArray<Candidate>>([])
  }
}

/** `words` are those after the name of the program; the last one is to be completed. */
export const find = Effect.fnUntraced(function* (root: Completions.CommandDescriptor, words: ReadonlyArray<string>) {
  const { before, expected, typed } = Expected.of(root, words)
  const candidates = yield* all(expected, typed)
  return candidates
    .filter(({ text }) => text.startsWith(typed))
    .map((candidate): Candidate => ({ ...candidate, text: before + candidate.text }))
    .sort((left, right) => (left.text < right.text ? -1 : left.text > right.text ? 1 : 0))
})
