/** The fields of requests about repositories, and the passwords beside them, from flags. */
import { resolve } from "node:path"
import { printable } from "@ourclone/core/events/PrintableText"
import { secretOf } from "@ourclone/jobs/repository/PasswordName"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { ReadingInput, RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import type * as Password from "./Password.ts"
import type { PasswordSource, PasswordSources } from "./RepositoryJob.ts"
import * as RepositoryPlace from "./RepositoryPlace.ts"
import { tagsOf } from "./SnapshotFlags.ts"

/** Where the password of a repository comes from, by its flags and its entry in the configuration. */
export const passwordInput = (
  flags: Pick<RepositoryInput, "passwordFile" | "passwordCommand" | "insecureNoPassword">,
  { configured }: RepositoryPlace.Located
): Password.PasswordInput => ({
  flag: "password",
  file: flags.passwordFile,
  command: flags.passwordCommand,
  isEmpty: flags.insecureNoPassword,
  configured:
    configured?.password === undefined ? undefined : { repository: configured.name, reference: configured.password },
  variables: ["OURCLONE_PASSWORD", "RESTIC_PASSWORD"]
})

/** What a request calls it: its name in the configuration, or its place with paths in full. */
export const nameOf = ({ configured, location }: RepositoryPlace.Located): string =>
  configured?.name ?? RepositoryPlace.absolute(location)

/** The source of the password of the repository at `located`, by its name in the request. */
export const sourceOf = (
  located: RepositoryPlace.Located,
  input: Password.PasswordInput
): readonly [string, PasswordSource] => [
  secretOf(nameOf(located)),
  { input, question: `Password of ${printable(located.location)}` }
]

/** restic's two limits as the one of a request. */
const bwlimitOf = ({ bwlimit, limitDownload, limitUpload }: RepositoryInput) => {
  if (limitDownload === undefined && limitUpload === undefined) return Effect.succeed(bwlimit)
  if (bwlimit !== undefined) return usage("say --bwlimit, or --limit-upload and --limit-download, not both")
  const rate = (kibibytes: number | undefined): string => (kibibytes === undefined ? "off" : `${kibibytes}K`)
  return Effect.succeed(`${rate(limitUpload)}:${rate(limitDownload)}`)
}

/** The fields of the repository that the flags mean, and how its password is found. */
export const accessOf = Effect.fnUntraced(function* (flags: RepositoryInput & Partial<Pick<ReadingInput, "lock">>) {
  const bwlimit = yield* bwlimitOf(flags)
  const located = yield* RepositoryPlace.locate(flags.repo)
  const access = {
    repository: nameOf(located),
    ...(flags.waitMillis === undefined ? {} : { whenBusy: "wait" as const, waitMillis: flags.waitMillis }),
    ...given({
      lock: flags.lock,
      keyHint: flags.keyHint,
      cache: flags.cache,
      extraVerify: flags.extraVerify,
      bwlimit,
      tpslimit: flags.tpslimit,
      cacheDirectory: flags.cacheDirectory === undefined ? undefined : resolve(flags.cacheDirectory)
    })
  }
  const passwords: PasswordSources = new Map([sourceOf(located, passwordInput(flags, located))])
  return { access, located, passwords }
})

export const filterOf = (flags: SnapshotFilterInput) => ({
  host: flags.host.filter((name) => name !== ""),
  tag: flags.tag.map(tagsOf),
  path: flags.path.filter((path) => path !== "").map((path) => resolve(path))
})

export interface FromPasswordFlags {
  readonly fromPasswordFile: string | undefined
  readonly fromPasswordCommand: string | undefined
  readonly fromInsecureNoPassword: boolean
}

/** Where the password of another repository comes from. */
export const fromSourceOf = (flags: FromPasswordFlags, located: RepositoryPlace.Located) => {
  const input = passwordInput(
    {
      passwordFile: flags.fromPasswordFile,
      passwordCommand: flags.fromPasswordCommand,
      insecureNoPassword: flags.fromInsecureNoPassword
    },
    located
  )
  return sourceOf(located, {
    ...input,
    flag: "from-password",
    variables: ["OURCLONE_FROM_PASSWORD", "RESTIC_FROM_PASSWORD"]
  })
}
