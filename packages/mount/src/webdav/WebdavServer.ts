/** The WebDAV door listening. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { FileSystem } from "../contract/FileSystem.ts"
import type { MountError } from "../contract/MountError.ts"
import * as HttpServer from "../http/HttpServer.ts"
import * as WebdavDoor from "./WebdavDoor.ts"

export interface ServerOptions extends WebdavDoor.WebdavOptions, HttpServer.Listening {}

/** `HttpServer.listenOn` for a file system. */
export const listenOn = (
  fileSystem: FileSystem,
  options: ServerOptions
): Effect.Effect<string, MountError, Scope.Scope> =>
  HttpServer.listenOn(WebdavDoor.make(fileSystem, options).fetch, options)
