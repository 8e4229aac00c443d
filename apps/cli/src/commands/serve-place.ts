import { servingHttp, servingRestic } from "@ourclone/jobs/serve/ServeFields"
import * as Command from "effect/cli/Command"
import * as Struct from "effect/Struct"
import { on, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { addr, saidOtherwise } from "../ListenFlag.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

const password = {
  passwordFile: text(
    "password-file",
    "file",
    "A file that holds the password; else OURCLONE_SERVE_PASSWORD, or one is made up"
  ),
  noPassword: on("no-password", "Whoever reaches the server is let in; only on this machine alone")
}

export const http = Command.make(
  "http",
  {
    path: argumentOf(servingHttp, "path", "What to serve"),
    addr,
    ...flagsOf(Struct.omit(servingHttp, saidOtherwise)),
    ...password
  },
  (given) =>
    lazily(
      () => import("../ServePlaceCommand.ts"),
      (module) => module.http(given)
    )
).pipe(
  Command.withDescription(
    "Serve a place over HTTP, to be read: folders as pages for a browser, files with ranges for whatever downloads"
  ),
  Command.withShortDescription("Serve a place over HTTP, to be read"),
  Command.withExamples([
    {
      command: "ourclone serve http b2:my-bucket/photos",
      description: "On this machine alone, with a password made up"
    },
    {
      command:
        "ourclone serve http --addr :8443 --tls-certificate cert.pem --tls-key key.pem --host-name nas.home --password-file secret b2:my-bucket",
      description: "For the network"
    }
  ])
)

export const restic = Command.make(
  "restic",
  {
    path: argumentOf(servingRestic, "path", "The folder of the repository, or of several"),
    addr,
    ...flagsOf(Struct.omit(servingRestic, saidOtherwise)),
    ...password
  },
  (given) =>
    lazily(
      () => import("../ServePlaceCommand.ts"),
      (module) => module.restic(given)
    )
).pipe(
  Command.withDescription(
    "Serve a place to restic, by the protocol of its REST server: what reaches the storage is what restic sent, held against its name. The key to the storage stays on this machine"
  ),
  Command.withShortDescription("Serve a place to restic"),
  Command.withExamples([
    {
      command: "ourclone serve restic b2:my-bucket/backups --append-only",
      description: "Then on a client: restic -r rest:http://ourclone:PASSWORD@127.0.0.1:8080/laptop backup ~"
    }
  ])
)
