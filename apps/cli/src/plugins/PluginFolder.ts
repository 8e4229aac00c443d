/** Where plugins are kept, and the provider types that they make. */
import * as fs from "node:fs"
import { homedir } from "node:os"
import * as path from "node:path"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { dataDirectory, type Environment } from "@ourclone/core/machine/StandardPaths"
import * as Effect from "effect/Effect"

export const folderIn = (environment: Environment): string =>
  path.join(dataDirectory(environment, environment.HOME || homedir()), "plugins")

/** What there is to know of them; without it nothing of plugins is loaded. */
export const listIn = (folder: string): string => path.join(folder, "plugins.json")

/** Beside those that are built in, which no plugin takes the place of. */
export const withPlugins = (
  builtIn: ReadonlyArray<ProviderFactory>,
  environment: Environment
): Effect.Effect<ReadonlyArray<ProviderFactory>> =>
  Effect.suspend(() => {
    const folder = folderIn(environment)
    if (!fs.existsSync(listIn(folder))) return Effect.succeed(builtIn)
    return Effect.map(
      Effect.promise(() => import("./PluginFactory.ts")),
      ({ factoriesIn }) => {
        const types = new Set(builtIn.map(({ type }) => type))
        return [...builtIn, ...factoriesIn(folder).filter(({ type }) => !types.has(type))]
      }
    )
  })
