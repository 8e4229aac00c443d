/** Serves a place of a storage over WebDAV, until it is stopped. */
import * as WebdavServer from "@ourclone/mount/webdav/WebdavServer"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import * as Listening from "../run/Listening.ts"
import { Summary, servingWebdav, webdavSecret } from "./MountFields.ts"
import * as MountRun from "./MountRun.ts"

export const Request = Schema.Struct(servingWebdav)
export type Request = typeof Request.Type

const open = (request: Request, { secrets, tell }: Beside): MountRun.MountDoor["open"] =>
  Effect.fnUntraced(function* ({ fileSystem }) {
    const url = yield* WebdavServer.listenOn(fileSystem, {
      ...Listening.options(request, secrets.get(webdavSecret)),
      storesNoise: request.storeNoise,
      onFault: Listening.onFault(tell)
    })
    const closed = Latch.makeUnsafe(false)
    return { point: url, ended: closed.await, unmount: () => Effect.sync(() => void closed.openUnsafe()) }
  })

export const kind: JobKind<"serveWebdav", Request, typeof Summary.Type> = {
  type: "serveWebdav",
  request: Request,
  summary: Summary,
  needs: () => [webdavSecret],
  refuse: Listening.refuse,
  run: (request, beside) =>
    MountRun.run(request, beside.tell, { kind: "webdav", point: undefined, open: open(request, beside) })
}
