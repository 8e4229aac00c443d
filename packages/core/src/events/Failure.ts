/** One shape for everything that can go wrong, whoever looks at it. */
import * as Schema from "effect/Schema"
import { Remedy } from "../contract/Remedy.ts"

export const Failure = Schema.Struct({
  code: Schema.String.annotate({ description: "The tag of the reason, such as NotFound: stable, for programs" }),
  message: Schema.String.annotate({ description: "What failed and why, for people; holds no secret" }),
  item: Schema.optionalKey(
    Schema.String.annotate({ description: "The thing it is about; none when it is about the whole run" })
  ),
  provider: Schema.optionalKey(Schema.String.annotate({ description: "The storage, where one is to blame" })),
  remedy: Schema.optionalKey(Remedy),
  isRetryable: Schema.Boolean.annotate({
    description: "Whether the same may succeed later without anybody doing anything"
  })
}).annotate({ identifier: "Failure", description: "Something that went wrong" })
export type Failure = typeof Failure.Type
