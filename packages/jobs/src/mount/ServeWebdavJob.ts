/** Serves a place of a storage over WebDAV, until it is stopped. */
import * as WebdavServer from "@ourclone/mount/webdav/WebdavServer"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { Summary, servingWebdav, webdavSecret } from "./MountFields.ts"
import * as MountRun from "./MountRun.ts"

export const Request = Schema.Struct(servingWebdav)
export type Request = typeof Request.Type

const open = (request: Request, { secrets, tell }: Beside): MountRun.MountDoor["open"] =>
  Effect.fnUntraced(function* ({ fileSystem }) {
    const {
      address = "127.0.0.1",
      behindTls,
      certificate,
      certificateKey: key,
      hostNames = [],
      port = 0,
      storeNoise,
      user
    } = request
    const password = secrets.get(webdavSecret)
    const url = yield* WebdavServer.listenOn(fileSystem, {
      host: address,
      port,
      tls: certificate === undefined || key === undefined ? undefined : { certificate, key },
      isBehindTls: behindTls,
      access:
        password === undefined
          ? undefined
          : { users: [{ name: user ?? "ourclone", password }], tokens: [password], hostNames },
      storesNoise: storeNoise,
      onFault: ({ error, operation }) =>
        tell.fact({
          _tag: "Note",
          code: "mountFault",
          message: `${operation} failed: ${error instanceof Error ? error.message : String(error)}. This is a mistake in ourclone`
        })
    })
    const closed = Latch.makeUnsafe(false)
    return { point: url, ended: closed.await, unmount: () => Effect.sync(() => void closed.openUnsafe()) }
  })

export const kind: JobKind<"serveWebdav", Request, typeof Summary.Type> = {
  type: "serveWebdav",
  request: Request,
  summary: Summary,
  needs: () => [webdavSecret],
  refuse: ({ certificate, certificateKey: key }) =>
    (certificate === undefined) === (key === undefined)
      ? undefined
      : new InvalidJob({ message: "a certificate and its key go together", field: "certificate" }),
  run: (request, beside) =>
    MountRun.run(request, beside.tell, { kind: "webdav", point: undefined, open: open(request, beside) })
}
