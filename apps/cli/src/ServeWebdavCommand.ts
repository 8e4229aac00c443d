/** `serve webdav`. */
import { printable } from "@ourclone/core/events/PrintableText"
import { webdavSecret } from "@ourclone/jobs/mount/MountFields"
import * as ServeWebdav from "@ourclone/jobs/mount/ServeWebdavJob"
import * as Effect from "effect/Effect"
import { absolute, absolutePath } from "./AbsolutePlace.ts"
import * as Ending from "./Ending.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as MountCommands from "./MountCommands.ts"
import * as Output from "./Output.ts"
import { endProcess } from "./process/EndProcess.ts"
import * as ServePassword from "./ServePassword.ts"

interface WebdavFlags extends ServePassword.PasswordFlags {
  readonly path: string
  readonly certificate: string | undefined
  readonly certificateKey: string | undefined
  readonly cacheDirectory: string | undefined
}

const variable = "OURCLONE_WEBDAV_PASSWORD"

export const webdav = Effect.fnUntraced(function* (flags: WebdavFlags) {
  Ending.endBy(endProcess)
  const output = yield* Output.make
  const secrets = yield* ServePassword.secrets(webdavSecret, variable, flags, output)
  const { certificate, certificateKey, cacheDirectory, noPassword: _, passwordFile: __, path: typed, ...rest } = flags
  const files = {
    certificate: absolutePath(certificate),
    certificateKey: absolutePath(certificateKey),
    cacheDirectory: absolutePath(cacheDirectory)
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
