/** The `key` commands. */

import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { Key, Purpose } from "@ourclone/core/contract/Keys"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import { split } from "@ourclone/jobs/place/PlaceText"
import * as AccountKeys from "@ourclone/jobs/storage/AccountKeys"
import * as CreateKey from "@ourclone/jobs/storage/CreateKey"
import * as RemoveKey from "@ourclone/jobs/storage/RemoveKey"
import * as Effect from "effect/Effect"
import * as ExitCode from "./ExitCode.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import * as QueryRun from "./QueryRun.ts"

const asAccount = (remote: string): string => (remote.includes(":") ? remote : `${remote}:`)

const lineOf = ({ buckets, capabilities, expiresAt, id, name, prefix }: Key): string =>
  [
    id,
    name,
    buckets === undefined ? "every bucket" : `${buckets.join(",")}${prefix === undefined ? "" : `/${prefix}`}`,
    capabilities.join(","),
    ...(expiresAt === undefined ? [] : [`until ${Amount.time(expiresAt)}`])
  ]
    .map(printable)
    .join("  ")

export const list = Effect.fnUntraced(function* (flags: { readonly remote: string }) {
  const output = yield* Output.make
  yield* QueryRun.each(AccountKeys.kind, { remote: asAccount(flags.remote) }, output, (keys) => {
    for (const key of keys) {
      if (output.isJson) output.json({ _tag: "Key", ...key })
      else output.line(lineOf(key))
    }
  })
}, Effect.scoped)

export const remove = Effect.fnUntraced(function* (flags: { readonly remote: string; readonly id: string }) {
  const output = yield* Output.make
  const options = { isPreview: false, asksForProgress: "never", printsEvents: false, inWords: () => undefined } as const
  const request = { remote: asAccount(flags.remote), id: flags.id }
  yield* JobRun.run(RemoveKey.kind, request, output, options)
  if (output.isJson) output.json({ _tag: "KeyRemoved", id: flags.id })
  else output.note(`removed the key ${printable(flags.id)}`)
}, Effect.scoped)

interface CreateInput {
  readonly place: string
  readonly purpose: Purpose
  readonly name: string | undefined
  readonly validMillis: number | undefined
  /** Written into the configuration under this name instead of printed. */
  readonly remote: string | undefined
}

/** What the account is reached by, but for its key. */
const settingsOf = Effect.fnUntraced(function* (place: string) {
  const remotes = yield* Remotes
  const name = split(place).prefix.replace(/:.*$/, "")
  const configured = (yield* remotes.list).find((remote) => remote.name === name)
  if (configured === undefined) return { type: name, options: {} }
  const { options } = yield* remotes.show(name)
  const { endpoint } = options
  return { type: configured.type, options: endpoint === undefined ? {} : { endpoint } }
})

export const create = Effect.fnUntraced(function* (flags: CreateInput) {
  const output = yield* Output.make
  const { place, remote, ...fields } = flags
  const remotes = yield* Remotes
  if (remote !== undefined && (yield* remotes.list).some(({ name }) => name === remote)) {
    return yield* ExitCode.usage(`--remote: "${remote}" is configured already; choose another name`)
  }
  let made: CreateKey.Row | undefined
  yield* QueryRun.each(CreateKey.kind, { ...given(fields), path: place }, output, ([row]) => {
    made ??= row
  })
  if (made === undefined) return
  const { secret, ...key } = made
  if (remote !== undefined) {
    const { options, type } = yield* settingsOf(place)
    yield* remotes.add(remote, type, { ...options, keyId: key.id, applicationKey: secret })
    if (output.isJson) output.json({ _tag: "Key", ...key, remote })
    else output.line(`${remote}: is configured with the new key ${key.id}`)
    return
  }
  if (output.isJson) return output.json({ _tag: "Key", ...key, secret })
  output.line(`key id           ${key.id}`)
  output.line(`application key  ${secret}`)
  output.note("the application key is shown this once: keep it where others do not see it")
}, Effect.scoped)
