import * as Command from "effect/cli/Command"
import { on, text, texts } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { addrs } from "../ListenFlag.ts"
import { http, restic } from "./serve-place.ts"
import { webdav } from "./serve-webdav.ts"

export const serve = Command.make(
  "serve",
  {
    addr: addrs,
    socket: text("socket", "file", "A socket for the command line of this user; in the state folder when absent"),
    root: texts(
      "root",
      "folder",
      "A folder of this machine that tasks and the page may use; your home when absent, but none for root or in a container"
    ),
    allowedHost: texts("allowed-host", "name", "A name under which a proxy or others reach the service"),
    trustedProxy: texts(
      "trusted-proxy",
      "address",
      "A proxy whose x-forwarded headers are believed: an address or 10.0.0.0/8"
    ),
    tlsCertificate: text("tls-certificate", "file", "A certificate with its chain, in PEM; read again when it changes"),
    tlsKey: text("tls-key", "file", "The certificate's key, in PEM"),
    allowHttp: on("allow-http", "Listen without TLS where others could listen in")
  },
  (flags) =>
    lazily(
      () => import("../ServeCommand.ts"),
      ({ run }) => run(flags)
    )
).pipe(
  Command.withDescription(
    "Run the service: tasks that go on when nobody looks, a page in the browser, and an API. Prints a link to set it up"
  ),
  Command.withShortDescription("Run the service with its page"),
  Command.withSubcommands([http, restic, webdav]),
  Command.withExamples([
    { command: "ourclone serve", description: "For this machine alone" },
    {
      command: "ourclone serve --addr :7727 --tls-certificate cert.pem --tls-key key.pem --allowed-host nas.home",
      description: "For the network"
    }
  ])
)

/** Not listed: the service starts it beside itself. */
export const serveSide = Command.make("serve-side", {}, () =>
  lazily(
    () => import("../ServeCommand.ts"),
    (module) => module.side
  )
).pipe(Command.withDescription("The process that works beside the service"), Command.unlisted)
