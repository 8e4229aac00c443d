import { flushing, mounting, unmounting } from "@ourclone/jobs/mount/MountFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Option from "effect/Option"
import { on, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

const { path: _, point: __, ...flags } = mounting
const { point: ___, ...unmountFlags } = unmounting
const { point: ____, ...flushFlags } = flushing
const which = place("point", "The folder, the address of a server, or an id that mount list shows")

const list = Command.make("list", {}, () =>
  lazily(
    () => import("../MountCommands.ts"),
    (module) => module.list(undefined)
  )
).pipe(
  Command.withDescription("List your mounts, and how much of each is still to be sent"),
  Command.withExamples([{ command: "ourclone mount list", description: "All of them" }])
)

const status = Command.make("status", { point: which }, ({ point }) =>
  lazily(
    () => import("../MountCommands.ts"),
    (module) => module.status(point)
  )
).pipe(
  Command.withDescription("Show how a mount is: what is kept, what is still to be sent, what could not be"),
  Command.withShortDescription("Show how a mount is"),
  Command.withExamples([{ command: "ourclone mount status ~/photos", description: "One of them" }])
)

const flush = Command.make("flush", { point: which, ...flagsOf(flushFlags) }, (given) =>
  lazily(
    () => import("../MountCommands.ts"),
    (module) => module.flush(given)
  )
).pipe(
  Command.withDescription(
    "Send at once what a mount has still to send. Ends with 3 where something was not sent, with 5 where the storage can not be reached"
  ),
  Command.withShortDescription("Send at once what is still to be sent"),
  Command.withExamples([{ command: "ourclone mount flush ~/photos", description: "Waits until all is stored" }])
)

const unmount = Command.make("unmount", { point: which, ...flagsOf(unmountFlags) }, (given) =>
  lazily(
    () => import("../MountCommands.ts"),
    (module) => module.unmount(given)
  )
).pipe(
  Command.withDescription(
    "Send what is left and take a mount away. Ends with 0 only when every byte is stored, with 3 and the names where not, with 5 where the storage can not be reached; what is left is sent by the next mount of the place"
  ),
  Command.withShortDescription("Send what is left and take a mount away"),
  Command.withExamples([
    { command: "ourclone mount unmount ~/photos", description: "Waits until all is stored" },
    { command: "ourclone mount unmount --timeout 30s ~/photos", description: "Leaves the rest to the next mount" }
  ])
)

export const mount = Command.make(
  "mount",
  {
    path: argumentOf(mounting, "path").pipe(Argument.optional, Argument.map(Option.getOrUndefined)),
    point: argumentOf(mounting, "point", "The folder to mount it on").pipe(
      Argument.optional,
      Argument.map(Option.getOrUndefined)
    ),
    ...flagsOf(flags),
    daemon: on("daemon", "Go on in the background once it is mounted")
  },
  (given) =>
    lazily(
      () => import("../MountCommands.ts"),
      (module) => module.mount(given)
    )
).pipe(
  Command.withDescription(
    "Show a place of a storage as a folder, to be read and written like any other. What is closed is kept through a crash, and sent a little later"
  ),
  Command.withShortDescription("Show a place of a storage as a folder"),
  Command.withSubcommands([list, status, flush, unmount]),
  Command.withExamples([
    { command: "ourclone mount b2:my-bucket/photos ~/photos", description: "Until you press ^C or unmount it" },
    { command: "ourclone mount --daemon --read-only b2:my-bucket /mnt/bucket", description: "In the background" },
    { command: "ourclone mount unmount ~/photos", description: "Every byte is stored when it ends with 0" }
  ])
)
