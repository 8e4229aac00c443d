/** The command line with a repository that opens in no time. */
import * as path from "node:path"
import * as Repository from "@ourclone/backup/repository/Repository"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import { Effect, Redacted } from "effect"
import { type Cli, makeCli } from "./Cli.ts"

export const password = "correct horse battery staple"

/** A new repository in `name` of the command line's folder. */
export const initAt = (cli: Cli, name: string, version: 1 | 2 = 2): Promise<Repository.Repository> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const provider = yield* LocalProvider.make({ root: path.join(cli.folder, name) })
      return yield* Repository.init(provider, Redacted.make(password), { version, scrypt: { N: 2, r: 8, p: 1 } })
    }).pipe(Effect.scoped)
  )

/** A command line whose environment names a new repository and its password. */
export const withRepository = async (options: Parameters<typeof makeCli>[0] = {}) => {
  const cli = makeCli({
    ...options,
    environment: { OURCLONE_PASSWORD: password, OURCLONE_REPOSITORY: "@/repository", ...options.environment }
  })
  return { cli, repository: await initAt(cli, "repository") }
}

/** The lines of an output as JSON. */
export const jsonLines = (text: string): ReadonlyArray<Record<string, unknown>> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
