/**
 * The whole API as one value: the service answers by it, the page and the command line call by it, and its document is
 * made of it. Imports neither Node nor anything that works.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as OpenApi from "effect/http-api/OpenApi"
import { AccountGroup, DoorGroup } from "./account/AccountGroups.ts"
import { Authorization, Noted, Permission } from "./Callers.ts"
import { FileGroup } from "./query/FileGroup.ts"
import { QueryGroup } from "./query/QueryGroup.ts"
import { RepositoryGroup } from "./query/RepositoryGroup.ts"
import { ScheduleGroup } from "./schedules/ScheduleGroup.ts"
import { NotificationGroup } from "./settings/NotificationGroup.ts"
import { SettingsGroup } from "./settings/SettingsGroup.ts"
import { LocalGroup } from "./storage/LocalGroup.ts"
import { StorageGroup } from "./storage/StorageGroup.ts"
import { TaskGroup } from "./tasks/TaskGroup.ts"

/** What is wrong with a request is told by a 400 with the path of each wrong field. */
export class Api extends HttpApi.make("ourclone")
  .add(AccountGroup.middleware(Permission).middleware(Authorization))
  .add(StorageGroup.middleware(Permission).middleware(Authorization))
  .add(LocalGroup.middleware(Permission).middleware(Authorization))
  .add(QueryGroup.middleware(Permission).middleware(Authorization))
  .add(FileGroup.middleware(Permission).middleware(Authorization))
  .add(RepositoryGroup.middleware(Permission).middleware(Authorization))
  .add(TaskGroup.middleware(Permission).middleware(Authorization))
  .add(ScheduleGroup.middleware(Permission).middleware(Authorization))
  .add(NotificationGroup.middleware(Permission).middleware(Authorization))
  .add(SettingsGroup.middleware(Permission).middleware(Authorization))
  .add(DoorGroup)
  // Inside of the other one, which would tell nobody of an answer that is none.
  .middleware(Noted)
  .middleware(HttpApiMiddleware.ProblemDetails)
  .annotate(HttpApi.ParseOptions, { onExcessProperty: "error", errors: "all" })
  .annotate(HttpApi.HeadersParseOptions, {})
  .annotateMerge(
    OpenApi.annotations({
      title: "OurClone",
      version: "1",
      description: "What the service can do. Every call but those of the door needs a session's cookie or a token."
    })
  ) {}
