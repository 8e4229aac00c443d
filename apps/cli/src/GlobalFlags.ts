/** The flags that every command takes. */

import * as CliOutput from "effect/cli/CliOutput"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import { on, text } from "./Flags.ts"

export const Json = GlobalFlag.Setting("json")({ flag: on("json", "Print JSON, for programs") })

export const Quiet = GlobalFlag.Setting("quiet")({
  flag: on("quiet", "Print results and errors only").pipe(Flag.withAlias("q"))
})

export const Verbose = GlobalFlag.Setting("verbose")({
  flag: on("verbose", "Name each file as it is done").pipe(Flag.withAlias("v"))
})

export const Debug = GlobalFlag.Setting("debug")({
  flag: on("debug", "Write the whole story, without secrets, to a log file")
})

export const LogFile = GlobalFlag.Setting("log-file")({
  flag: text("log-file", "file", "Add what would be said on standard error to a file, each line with its time")
})

export const Server = GlobalFlag.Setting("server")({
  flag: text(
    "server",
    "address",
    "Run it at a service: https://host:port with a token in OURCLONE_TOKEN, or unix:/its/socket"
  )
})

export const settings = [Json, Quiet, Verbose, Debug, LogFile, Server] as const

/** effect/cli's own has `-v`, which here is `--verbose`. */
const Version = GlobalFlag.Action({
  flag: on("version", "Print the version"),
  run: Effect.fnUntraced(function* (_: boolean, { command, version }: GlobalFlag.HandlerContext) {
    const presenter = yield* CliOutput.Presenter
    yield* presenter.present({ _tag: "Version", name: command.name, version })
  })
})

export const builtIns: ReadonlyArray<GlobalFlag.BuiltIn> = [GlobalFlag.Help, Version]
