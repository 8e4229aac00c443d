/** Folders of the machine that the service runs on, as far as they may be used. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { Needs } from "../Callers.ts"
import { Forbidden, NotThere, Unavailable } from "../Problem.ts"

export const Place = Schema.Struct({ name: Schema.String, path: Schema.String }).annotate({ identifier: "LocalFolder" })

export const FoldersAnswer = Schema.Struct({
  /** Absolute; null where only the allowed roots are shown. */
  path: Schema.NullOr(Schema.String),
  /** Null at an allowed root. */
  parent: Schema.NullOr(Schema.String),
  folders: Schema.Array(Place),
  /** More folders are there than are shown. */
  isCut: Schema.Boolean
}).annotate({ identifier: "LocalFolders" })
export type FoldersAnswer = typeof FoldersAnswer.Type

export class LocalGroup extends HttpApiGroup.make("local")
  .add(
    HttpApiEndpoint.get("folders", "/folders", {
      query: {
        path: Schema.optionalKey(
          Schema.String.annotate({ description: "An absolute folder; the allowed roots when absent" })
        )
      },
      success: FoldersAnswer,
      error: [Forbidden, NotThere, Unavailable]
    }).annotate(Needs, "run")
  )
  .prefix("/api/v1/local") {}
