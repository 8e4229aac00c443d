/**
 * The whole story of a run in a file, for `--debug`.
 *
 * Every line passes a `Scrubber`: known secrets and whatever looks like a credential
 * become `xxx`. The file is for its owner alone.
 */
import * as diagnostics from "node:diagnostics_channel"
import * as fs from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import * as Scrubber from "@ourclone/core/configuration/Scrubber"
import * as Secret from "@ourclone/core/configuration/Secret"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Streams } from "./Streams.ts"

export class DebugLog extends Context.Service<
  DebugLog,
  {
    /** Adds a line; does nothing without `--debug`. */
    readonly trace: (line: string) => void
    /** Whether `trace` does anything. */
    readonly isOn: boolean
  }
>()("@ourclone/cli/DebugLog") {}

export const none: DebugLog["Service"] = { trace: () => {}, isOn: false }

/** Given on the command line. */
const secretWords = (
  factories: ReadonlyArray<ProviderFactory>,
  words: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const secrets: Array<string> = []
  for (const { flag, kind } of factories.flatMap(({ options }) => options)) {
    if (kind !== "secret") continue
    for (const [index, word] of words.entries()) {
      if (word === `--${flag}`) secrets.push(words[index + 1] ?? "")
      if (word.startsWith(`--${flag}=`)) secrets.push(word.slice(flag.length + 3))
    }
  }
  return secrets.flatMap((secret) => Secret.inPlace(secret) ?? [])
}

/** Knows the secrets of the command line, the environment and the configuration. */
export const scrubberOf = Effect.fnUntraced(function* (
  words: ReadonlyArray<string>,
  factories: ReadonlyArray<ProviderFactory>,
  environment: StandardPaths.Environment
) {
  const file = StandardPaths.configurationFile(environment, environment.HOME || homedir())
  const secrets = yield* Scrubber.secretsOf(file, factories, environment)
  return Scrubber.make([...secrets, ...secretWords(factories, words)])
})

const commandFlag = /^--(?:\w+-)*password-command(?==|$)/

/** What was typed, without the commands that give secrets: they may hold secrets themselves. */
const shownWords = (words: ReadonlyArray<string>): string => {
  const show = (word: string, index: number): string => {
    const before = words[index - 1] ?? ""
    if (commandFlag.test(before) && !before.includes("=")) return "xxx"
    const flag = commandFlag.exec(word)?.[0]
    if (flag !== undefined && flag !== word) return `${flag}=xxx`
    return word.replace(/(^|=)command:.*/s, "$1command:xxx")
  }
  return words.map(show).join(" ")
}

interface Requested {
  readonly request: { readonly method: string; readonly origin: string; readonly path: string }
  readonly response?: { readonly statusCode: number }
  readonly error?: Error
}

/** Every HTTP request the process makes, without headers and bodies. */
const followRequests = (trace: (line: string) => void) => {
  const follow = (channel: string, outcome: (message: Requested) => string) => {
    const onMessage = (message: unknown): void => {
      const requested = message as Requested
      const { method, origin, path } = requested.request
      trace(`http ${method} ${origin}${path} ${outcome(requested)}`)
    }
    diagnostics.subscribe(channel, onMessage)
    return () => diagnostics.unsubscribe(channel, onMessage)
  }
  const stops = ["ourclone", "undici"].flatMap((by) => [
    follow(`${by}:request:headers`, ({ response }) => `answered ${response?.statusCode}`),
    follow(`${by}:request:error`, ({ error }) => `failed: ${error?.message}`)
  ])
  return () => {
    for (const stop of stops) stop()
  }
}

/** Opens a log and says where, until the scope closes. Without `--debug` in `words` there is none. */
export const make = Effect.fnUntraced(function* (
  words: ReadonlyArray<string>,
  factories: ReadonlyArray<ProviderFactory>
) {
  const end = words.indexOf("--")
  if (!words.slice(0, end < 0 ? words.length : end).includes("--debug")) return none
  const { environment, writeError } = yield* Streams
  const home = environment.HOME || homedir()
  const scrub = yield* scrubberOf(words, factories, environment)
  const folder = join(StandardPaths.stateDirectory(environment, home), "debug")
  const path = join(folder, `${new Date().toISOString().replaceAll(":", "-")}-${process.pid}.log`)
  const started = Date.now()

  const open = Effect.try({
    try: () => {
      makeFolder(folder)
      return fs.openSync(path, "wx", 0o600)
    },
    catch: (error) => (error instanceof Error ? error.message : String(error))
  })
  return yield* open.pipe(
    Effect.matchEffect({
      onFailure: (cause) => {
        writeError(`there is no debug log: ${cause}\n`)
        return Effect.succeed(none)
      },
      onSuccess: Effect.fnUntraced(function* (descriptor) {
        const trace = (line: string): void => {
          const seconds = ((Date.now() - started) / 1000).toFixed(3).padStart(8)
          fs.writeSync(descriptor, `${seconds} ${scrub(line)}\n`)
        }
        const stop = followRequests(trace)
        yield* Effect.addFinalizer(() =>
          Effect.sync(() => {
            stop()
            fs.closeSync(descriptor)
            writeError(`debug log: ${path}\n`)
          })
        )
        trace(`ourclone ${shownWords(words)}`)
        trace(`node ${process.versions.node} on ${process.platform} ${process.arch}`)
        return DebugLog.of({ trace, isOn: true })
      })
    })
  )
})
