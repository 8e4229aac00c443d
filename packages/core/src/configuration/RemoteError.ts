/**
 * Why a remote could not be found, read, written or opened before its service
 * was ever asked. No message holds a secret.
 */
import * as Schema from "effect/Schema"
import { Remedy } from "../contract/Remedy.ts"

const message = Schema.String
const remedy = Schema.optionalKey(Remedy)

/** No remote of that name is configured. */
export class UnknownRemote extends Schema.TaggedError<UnknownRemote>()("UnknownRemote", {
  message,
  remedy,
  known: Schema.Array(Schema.String)
}) {}

/** No provider of that type is built into this program. */
export class UnknownType extends Schema.TaggedError<UnknownType>()("UnknownType", {
  message,
  known: Schema.Array(Schema.String)
}) {}

/** The provider of that type was made for another number of the provider contract. */
export class UnsupportedProvider extends Schema.TaggedError<UnsupportedProvider>()("UnsupportedProvider", {
  message
}) {}

/** The text typed names nothing, or a new remote may not be called that. */
export class InvalidName extends Schema.TaggedError<InvalidName>()("InvalidName", { message }) {}

/** The configuration can be read but not understood. Lines and columns are counted from 1. */
export class MalformedConfiguration extends Schema.TaggedError<MalformedConfiguration>()("MalformedConfiguration", {
  message,
  path: Schema.String,
  line: Schema.Int,
  column: Schema.Int
}) {}

/** The configuration can not be read, locked or written. */
export class ConfigurationUnavailable extends Schema.TaggedError<ConfigurationUnavailable>()(
  "ConfigurationUnavailable",
  { message, path: Schema.String }
) {}

/** An option is missing, unknown or has a value that is not allowed. */
export class InvalidOption extends Schema.TaggedError<InvalidOption>()("InvalidOption", {
  message,
  remedy,
  option: Schema.optionalKey(Schema.String)
}) {}

/** The variable, file or command that should give a secret does not. */
export class SecretUnavailable extends Schema.TaggedError<SecretUnavailable>()("SecretUnavailable", {
  message,
  option: Schema.String
}) {}

/** A remote of that name exists. */
export class AlreadyConfigured extends Schema.TaggedError<AlreadyConfigured>()("AlreadyConfigured", {
  message,
  remedy
}) {}

export const Reason = Schema.Union([
  UnknownRemote,
  UnknownType,
  UnsupportedProvider,
  InvalidName,
  MalformedConfiguration,
  ConfigurationUnavailable,
  InvalidOption,
  SecretUnavailable,
  AlreadyConfigured
])
export type Reason = typeof Reason.Type

export class RemoteError extends Schema.TaggedError<RemoteError>()("RemoteError", { reason: Reason }) {
  override get message(): string {
    return this.reason.message
  }

  get remedy(): Remedy | undefined {
    return "remedy" in this.reason ? this.reason.remedy : undefined
  }
}
