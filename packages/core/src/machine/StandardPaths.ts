/** Where OurClone keeps its files, by the XDG base directory rules on every system. */
import { isAbsolute, join } from "node:path"

export type Environment = { readonly [variable: string]: string | undefined }

/** XDG says to ignore a relative path in its variables. */
const base = (environment: Environment, variable: string, home: string, fallback: string): string => {
  const directory = environment[variable]
  return directory !== undefined && isAbsolute(directory) ? directory : join(home, fallback)
}

/** `$OURCLONE_CONFIG`, else `config.toml` in the configuration directory. */
export const configurationFile = (environment: Environment, home: string): string =>
  environment.OURCLONE_CONFIG || join(base(environment, "XDG_CONFIG_HOME", home, ".config"), "ourclone", "config.toml")

/** What must survive: locks, journals, history. */
export const stateDirectory = (environment: Environment, home: string): string =>
  join(base(environment, "XDG_STATE_HOME", home, join(".local", "state")), "ourclone")

/** Below it: what was begun of large files. */
export const uploadsDirectory = (state: string): string => join(state, "uploads")

/** What may be deleted at any time. */
export const cacheDirectory = (environment: Environment, home: string): string =>
  join(base(environment, "XDG_CACHE_HOME", home, ".cache"), "ourclone")

/** What was brought from elsewhere, and could be brought again: plugins. */
export const dataDirectory = (environment: Environment, home: string): string =>
  join(base(environment, "XDG_DATA_HOME", home, join(".local", "share")), "ourclone")
