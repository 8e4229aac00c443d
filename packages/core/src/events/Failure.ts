/** One shape for everything that can go wrong, whoever looks at it. */
import * as Schema from "effect/Schema"
import { Remedy } from "../contract/Remedy.ts"

export const Failure = Schema.Struct({
  /** The tag of the reason, such as `NotFound`: stable, for programs. */
  code: Schema.String,
  /** What failed and why, for people. Holds no secret. */
  message: Schema.String,
  /** The file, snapshot or other thing it is about; none when it is about the whole run. */
  item: Schema.optionalKey(Schema.String),
  /** `Provider.name`, where a storage is to blame. */
  provider: Schema.optionalKey(Schema.String),
  remedy: Schema.optionalKey(Remedy),
  /** Whether the same may succeed later without anybody doing anything. */
  isRetryable: Schema.Boolean
})
export type Failure = typeof Failure.Type
