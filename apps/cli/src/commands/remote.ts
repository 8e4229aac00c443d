import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { tested } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import type * as Flag from "effect/cli/Flag"
import { on, optionalPlace, place, text, texts } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf } from "../RequestFlags.ts"

const name = place("name", "What the remote is called")

const list = Command.make("list", {}, () =>
  lazily(
    () => import("../RemoteCommands.ts"),
    (module) => module.list
  )
).pipe(
  Command.withDescription("List the configured remotes"),
  Command.withExamples([{ command: "ourclone remote list", description: "Names and types" }])
)

const show = Command.make("show", { name }, (flags) =>
  lazily(
    () => import("../RemoteCommands.ts"),
    (module) => module.show(flags)
  )
).pipe(
  Command.withDescription("Print what is configured for a remote, without secrets"),
  Command.withExamples([{ command: "ourclone remote show photos", description: "One remote" }])
)

const remove = Command.make("remove", { name }, (flags) =>
  lazily(
    () => import("../RemoteCommands.ts"),
    (module) => module.remove(flags)
  )
).pipe(
  Command.withDescription("Forget a remote; what is stored there stays"),
  Command.withExamples([{ command: "ourclone remote remove photos", description: "One remote" }])
)

const test = Command.make("test", { remote: argumentOf(tested, "remote") }, (flags) =>
  lazily(
    () => import("../RemoteTest.ts"),
    (module) => module.run(flags)
  )
).pipe(
  Command.withDescription("Check that a storage keeps its promises, in a new folder of it that is removed again"),
  Command.withShortDescription("Check that a storage keeps its promises"),
  Command.withExamples([
    { command: "ourclone remote test b2:my-bucket", description: "A bucket" },
    { command: "ourclone remote test photos:my-bucket/tmp", description: "In a folder" }
  ])
)

type Factories = ReadonlyArray<ProviderFactory>

/** What a flag says of itself: the types that have it, by what it is there. */
const wordsOf = (factories: Factories, flag: string): string => {
  const types = new Map<string, Array<string>>()
  for (const { options, type } of factories) {
    const option = options.find((each) => each.flag === flag)
    if (option === undefined) continue
    const { choices, description } = option
    const what = choices === undefined ? description : `${description}: ${choices.join(", ")}`
    types.set(what, [...(types.get(what) ?? []), type])
  }
  return [...types]
    .map(([what, those]) => (those.length === factories.length ? what : `${those.join(", ")}: ${what}`))
    .join("; ")
}

/** The options of every type as flags; those of other types than the one added are refused when it runs. */
const optionFlags = (factories: Factories) => {
  const flags: Record<string, Flag.Flag<string | undefined>> = {}
  for (const { flag, kind } of factories.flatMap(({ options }) => options)) {
    flags[flag] ??= text(
      flag,
      kind === "boolean" ? "true|false" : kind === "number" ? "number" : "text",
      wordsOf(factories, flag)
    )
  }
  return flags
}

const add = (factories: Factories) =>
  Command.make(
    "add",
    {
      name,
      type: place("type", `One of ${factories.map(({ type }) => type).join(", ")}`),
      noCheck: on("no-check", "Do not try whether it can be opened"),
      options: optionFlags(factories)
    },
    (flags) =>
      lazily(
        () => import("../RemoteCommands.ts"),
        (module) => module.add(flags)
      )
  ).pipe(
    Command.withDescription(
      "Write a remote into the configuration. On a terminal, asks for what is missing. A value may also be given as env:NAME, file:PATH or command:LINE, which keeps the secret out of the file"
    ),
    Command.withShortDescription("Write a remote into the configuration"),
    Command.withExamples([
      { command: "ourclone remote add photos b2", description: "Asks for the key" },
      {
        command: "ourclone remote add photos b2 --key-id 0012345 --application-key file:~/.b2-key",
        description: "Asks nothing; the key stays in its file"
      }
    ])
  )

const set = (factories: Factories) =>
  Command.make(
    "set",
    {
      name,
      noCheck: on("no-check", "Do not try whether it can be opened"),
      unset: texts("unset", "option", "Take this option away"),
      options: optionFlags(factories)
    },
    (flags) =>
      lazily(
        () => import("../RemoteCommands.ts"),
        (module) => module.set(flags)
      )
  ).pipe(
    Command.withDescription(
      "Write options of a remote anew, such as another key; the rest of it stays, and an empty value takes one away. Without any, on a terminal, asks for its key. Tasks that wait for it go on where they were"
    ),
    Command.withShortDescription("Give a remote another key, or other options"),
    Command.withExamples([
      { command: "ourclone remote set photos", description: "Asks for the key" },
      {
        command: "ourclone remote set photos --key-id 0012345 --application-key file:~/.b2-key",
        description: "Asks nothing"
      },
      { command: 'ourclone remote set photos --rate "08:00,1M 19:00,off"', description: "Slower by day" },
      { command: "ourclone remote set photos --unset rate", description: "As fast as it goes" }
    ])
  )

const importing = Command.make(
  "import",
  {
    file: optionalPlace(
      "file",
      "rclone's configuration, HashBackup's dest.conf, the b2 tool's account file, or restic's environment; rclone's or the b2 tool's own, when left out"
    ),
    dryRun: on("dry-run", "Only say what would be added")
  },
  (flags) =>
    lazily(
      () => import("../imports/RemoteImport.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Take over the storages that another program is set up for: rclone's configuration (with its password, where it is encrypted), HashBackup's dest.conf, the account file of the b2 tool, or restic's environment in a file. What can not be taken over is said, and why"
  ),
  Command.withShortDescription("Take over the storages of another program"),
  Command.withExamples([
    { command: "ourclone remote import --dry-run", description: "What rclone's own configuration would give" },
    { command: "ourclone remote import /etc/restic.env", description: "A file of restic's variables" }
  ])
)

export const remote = (factories: Factories) =>
  Command.make("remote").pipe(
    Command.withDescription("Named places with their keys"),
    Command.withSubcommands([add(factories), set(factories), importing, list, show, test, remove]),
    Command.withExamples([
      { command: "ourclone remote add photos b2", description: "Then photos:my-bucket is a place" }
    ])
  )
