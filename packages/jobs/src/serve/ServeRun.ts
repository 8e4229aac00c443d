/** What all servers of a place do: open it, listen, say where, and answer until they are stopped. */
import type { Purpose } from "@ourclone/core/contract/Keys"
import type { Provider } from "@ourclone/core/contract/Provider"
import { isStorageError, type Reason } from "@ourclone/core/contract/StorageError"
import * as HttpDoor from "@ourclone/mount/http/HttpDoor"
import * as HttpServer from "@ourclone/mount/http/HttpServer"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Beside } from "../kind/JobKind.ts"
import * as ServedPlace from "../place/ServedPlace.ts"
import * as Listening from "../run/Listening.ts"
import { noting } from "../run/Noting.ts"
import { serveSecret } from "./ServeFields.ts"

/** An answer that is no success: thrown by who finds out. */
export class Refused extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

export interface PlaceAsked extends HttpDoor.Asked {
  /** To be told of what ends a body that has begun. */
  readonly broken: (error: unknown) => void
  /** Of the run that serves: what is asked of the storage belongs to it. */
  readonly context: Context.Context<never>
}

export type Answer = (asked: PlaceAsked) => Promise<Response>

/** Total on purpose. What may pass is a 503, which clients try again. */
const statusOf: { readonly [tag in Reason["_tag"]]: number } = {
  NotFound: 404,
  AlreadyExists: 403,
  PermissionDenied: 403,
  InvalidRequest: 400,
  QuotaExceeded: 507,
  NoSpace: 507,
  RateLimited: 503,
  Unavailable: 503,
  SourceChanged: 503,
  Unauthenticated: 502,
  ChecksumMismatch: 502,
  UnexpectedResponse: 502
}

export interface Telling {
  readonly context: Context.Context<never>
  /** Told what the storage is to blame for. */
  readonly note: (code: string, message: string) => void
  readonly onFault: HttpDoor.DoorOptions["onFault"]
}

/** `answer`, with what it throws as the status that says so. */
export const telling =
  (answer: Answer, { context, note, onFault }: Telling) =>
  async (asked: HttpDoor.Asked): Promise<Response> => {
    const broken = (error: unknown): void => {
      if (isStorageError(error)) note(error.reason._tag, error.message)
      else onFault({ operation: "read", error })
      asked.breakOff()
    }
    try {
      return await answer({ ...asked, broken, context })
    } catch (error) {
      if (error instanceof Refused) return HttpDoor.plain(error.status, error.message, error.headers)
      if (!isStorageError(error)) throw error
      const { _tag, message } = error.reason
      if (statusOf[_tag] >= 500) note(_tag, error.message)
      return HttpDoor.plain(statusOf[_tag], message)
    }
  }

interface Served extends Listening.Listened {
  readonly path: string
}

interface Door {
  readonly answerOf: (provider: Provider) => Answer
  readonly allowsLinks: boolean
  /** What the key of the place must be able to do. */
  readonly purpose: Purpose
}

/** Serves what `path` means by what `answerOf` makes of it. */
export const run = Effect.fnUntraced(function* (
  request: Served,
  { secrets, tell }: Beside,
  { allowsLinks, answerOf, purpose }: Door
) {
  const { path } = request
  const provider = yield* ServedPlace.open(path, tell, { purpose, verb: "serve" })
  const options = Listening.options(request, secrets.get(serveSecret))
  const onFault = Listening.onFault(tell)
  const context = yield* Effect.context<never>()
  const answer = telling(answerOf(provider), { context, note: noting(tell, "serve"), onFault })
  const app = HttpDoor.make(answer, { access: options.access, allowsLinks, onFault })
  const url = yield* HttpServer.listenOn(app.fetch, options)
  tell.fact({ _tag: "Step", name: "serving", values: { url, place: path } })
  return yield* Effect.never
})
