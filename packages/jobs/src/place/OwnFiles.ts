/**
 * What the program itself writes while jobs run, and no job is about: the journal of tasks. A copy of the folder around
 * it would find files that change under its hands, and one into that folder would remove them.
 */
import * as fs from "node:fs"
import { join, relative, sep } from "node:path"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ThisMachine } from "../kind/Surroundings.ts"

export const journalDirectory = (stateDirectory: string): string => join(stateDirectory, "tasks")

const real = (path: string): string => {
  try {
    return fs.realpathSync(path)
  } catch {
    return path
  }
}

/** The path of the journal as the provider lists it; none where it is not in there. */
const journalIn = (provider: Provider, stateDirectory: string): string | undefined => {
  if (!provider.capabilities.isLocal) return undefined
  const below = relative(provider.location || sep, journalDirectory(real(stateDirectory)))
  return below === "" || below.startsWith("..") ? undefined : below.split(sep).join("/")
}

/** `provider` without them. */
export const without = (provider: Provider): Effect.Effect<Provider, never, ThisMachine> =>
  Effect.map(ThisMachine, ({ stateDirectory }) => {
    const journal = journalIn(provider, stateDirectory)
    if (journal === undefined) return provider
    const isOwn = (path: string): boolean => path === journal || path.startsWith(`${journal}/`)
    return {
      ...provider,
      list: (directory, options) => Stream.filter(provider.list(directory, options), ({ path }) => !isOwn(path))
    }
  })
