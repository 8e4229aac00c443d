/** Which place the user means: by flag, by name or by the environment. */
import { resolve } from "node:path"
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import * as RemoteName from "@ourclone/core/configuration/RemoteName"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"
import { Streams } from "../Streams.ts"

export interface Located {
  /** What a user would type to get there. */
  readonly location: string
  readonly configured: ConfiguredRepositories.ConfiguredRepository | undefined
}

/** `b2:bucket:path` means b2://bucket/path to restic; paths are the same; nothing else is taken. */
export const ofRestic = (text: string): Effect.Effect<string, CommandStopped> => {
  const [, bucket, path] = /^b2:([^:/]+):\/*(.*)$/s.exec(text) ?? []
  if (bucket !== undefined) return Effect.succeed(`b2://${bucket}/${path}`)
  if (text.startsWith("local:")) return Effect.succeed(text.slice("local:".length))
  if (!RemoteName.mayBeRemote(text) || (process.platform === "win32" && /^[A-Za-z]:[\\/]/.test(text))) {
    return Effect.succeed(text)
  }
  return usage(`RESTIC_REPOSITORY is "${text}", which only restic understands; say --repo or set OURCLONE_REPOSITORY`)
}

const nothingNamed = usage(
  "no repository is named; say --repo with a path, remote:path or a name of the configuration, or set OURCLONE_REPOSITORY"
)

const typed = Effect.fnUntraced(function* (repo: string | undefined) {
  const { environment } = yield* Streams
  // An empty variable of a script must not mean another repository.
  if (repo === "") return yield* usage("--repo is empty; name a path, remote:path or a name of the configuration")
  const text = repo ?? environment.OURCLONE_REPOSITORY
  if (text) return text
  const restics = environment.RESTIC_REPOSITORY
  return restics ? yield* ofRestic(restics) : yield* nothingNamed
})

/** The place behind `--repo`. A name of the configuration comes before a folder of that name; `./name` is the folder. */
export const locate = Effect.fnUntraced(function* (repo: string | undefined) {
  const text = yield* typed(repo)
  const { configurationFile } = yield* Remotes
  // What can be no name is not looked up, so that a broken configuration is in nobody's way.
  const known = RemoteName.isValidName(text) ? yield* ConfiguredRepositories.read(configurationFile) : undefined
  const configured = known?.get(text)
  const located: Located = { location: configured?.location ?? text, configured }
  return located
})

/** The location as it may be kept in the configuration: a path of this machine is written in full. */
export const absolute = (location: string): string => (RemoteName.mayBeRemote(location) ? location : resolve(location))
