/** What is configured: looked at, tried, written down and forgotten. */
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import { type Given, Remotes } from "@ourclone/core/configuration/Remotes"
import * as Secret from "@ourclone/core/configuration/Secret"
import * as OptionField from "@ourclone/core/contract/OptionField"
import { root } from "@ourclone/core/contract/RemotePath"
import * as Amount from "@ourclone/core/events/Amount"
import { MostRetries } from "@ourclone/core/layers/Retry"
import { InvalidJob } from "@ourclone/jobs/kind/JobError"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Order } from "./DeskWire.ts"

type Of<Tag> = Extract<Order, { readonly _tag: Tag }>

export const storage = Effect.gen(function* () {
  const remotes = yield* Remotes
  const configured = yield* ConfiguredRepositories.read(remotes.configurationFile)
  return {
    remotes: (yield* remotes.list).map(({ name, type }) => ({ name, type })),
    repositories: Array.from(configured.values(), ({ location, name }) => ({ name, location }))
  }
})

export const types = Effect.map(
  Remotes,
  ({ factories }): Schema.Json =>
    JSON.parse(JSON.stringify(factories.map(({ description, options, type }) => ({ type, description, options }))))
)

/** A text may say where the value is kept, as in the configuration. */
const readValue = (field: OptionField.OptionField, text: string) => {
  if (Secret.kindOf(text) !== undefined) return Effect.succeed<OptionField.OptionValue>(text)
  const parsed = OptionField.parse(field, text)
  return Result.isSuccess(parsed)
    ? Effect.succeed(parsed.success)
    : Effect.fail(new InvalidJob({ field: field.name, message: `${field.name} ${parsed.failure}` }))
}

const mostBuckets = 1_000

/** Signs in and looks; says what was seen. Changes nothing. */
const look = Effect.fnUntraced(function* (place: string) {
  const provider = yield* (yield* Remotes).open(place)
  if (provider.buckets === undefined) {
    yield* Stream.runCollect(Stream.take(provider.list(root, { depth: 1 }), 1))
    return "Signs in, and can list its folder"
  }
  return yield* Stream.runCollect(Stream.take(provider.buckets.list, mostBuckets)).pipe(
    Effect.map((buckets) => `Signs in, and sees ${Amount.counted(buckets.length, "bucket")}`),
    Effect.catchReason("StorageError", "PermissionDenied", () =>
      Effect.succeed("Signs in; the key may not list buckets, so name one")
    )
  )
}, Effect.scoped)

const impatiently = Effect.provideService(MostRetries, 2)

export const test = ({ name }: Of<"TestStorage">) => impatiently(look(`${name}:`))

/** What does not work is not kept. */
export const add = Effect.fnUntraced(function* ({ name, options, type }: Of<"AddStorage">) {
  const remotes = yield* Remotes
  const factory = remotes.factories.find((candidate) => candidate.type === type)
  const given: Record<string, OptionField.OptionValue> = {}
  for (const [option, value] of Object.entries(options)) {
    const field = factory?.options.find((candidate) => candidate.name === option)
    if (field !== undefined) given[option] = typeof value === "string" ? yield* readValue(field, value) : value
  }
  yield* remotes.add(name, type, given as Given)
  return yield* impatiently(look(`${name}:`)).pipe(Effect.onError(() => Effect.ignore(remotes.remove(name))))
})

export const remove = ({ name }: Of<"RemoveStorage">) => Effect.flatMap(Remotes, (remotes) => remotes.remove(name))

export const removeRepository = ({ name }: Of<"RemoveRepository">) =>
  Effect.flatMap(Remotes, ({ configurationFile }) => ConfiguredRepositories.remove(configurationFile, name))

export const addRepository = ({ location, name }: Of<"AddRepository">) =>
  Effect.flatMap(Remotes, ({ configurationFile }) =>
    ConfiguredRepositories.add(configurationFile, { name, location, password: undefined })
  )
