/** The API as one function from a request to a response. */
import * as Context from "effect/Context"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Layer from "effect/Layer"
import { Api } from "../api/Api.ts"
import { account } from "../handlers/AccountHandlers.ts"
import { door } from "../handlers/DoorHandlers.ts"
import { file } from "../handlers/FileHandlers.ts"
import { local } from "../handlers/LocalHandlers.ts"
import { notifications } from "../handlers/NotificationHandlers.ts"
import { query } from "../handlers/QueryHandlers.ts"
import { repository } from "../handlers/RepositoryHandlers.ts"
import { schedules } from "../handlers/ScheduleHandlers.ts"
import { settings } from "../handlers/SettingsHandlers.ts"
import { storage } from "../handlers/StorageHandlers.ts"
import { tasks } from "../handlers/TaskHandlers.ts"
import { Connection, type ConnectionShape } from "./Connection.ts"
import { authorization, noted, permission } from "./Middleware.ts"
import { Service, type ServiceShape } from "./Service.ts"

const groups = Layer.mergeAll(
  account,
  door,
  file,
  local,
  notifications,
  query,
  repository,
  schedules,
  settings,
  storage,
  tasks
)

export interface ApiHandler {
  readonly handle: (request: Request, connection: ConnectionShape) => Promise<Response>
  readonly dispose: () => Promise<void>
}

/** `say` takes lines for the log. */
export const make = (service: ServiceShape, say: (line: string) => void): ApiHandler => {
  const routes = HttpApiBuilder.layer(Api).pipe(
    Layer.provide(groups),
    Layer.provide([
      authorization,
      permission,
      noted(say),
      HttpApiMiddleware.layerProblemDetails({ includeDetails: true })
    ]),
    Layer.provide(HttpServer.layerServices),
    Layer.provideMerge(Layer.succeed(Service, service))
  )
  const { dispose, handler } = HttpRouter.toWebHandler(routes, { disableLogger: true })
  const handle = handler as unknown as (request: Request, context: Context.Context<never>) => Promise<Response>
  return {
    handle: (request, connection) =>
      handle(request, Context.make(Connection, connection) as unknown as Context.Context<never>),
    dispose
  }
}
