/** `serve webdav`. */
import { printable } from "@ourclone/core/events/PrintableText"
import { servingWebdav, webdavSecret } from "@ourclone/jobs/mount/MountFields"
import * as ServeWebdav from "@ourclone/jobs/mount/ServeWebdavJob"
import * as Effect from "effect/Effect"
import * as Ending from "./Ending.ts"
import * as JobRun from "./JobRun.ts"
import * as MountCommands from "./MountCommands.ts"
import * as Output from "./Output.ts"
import { endProcess } from "./process/EndProcess.ts"
import * as ServedFields from "./ServedFields.ts"
import * as ServePassword from "./ServePassword.ts"

type WebdavFlags = ServePassword.PasswordFlags & ServedFields.ServedFlags

const variable = "OURCLONE_WEBDAV_PASSWORD"

export const webdav = Effect.fnUntraced(function* (flags: WebdavFlags) {
  Ending.endBy(endProcess)
  const output = yield* Output.make
  const password = yield* ServePassword.make(webdavSecret, variable, flags, output)
  const { summary } = yield* JobRun.run(ServeWebdav.kind, ServedFields.requestOf(servingWebdav, flags), output, {
    isPreview: false,
    asksForProgress: "never",
    inWords: () => undefined,
    secrets: password.secrets,
    result: MountCommands.telling(output, (url, place) => {
      password.say()
      return `${printable(place)} is served at ${url}; ^C ends it`
    })
  })
  return yield* MountCommands.conclude(output, summary)
}, Effect.scoped)
