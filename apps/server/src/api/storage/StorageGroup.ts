/** Remotes: which types there are, which are configured, whether they work. A secret goes in and never comes out. */
import { Remedy } from "@ourclone/core/contract/Remedy"
import { Failure } from "@ourclone/core/events/Failure"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs } from "../Callers.ts"
import { Forbidden, NotNow, NotThere, Refused, StorageFailed } from "../Problem.ts"
import { ConfiguredName, text } from "../Text.ts"

/** One option of a type, as `OptionField` describes it: a form is made of these. */
export const OptionAnswer = Schema.Struct({
  name: Schema.String,
  description: Schema.String,
  kind: Schema.Literals(["text", "secret", "number", "boolean"]),
  choices: Schema.NullOr(Schema.Array(Schema.String)),
  isWhole: Schema.Boolean,
  isRequired: Schema.Boolean,
  defaultValue: Schema.NullOr(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])),
  /** Of every remote whatever its type, such as a rate: not what a key is asked for with. */
  isCommon: Schema.Boolean
}).annotate({ identifier: "StorageOption" })

export const StorageType = Schema.Struct({
  type: Schema.String,
  description: Schema.String,
  /** A folder of the machine that the service runs on. */
  isLocal: Schema.Boolean,
  options: Schema.Array(OptionAnswer)
}).annotate({ identifier: "StorageType" })
export type StorageType = typeof StorageType.Type

const OptionValue = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])

export const OptionValues = Schema.Record(Schema.String, OptionValue).annotate({
  description: "By the names that the type gives; secrets as plain text, which is kept on the machine of the service"
})

export const RemoteAnswer = Schema.Struct({
  name: Schema.String,
  type: Schema.String,
  options: Schema.Record(Schema.String, Schema.String).annotate({ description: "Secrets are shown as xxx" }),
  /** Configured in a way this program can not open, and why. */
  problem: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Remote" })
export type RemoteAnswer = typeof RemoteAnswer.Type

export const RemoteName = text(1, 64)

export const NewRemote = Schema.Struct({ name: ConfiguredName, type: Schema.String, options: OptionValues }).annotate({
  identifier: "NewRemote"
})

export const RemoteChange = Schema.Struct({
  options: Schema.Record(Schema.String, Schema.NullOr(OptionValue)).annotate({
    description: "Options to set; null takes one away; what is not named stays, secrets too"
  })
}).annotate({ identifier: "RemoteChange" })

/** What a key may do, as far as looking can tell. */
export const RemoteTest = Schema.Struct({
  isOk: Schema.Boolean,
  /** Sentences such as "signs in" and "can not list buckets". */
  says: Schema.Array(Schema.String),
  /** Names, where the key may list them. */
  buckets: Schema.NullOr(Schema.Array(Schema.String)),
  failure: Schema.NullOr(Failure),
  remedy: Schema.NullOr(Remedy)
}).annotate({ identifier: "RemoteTest" })
export type RemoteTest = typeof RemoteTest.Type

/** What the configuration may say to any change of it. */
const failing = { error: [Refused, Forbidden, NotThere, NotNow, StorageFailed] }

const named = { params: { name: RemoteName } }

export class StorageGroup extends HttpApiGroup.make("storage")
  .add(
    HttpApiEndpoint.get("types", "/types", { success: Schema.Array(StorageType) }).annotate(Needs, "read"),
    HttpApiEndpoint.get("remotes", "/remotes", {
      success: Schema.Array(RemoteAnswer),
      ...failing
    }).annotate(Needs, "read"),
    HttpApiEndpoint.post("addRemote", "/remotes", {
      payload: NewRemote,
      success: RemoteAnswer.pipe(HttpApiSchema.status(201)),
      ...failing
    }).annotate(Needs, "storage"),
    HttpApiEndpoint.post("testNewRemote", "/test", {
      payload: Schema.Struct({ type: Schema.String, options: OptionValues }),
      success: RemoteTest,
      error: [Refused, Forbidden]
    }).annotate(Needs, "storage"),
    HttpApiEndpoint.get("remote", "/remotes/:name", {
      ...named,
      success: RemoteAnswer,
      ...failing
    }).annotate(Needs, "read"),
    HttpApiEndpoint.patch("changeRemote", "/remotes/:name", {
      ...named,
      payload: RemoteChange,
      success: RemoteAnswer,
      ...failing
    }).annotate(Needs, "storage"),
    HttpApiEndpoint.delete("removeRemote", "/remotes/:name", {
      ...named,
      success: HttpApiSchema.NoContent,
      ...failing
    }).annotate(Needs, "storage"),
    HttpApiEndpoint.post("testRemote", "/remotes/:name/test", {
      ...named,
      success: RemoteTest,
      ...failing
    }).annotate(Needs, "run")
  )
  .prefix("/api/v1/storage") {}
