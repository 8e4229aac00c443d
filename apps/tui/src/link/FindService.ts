/** Which service the screens are attached to, if any. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Service, ServiceFailed } from "@ourclone/client/Service"
import { socketFile } from "@ourclone/client/SocketFile"
import * as Effect from "effect/Effect"

export interface FindOptions {
  /** Its address, where somebody named one. */
  readonly server: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly stateDirectory: string
}

export interface Found {
  readonly service: Service
  /** Of the machine it runs on. */
  readonly host: string
  readonly isThisMachine: boolean
  /** Folders of its machine that may be used there. */
  readonly roots: ReadonlyArray<string>
}

/** Of one that is there; a socket of this machine answers at once. */
const answerMillis = 5_000

const ask = Effect.fnUntraced(function* (address: string, environment: FindOptions["environment"]) {
  const [{ json, open }, Told] = yield* Effect.promise(() =>
    Promise.all([import("@ourclone/client/Service"), import("./Told.ts")])
  )
  const service = yield* open(address, environment)
  const answer = yield* service.ask("GET", "/api/v1/about", { idleMillis: answerMillis })
  const { host, roots } = yield* Effect.flatMap(json(answer), Told.about)
  return { service, host, roots, isThisMachine: address.startsWith("unix:") } satisfies Found
})

const holds = (root: string, folder: string): boolean =>
  root === folder || folder.startsWith(root.endsWith(path.sep) ? root : `${root}${path.sep}`)

/**
 * The one that was named, which must answer. Else the one of the same state folder, where it runs and may use this
 * user's own folders: one that may not would refuse what the user may do without it, and its tasks are in the same
 * journal all the same.
 */
export const find = Effect.fnUntraced(function* ({
  environment,
  home,
  server,
  stateDirectory
}: FindOptions): Effect.fn.Return<Found | undefined, ServiceFailed> {
  if (server !== undefined && server !== "") return yield* ask(server, environment)
  const socket = socketFile(stateDirectory)
  if (!fs.existsSync(socket)) return undefined
  const found = yield* Effect.catch(ask(`unix:${socket}`, {}), () => Effect.succeed(undefined))
  return found?.roots.some((root) => holds(root, home)) === true ? found : undefined
})
