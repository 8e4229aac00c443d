/** `serve webdav`. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { printable } from "@ourclone/core/events/PrintableText"
import { webdavSecret } from "@ourclone/jobs/mount/MountFields"
import * as ServeWebdav from "@ourclone/jobs/mount/ServeWebdavJob"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { absolute } from "./AbsolutePlace.ts"
import * as Ending from "./Ending.ts"
import { usage } from "./ExitCode.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as MountCommands from "./MountCommands.ts"
import * as Output from "./Output.ts"
import { endProcess } from "./process/EndProcess.ts"
import { Streams } from "./Streams.ts"

interface WebdavFlags {
  readonly path: string
  readonly passwordFile: string | undefined
  readonly noPassword: boolean
  readonly user: string | undefined
  readonly certificate: string | undefined
  readonly certificateKey: string | undefined
  readonly cacheDirectory: string | undefined
}

const variable = "OURCLONE_WEBDAV_PASSWORD"

const resolved = (file: string | undefined) => (file === undefined ? undefined : path.resolve(file))

const firstLineOf = (file: string) =>
  Effect.try({
    try: () => fs.readFileSync(file, "utf8").split(/\r?\n/, 1)[0] ?? "",
    catch: (error) => usage(`--password-file: ${error instanceof Error ? error.message : String(error)}`)
  })

const passwordOf = Effect.fnUntraced(function* (
  { noPassword, passwordFile, user }: WebdavFlags,
  output: Output.Output
) {
  const { environment } = yield* Streams
  if (noPassword) return new Map<string, Redacted.Redacted<string>>()
  const known = passwordFile === undefined ? environment[variable] : yield* firstLineOf(passwordFile)
  if (known === "")
    return yield* usage(passwordFile === undefined ? `${variable} is empty` : `${passwordFile} is empty`)
  const password = known ?? randomBytes(12).toString("base64url")
  if (known === undefined) output.note(`user ${printable(user ?? "ourclone")}, password ${password}`)
  return new Map([[webdavSecret, Redacted.make(password)]])
})

export const webdav = Effect.fnUntraced(function* (flags: WebdavFlags) {
  Ending.endBy(endProcess)
  const output = yield* Output.make
  const secrets = yield* passwordOf(flags, output)
  const { certificate, certificateKey, cacheDirectory, noPassword: _, passwordFile: __, path: typed, ...rest } = flags
  const files = {
    certificate: resolved(certificate),
    certificateKey: resolved(certificateKey),
    cacheDirectory: resolved(cacheDirectory)
  }
  const { summary } = yield* JobRun.run(
    ServeWebdav.kind,
    { ...given({ ...rest, ...files }), path: absolute(typed) },
    output,
    {
      isPreview: false,
      asksForProgress: "never",
      inWords: () => undefined,
      secrets,
      result: MountCommands.telling(output, (url, place) => `${printable(place)} is served at ${url}; ^C ends it`)
    }
  )
  return yield* MountCommands.conclude(output, summary)
}, Effect.scoped)
