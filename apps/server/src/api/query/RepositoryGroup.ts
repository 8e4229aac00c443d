/** Names and passwords of repositories. What is in them are queries; what is done with them are tasks. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs } from "../Callers.ts"
import { Forbidden, NotNow, NotThere, Refused, StorageFailed } from "../Problem.ts"
import { ConfiguredName, text } from "../Text.ts"

export const RepositoryAnswer = Schema.Struct({
  name: Schema.String,
  location: Schema.String,
  /** Without a password of its own its tasks wait for one. */
  hasPassword: Schema.Boolean
}).annotate({ identifier: "Repository" })
export type RepositoryAnswer = typeof RepositoryAnswer.Type

const Password = text(1, 1024)

export const NewRepository = Schema.Struct({
  name: ConfiguredName,
  location: Schema.String.annotate({ description: "A place: photos:bucket/backup" }),
  password: Password.annotate({ description: "Kept on the machine of the service; nobody can recover it" })
}).annotate({ identifier: "NewRepository" })

export class RepositoryGroup extends HttpApiGroup.make("repository")
  .add(
    HttpApiEndpoint.get("repositories", "/repositories", {
      success: Schema.Array(RepositoryAnswer),
      error: StorageFailed
    }).annotate(Needs, "read"),
    HttpApiEndpoint.post("nameRepository", "/repositories", {
      payload: NewRepository,
      success: RepositoryAnswer.pipe(HttpApiSchema.status(201)),
      error: [Refused, Forbidden, NotNow, StorageFailed]
    }).annotate(Needs, "backup"),
    HttpApiEndpoint.put("replacePassword", "/repositories/:name/password", {
      params: { name: Schema.String },
      payload: Schema.Struct({ password: Password }),
      success: RepositoryAnswer,
      error: [NotThere, Forbidden, StorageFailed]
    }).annotate(Needs, "backup"),
    HttpApiEndpoint.delete("forgetRepository", "/repositories/:name", {
      params: { name: Schema.String },
      success: HttpApiSchema.NoContent,
      error: [NotThere, StorageFailed]
    }).annotate(Needs, "backup")
  )
  .prefix("/api/v1") {}
