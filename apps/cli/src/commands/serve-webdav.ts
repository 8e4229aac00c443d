import { servingWebdav } from "@ourclone/jobs/mount/MountFields"
import * as Command from "effect/cli/Command"
import * as Struct from "effect/Struct"
import { on, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { addr, saidOtherwise } from "../ListenFlag.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const webdav = Command.make(
  "webdav",
  {
    path: argumentOf(servingWebdav, "path", "What to serve"),
    addr,
    ...flagsOf(Struct.omit(servingWebdav, saidOtherwise)),
    passwordFile: text(
      "password-file",
      "file",
      "A file that holds the password; else OURCLONE_WEBDAV_PASSWORD, or one is made up"
    ),
    noPassword: on("no-password", "Whoever reaches the server may do everything; only on this machine alone")
  },
  (given) =>
    lazily(
      () => import("../ServeWebdavCommand.ts"),
      (module) => module.webdav(given)
    )
).pipe(
  Command.withDescription(
    "Serve a place over WebDAV: for Windows, macOS and file managers, which need no driver for it"
  ),
  Command.withShortDescription("Serve a place over WebDAV"),
  Command.withExamples([
    {
      command: "ourclone serve webdav b2:my-bucket/photos",
      description: "On this machine alone, with a password made up"
    }
  ])
)
