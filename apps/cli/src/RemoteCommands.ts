/** `remote` and `config`: what is configured. */

import { type Given, Remotes } from "@ourclone/core/configuration/Remotes"
import * as Secret from "@ourclone/core/configuration/Secret"
import type { OptionField, OptionValue } from "@ourclone/core/contract/OptionField"
import * as Options from "@ourclone/core/contract/OptionField"
import { root } from "@ourclone/core/contract/RemotePath"
import { pad, printable } from "@ourclone/core/events/PrintableText"
import { MostRetries, retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as ExitCode from "./ExitCode.ts"
import * as Output from "./Output.ts"
import * as Place from "./Place.ts"
import { ask } from "./Prompt.ts"
import { Streams } from "./Streams.ts"

const readValue = (field: OptionField, text: string) => {
  if (Secret.kindOf(text) !== undefined) return Effect.succeed<OptionValue>(text)
  const parsed = Options.parse(field, text)
  return Result.isSuccess(parsed)
    ? Effect.succeed(parsed.success)
    : Effect.fail(ExitCode.usage(`--${field.flag}: ${parsed.failure}`))
}

/** The options that flags give a remote of that type. */
const optionsOf = Effect.fnUntraced(function* (type: string, flags: { readonly [flag: string]: string | undefined }) {
  const factory = (yield* Remotes).factories.find((candidate) => candidate.type === type)
  const given: Record<string, OptionValue> = {}
  for (const [flag, text] of Object.entries(flags)) {
    if (text === undefined) continue
    const field = factory?.options.find((candidate) => candidate.flag === flag)
    if (factory !== undefined && field === undefined) {
      return yield* ExitCode.usage(`a remote of type "${type}" has no option --${flag}`)
    }
    if (field !== undefined) given[field.name] = yield* readValue(field, text)
  }
  return given
})

/** Asks for what is required and nobody gives, if there is somebody to ask. */
const askForMissing = Effect.fnUntraced(function* (type: string, given: Record<string, OptionValue>) {
  const remotes = yield* Remotes
  const streams = yield* Streams
  const factory = remotes.factories.find((candidate) => candidate.type === type)
  if (factory === undefined || !streams.isInputTerminal || !streams.isErrorTerminal) return
  for (const { isMissing, option } of yield* remotes.explain(`${type}://`, given)) {
    const field = factory.options.find(({ name }) => name === option)
    if (!isMissing || field === undefined) continue
    const answer = yield* ask(field.description, field.kind === "secret")
    if (answer !== "") given[option] = yield* readValue(field, answer)
  }
})

/** Once more than the first time, after a moment: who waits for an answer has the address wrong more often than not. */
const retries = 1

/** Says nothing against a remote: its key may not list, nothing was stored there yet, or it lists nothing but what is named. */
const harmless: ReadonlySet<string> = new Set(["PermissionDenied", "NotFound", "InvalidRequest"])

/** Whether it answers, and knows the key. */
const check = Effect.fnUntraced(function* (name: string, given: Given = {}) {
  const output = yield* Output.make
  const asked = Effect.gen(function* () {
    const provider = yield* Place.open(`${name}:`, given)
    yield* Effect.catchIf(
      retrying(Stream.runDrain(Stream.take(provider.list(root, { depth: 1 }), 1))),
      ({ reason }) => harmless.has(reason._tag),
      () => Effect.void
    )
  })
  yield* asked.pipe(
    Effect.provideService(MostRetries, retries),
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (error._tag !== "StorageError" || !error.isRetryable) return
        output.note("nothing was written; --no-check writes what does not answer")
      })
    )
  )
})

export const add = Effect.fnUntraced(function* (flags: {
  readonly name: string
  readonly type: string
  readonly noCheck: boolean
  readonly options: { readonly [flag: string]: string | undefined }
}) {
  const output = yield* Output.make
  const remotes = yield* Remotes
  const name = flags.name.replace(/:$/, "")
  const given = yield* optionsOf(flags.type, flags.options)
  yield* askForMissing(flags.type, given)
  yield* remotes.add(name, flags.type, given as Given)
  if (!flags.noCheck) {
    // What can not be opened is not kept.
    yield* check(name).pipe(Effect.onError(() => Effect.ignore(remotes.remove(name))))
  }
  output.note(`added remote "${name}" to ${remotes.configurationFile}`)
  const borrowed = (yield* remotes.explain(`${name}:`)).filter(({ source }) => source === "environment")
  if (borrowed.length === 0) return
  const variables = borrowed.map(({ option, where }) => `${option} (${where})`).join(", ")
  output.note(`note: not written there, but taken from the environment each time: ${variables}`)
}, Effect.scoped)

/** Asks for the secrets anew, if there is somebody to ask. */
const askForSecrets = Effect.fnUntraced(function* (type: string) {
  const streams = yield* Streams
  const given: Record<string, OptionValue> = {}
  const factory = (yield* Remotes).factories.find((candidate) => candidate.type === type)
  if (factory === undefined || !streams.isInputTerminal || !streams.isErrorTerminal) return given
  for (const field of factory.options.filter(({ isRequired, kind }) => kind === "secret" || isRequired)) {
    const answer = yield* ask(`${field.description}; empty leaves it as it is`, field.kind === "secret")
    if (answer !== "") given[field.name] = yield* readValue(field, answer)
  }
  return given
})

export const set = Effect.fnUntraced(function* (flags: {
  readonly name: string
  readonly noCheck: boolean
  readonly unset: ReadonlyArray<string>
  readonly options: { readonly [flag: string]: string | undefined }
}) {
  const output = yield* Output.make
  const remotes = yield* Remotes
  const { name, options, type } = yield* remotes.show(flags.name)
  const known = remotes.factories.find((candidate) => candidate.type === type)?.options ?? []
  const given = Object.entries(flags.options)
  const typed = yield* optionsOf(type, Object.fromEntries(given.filter(([, value]) => value !== "")))
  const emptied = given.filter(([, value]) => value === "").map(([flag]) => flag)
  const taken = [...flags.unset, ...emptied].map(
    (flag) => known.find((field) => field.flag === flag || field.name === flag)?.name ?? flag
  )
  const missing = taken.find((option) => !(option in options))
  if (missing !== undefined) return yield* ExitCode.usage(`remote "${name}" has no ${missing} to take away`)
  const isAsked = Object.keys(typed).length === 0 && taken.length === 0
  const written = isAsked ? yield* askForSecrets(type) : typed
  if (Object.keys(written).length === 0 && taken.length === 0) {
    return yield* ExitCode.usage("nothing to write: name an option, such as --application-key file:~/.b2-key")
  }
  // What can not be opened does not take the place of what may still be good.
  if (!flags.noCheck) yield* check(name, written)
  yield* remotes.change(name, { ...written, ...Object.fromEntries(taken.map((option) => [option, undefined])) })
  output.note(`changed remote "${name}" in ${remotes.configurationFile}; tasks that wait for it go on`)
}, Effect.scoped)

export const list = Effect.gen(function* () {
  const output = yield* Output.make
  const remotes = yield* Remotes
  for (const remote of yield* remotes.list) {
    if (output.isJson) output.json({ _tag: "Remote", ...remote })
    else output.line(`${pad(`${printable(remote.name)}:`, 20)} ${printable(remote.type)}`)
  }
  for (const warning of yield* remotes.warnings) output.note(`note: ${warning}`)
}).pipe(Effect.scoped)

export const show = Effect.fnUntraced(function* (flags: { readonly name: string }) {
  const output = yield* Output.make
  const remotes = yield* Remotes
  const remote = yield* remotes.show(flags.name)
  if (output.isJson) return output.json({ _tag: "Remote", ...remote })
  output.line(`type = ${printable(remote.type)}`)
  for (const [option, value] of Object.entries(remote.options)) output.line(`${option} = ${printable(value)}`)
}, Effect.scoped)

export const remove = Effect.fnUntraced(function* (flags: { readonly name: string }) {
  const output = yield* Output.make
  const remotes = yield* Remotes
  yield* remotes.remove(flags.name)
  output.note(
    `removed remote "${flags.name.replace(/:$/, "")}" from ${remotes.configurationFile}; nothing stored there was touched`
  )
}, Effect.scoped)

export const path = Effect.gen(function* () {
  const output = yield* Output.make
  const { configurationFile } = yield* Remotes
  if (output.isJson) output.json({ _tag: "ConfigurationFile", path: configurationFile })
  else output.line(configurationFile)
}).pipe(Effect.scoped)

export const explain = Effect.fnUntraced(function* (flags: { readonly remote: string }) {
  const output = yield* Output.make
  const remotes = yield* Remotes
  for (const option of yield* remotes.explain(flags.remote)) {
    if (output.isJson) {
      output.json({ _tag: "Option", ...option })
      continue
    }
    const { isMissing, source, value, where } = option
    const place = source === "flag" ? ` --${where}` : where === "" ? "" : ` ${where}`
    const from = source === "none" ? (isMissing ? "missing" : "not set") : `${source}${place}`
    output.line(`${option.option} = ${value === undefined ? "" : `${printable(value)}  `}(${printable(from)})`)
  }
}, Effect.scoped)
