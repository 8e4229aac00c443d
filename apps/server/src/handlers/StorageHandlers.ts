/** Remotes: listed, added, changed, tested. What is secret goes into the configuration and is never answered. */
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import type { Given } from "@ourclone/core/configuration/Remotes"
import * as Secret from "@ourclone/core/configuration/Secret"
import type { OptionField } from "@ourclone/core/contract/OptionField"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { Forbidden, NotNow, NotThere, Refused, StorageFailed } from "../api/Problem.ts"
import type { RemoteTest, StorageType } from "../api/storage/StorageGroup.ts"
import { about } from "../http/Connection.ts"
import { Service } from "../http/Service.ts"
import * as SideAnswers from "../side/SideAnswers.ts"

const common = new Set(["rate", "workers", "retries", "dir", "debug"])

const optionAnswer = (field: OptionField) => ({
  name: field.name,
  description: field.description,
  kind: field.kind,
  choices: field.choices ?? null,
  isWhole: field.isWhole,
  isRequired: field.isRequired,
  defaultValue: field.kind === "secret" ? null : (field.defaultValue ?? null),
  isCommon: common.has(field.name)
})

const typeAnswer = ({ description, options, type }: ProviderFactory): StorageType => ({
  type,
  description,
  isLocal: type === "local",
  options: options.map(optionAnswer)
})

/** What the configuration says is wrong. */
export const ofRemoteError = (error: RemoteError): NotThere | NotNow | Refused | StorageFailed => {
  const { reason } = error
  const { remedy } = error
  const fields = { code: reason._tag, detail: error.message, ...(remedy === undefined ? {} : { remedy }) }
  switch (reason._tag) {
    case "UnknownRemote":
      return new NotThere(fields)
    case "AlreadyConfigured":
      return new NotNow(fields)
    case "InvalidOption": {
      const path = ["payload", "options", ...(reason.option === undefined ? [] : [reason.option])]
      return new Refused({ ...fields, errors: [{ path, message: error.message }] })
    }
    case "InvalidName":
      return new Refused({ ...fields, errors: [{ path: ["payload", "name"], message: error.message }] })
    case "UnknownType":
      return new Refused({ ...fields, errors: [{ path: ["payload", "type"], message: error.message }] })
    default:
      return new StorageFailed({ ...fields, isRetryable: false })
  }
}

type Options = Readonly<Record<string, string | number | boolean | null>>

/** Nobody elsewhere says which program this machine runs, or which of its files is read. */
const refuseReferences = (options: Options) => {
  const found = Object.entries(options).find(
    ([, value]) => typeof value === "string" && Secret.kindOf(value) !== undefined
  )
  if (found === undefined) return Effect.void
  const detail = `${found[0]}: what is kept elsewhere (env:, file:, command:) is named in the configuration of the machine itself`
  return Effect.fail(new Forbidden({ code: "ReferenceNotAllowed", detail }))
}

/** Options that say whom secrets are sent to, or by what it is known. */
const addresses: ReadonlySet<string> = new Set([
  ...["endpoint", "downloadUrl", "url", "host", "port", "proxy", "noProxy"],
  ...["caFile", "hostKey", "knownHosts"]
])

/** A secret stays with the service that it was given for: who names another one gives it again. */
const refuseElsewhere = (
  { options: fields }: Pick<ProviderFactory, "options">,
  before: { readonly [option: string]: string },
  options: Options
) => {
  const moved = Object.keys(options).find(
    (name) => addresses.has(name) && String(options[name] ?? "") !== (before[name] ?? "")
  )
  const kept = fields.filter(
    ({ kind, name }) => kind === "secret" && before[name] !== undefined && options[name] === undefined
  )
  if (moved === undefined || kept.length === 0) return Effect.void
  const message = `${moved} says whom it is sent to: give it again`
  const errors = kept.map(({ name }) => ({ path: ["payload", "options", name], message }))
  const detail = `${kept.map(({ name }) => name).join(" and ")} was given for another service, and is to be given again`
  return Effect.fail(new Refused({ code: "SecretNeeded", detail, errors }))
}

const given = (options: Options): Given =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value ?? undefined]))

export const storage = HttpApiBuilder.group(
  Api,
  "storage",
  Effect.fn(function* (handlers) {
    const { guard, remotes, side } = yield* Service
    const types = remotes.factories.map(({ type }) => type)

    const show = Effect.fnUntraced(function* (name: string) {
      const { options, type } = yield* remotes.show(name)
      const problem = types.includes(type) ? null : `this program knows no type "${type}"`
      return { name, type, options, problem }
    }, Effect.mapError(ofRemoteError))

    const failed = ({ code, message, remedy }: SideAnswers.Failing): RemoteTest => ({
      isOk: false,
      says: [],
      buckets: null,
      failure: { code, message, isRetryable: false },
      remedy: remedy ?? null
    })

    const test = (place: string, options: Readonly<Record<string, string | number | boolean>>) =>
      Effect.match(SideAnswers.tested(side, { _tag: "Test", place, options }), {
        onFailure: failed,
        onSuccess: (answer): RemoteTest => answer
      })

    return handlers
      .handle("types", () => Effect.succeed(remotes.factories.map(typeAnswer)))
      .handle("remotes", () =>
        Effect.flatMap(Effect.mapError(remotes.list, ofRemoteError), (all) =>
          Effect.forEach(all, ({ name }) => show(name))
        )
      )
      .handle(
        "addRemote",
        Effect.fnUntraced(function* ({ payload: { name, options, type } }) {
          yield* about(name)
          yield* refuseReferences(options)
          yield* guard.options(type, options)
          yield* Effect.mapError(remotes.add(name, type, given(options)), ofRemoteError)
          return yield* show(name)
        })
      )
      .handle(
        "testNewRemote",
        Effect.fnUntraced(function* ({ payload: { options, type } }) {
          yield* refuseReferences(options)
          if (!types.includes(type)) {
            const detail = `this program knows no type "${type}" (known: ${types.join(", ")})`
            return yield* new Refused({
              code: "UnknownType",
              detail,
              errors: [{ path: ["payload", "type"], message: detail }]
            })
          }
          yield* guard.options(type, options)
          if (type === "local")
            return { isOk: true, says: ["is this machine"], buckets: null, failure: null, remedy: null }
          return yield* test(`${type}://`, options)
        })
      )
      .handle("remote", ({ params: { name } }) => show(name))
      .handle(
        "changeRemote",
        Effect.fnUntraced(function* ({ params: { name }, payload: { options } }) {
          yield* about(name)
          yield* refuseReferences(options)
          const { options: before, type } = yield* show(name)
          yield* guard.options(type, options)
          const factory = remotes.factories.find((one) => one.type === type)
          if (factory !== undefined) yield* refuseElsewhere(factory, before, options)
          yield* Effect.mapError(remotes.change(name, given(options)), ofRemoteError)
          return yield* show(name)
        })
      )
      .handle(
        "removeRemote",
        Effect.fnUntraced(function* ({ params: { name } }) {
          yield* about(name)
          yield* Effect.mapError(remotes.remove(name), ofRemoteError)
        })
      )
      .handle(
        "testRemote",
        Effect.fnUntraced(function* ({ params: { name } }) {
          yield* about(name)
          const shown = yield* Effect.result(show(name))
          if (shown._tag === "Failure" && shown.failure._tag === "NotThere") return yield* shown.failure
          return yield* test(`${name}:`, {})
        })
      )
  })
)
