/** The whole command line as one effect, from words to an exit code. */
import { homedir } from "node:os"
import { WhileLocked } from "@ourclone/backup/repository/WhileLocked"
import { withSettings } from "@ourclone/core/accounts/AccountSettings"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { printable } from "@ourclone/core/events/PrintableText"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import { databaseOf, ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as Cause from "effect/Cause"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Arguments from "./Arguments.ts"
import { commandsFor } from "./Commands.ts"
import * as DebugLog from "./DebugLog.ts"
import * as Environment from "./Environment.ts"
import * as ExitCode from "./ExitCode.ts"
import { refusal } from "./far/Server.ts"
import { builtIns } from "./GlobalFlags.ts"
import * as HelpText from "./help/HelpText.ts"
import { withLogFile } from "./LogFile.ts"
import { withPlugins } from "./plugins/PluginFolder.ts"
import * as HangUp from "./process/HangUp.ts"
import * as StopSignals from "./process/StopSignals.ts"
import { shutdownPrograms } from "./process/WakePrograms.ts"
import { type Asked, askedOf } from "./profile/ProfileWords.ts"
import * as RemoteLog from "./RemoteLog.ts"
import { Streams, type StreamsShape } from "./Streams.ts"
import { CommandLine, type CommandLineShape } from "./task/AskedWords.ts"
import { version } from "./Version.ts"
import { told } from "./words/remedies.ts"

export interface ProgramOptions {
  /** Without the interpreter and the name of the program. */
  readonly words: ReadonlyArray<string>
  readonly streams: StreamsShape
  readonly factories: ReadonlyArray<ProviderFactory>
  /** Hears of help and of wrong usage instead of the streams. */
  readonly presenter?: CliOutput.Presenter
}

/** Without the parser's words for how it came to know. */
const plainly = (message: string): string =>
  message
    .replace("Expected: Schema validation failed: Expected", "Expected")
    .replace("a string representing a finite number", "a number")
    // What is expected may be a sentence of its own, which names the value.
    .replace(/^Invalid value for flag (--[\w-]+): ".*"\. Expected: (?=".*" [^|])/s, "$1: ")

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? ""

/** Loaded when something is wrong, so that nothing else starts slower. */
const mistyped = (errors: ReadonlyArray<CliError.CliError>, root: Command.Command.Any, words: ReadonlyArray<string>) =>
  Effect.map(
    Effect.promise(() => import("./help/Mistyped.ts")),
    ({ told }) => told(errors, root, words)
  )

/** Help goes to standard output; a mistake and how to get help go to standard error. */
const presenter = (
  streams: StreamsShape,
  root: Command.Command.Any,
  words: ReadonlyArray<string>
): CliOutput.Presenter => {
  const colors = streams.environment.NO_COLOR === undefined && process.stdout.isTTY === true
  return {
    present: (event) =>
      Effect.gen(function* () {
        switch (event._tag) {
          case "Help":
            return streams.writeOut(`${HelpText.of(event.helpDoc, { colors })}\n`)
          case "Version":
            return streams.writeOut(`ourclone ${event.version}\n`)
          case "InvalidInvocation": {
            for (const { error, text } of yield* mistyped(event.errors, root, words)) {
              if (text !== undefined) {
                streams.writeError(`error: ${printable(text)}\n`)
                continue
              }
              const [what = "", ...suggestions] = plainly(error.message)
                .split("\n")
                .map((line) => line.trim())
                .filter(Boolean)
              const hint = suggestions.slice(1).join(" or ")
              streams.writeError(
                `error: ${printable(what)}${hint === "" ? "" : `; did you mean ${printable(hint)}?`}\n`
              )
            }
            return streams.writeError(`For help: ${event.commandPath.join(" ")} --help\n`)
          }
        }
      })
  }
}

const codeOfUsage = (error: CliError.CliError): number =>
  error._tag === "ShowHelp" && error.errors.length === 0 ? ExitCode.done : ExitCode.wrongUsage

const tell = (streams: StreamsShape, error: ExitCode.CommandError): number => {
  // A remote's name ends with a colon already, and the root has no path to show.
  const message = told(error).replace(': "": ', ": ").replace(":: ", ": ")
  if (message !== "") streams.writeError(`error: ${printable(message)}\n`)
  return ExitCode.ofError(error)
}

const tellDefect = (streams: StreamsShape, defect: unknown): number => {
  const message = defect instanceof Error ? defect.message : String(defect)
  streams.writeError(`error: ${printable(firstLine(message))}. This is a mistake in ourclone; --debug tells more\n`)
  return ExitCode.failed
}

const codeOf = (streams: StreamsShape, log: DebugLog.DebugLog["Service"], cause: Cause.Cause<unknown>) => {
  log.trace(Cause.pretty(cause))
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  const error = Cause.squash(cause)
  if (CliError.isCliError(error)) return Effect.succeed(codeOfUsage(error))
  return Effect.succeed(ExitCode.isCommandError(error) ? tell(streams, error) : tellDefect(streams, error))
}

const machineOf = ({ environment }: StreamsShape): ThisMachine["Service"] => {
  const home = environment.HOME || homedir()
  return {
    stateDirectory: StandardPaths.stateDirectory(environment, home),
    cacheDirectory: StandardPaths.cacheDirectory(environment, home),
    database: databaseOf(environment),
    home,
    program: `ourclone ${version}`,
    environment,
    delaysShutdown: shutdownPrograms[process.platform]
  }
}

/** Loaded for whoever names a profile alone, so that nobody else starts slower. */
const withProfile = (
  root: Command.Command.Any,
  factories: ReadonlyArray<ProviderFactory>,
  words: ReadonlyArray<string>,
  asked: Asked
) =>
  Effect.flatMap(
    Effect.promise(() => import("./profile/Profile.ts")),
    ({ expand }) =>
      expand(
        root,
        Effect.promise(() => commandsFor([], factories)),
        words,
        asked
      )
  )

const refuseHelp = (root: Command.Command.Any, words: ReadonlyArray<string>) =>
  Effect.flatMap(
    Effect.promise(() => import("./help/AskedHelp.ts")),
    ({ refusal }) => {
      const refused = refusal(root, words)
      return refused === undefined ? Effect.void : Effect.fail(ExitCode.usage(refused))
    }
  )

/** Whether a collector of OpenTelemetry is named. */
const isTraced = ({ environment }: StreamsShape): boolean =>
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].some((name) => (environment[name] ?? "") !== "")

/** Runs a command line and says what the process should exit with. Interrupting it stops the command cleanly. */
export const run = Effect.fnUntraced(function* (options: ProgramOptions) {
  const { words } = options
  const logged = yield* Effect.result(withLogFile(words, options.streams))
  if (Result.isFailure(logged)) return tell(options.streams, logged.failure)
  const streams = logged.success
  const factories = (yield* withPlugins(options.factories, streams.environment)).map(withSettings)
  const log = yield* Effect.provideService(DebugLog.make(words, factories), Streams, streams)
  const machine = machineOf(streams)
  const services = Layer.mergeAll(
    Environment.layer,
    Layer.succeed(Streams, streams),
    Layer.succeed(DebugLog.DebugLog, log),
    CliConfig.layer({ builtIns }),
    Layer.succeed(ThisMachine, machine),
    Layer.succeed(WhileLocked, Effect.andThen(Effect.sync(StopSignals.heed), HangUp.tolerate())),
    Remotes.layer({
      factories,
      environment: streams.environment,
      directory: process.cwd(),
      openLog: RemoteLog.opener(words, factories, streams),
      share: (account) =>
        Effect.flatMap(
          Effect.promise(() => import("./task/AccountUse.ts")),
          ({ count }) => count(machine, account)
        ),
      uploadsDirectory: StandardPaths.uploadsDirectory(machine.stateDirectory)
    })
  )
  const refused = refusal(words, streams.environment)
  if (refused !== undefined) {
    streams.writeError(`error: ${printable(refused)}\n`)
    return ExitCode.wrongUsage
  }
  if (words.includes(Arguments.fastList) && !words.some((word) => word === "-q" || word === "--quiet")) {
    streams.writeError(
      `${Arguments.fastList} changes nothing: every listing takes as few requests as the storage allows\n`
    )
  }
  const perform = Effect.fnUntraced(function* (typed: ReadonlyArray<string>) {
    const words = Arguments.normalize(typed)
    const root = yield* Effect.promise(() => commandsFor(words, factories))
    if (typed[0] === "help") yield* refuseHelp(root, words.slice(0, -1))
    const asked = askedOf(words)
    const expanded = asked === undefined ? words : yield* withProfile(root, factories, words, asked)
    return yield* Effect.provideService(
      Command.runWith(root, { version, renderErrors: true })(expanded),
      CliOutput.Presenter,
      options.presenter ?? presenter(streams, root, expanded)
    )
  })
  const line: CommandLineShape = {
    run: (words) =>
      perform(words).pipe(
        Effect.provideService(CommandLine, line),
        Effect.provide(services),
        Effect.catchFilter(
          (error) => (CliError.isCliError(error) ? Result.succeed(error) : Result.fail(error)),
          (error) => Effect.fail(new ExitCode.CommandStopped({ code: codeOfUsage(error), message: "" }))
        )
      )
  }
  const telemetry = Effect.flatMap(
    Effect.promise(() => import("./Telemetry.ts")),
    ({ make }) =>
      make({
        environment: streams.environment,
        version,
        withFigures: words[0] === "serve",
        scrubber: DebugLog.scrubberOf(words, factories, streams.environment),
        note: (line) => streams.writeError(`${printable(line)}\n`)
      })
  )
  const running = line.run(words)
  const exit = yield* Effect.exit(
    isTraced(streams) ? Effect.flatMap(telemetry, (context) => Effect.provideContext(running, context)) : running
  )
  const code = Exit.isSuccess(exit) ? ExitCode.done : yield* codeOf(streams, log, exit.cause)
  log.trace(`exit ${code}`)
  return code
}, Effect.scoped)
