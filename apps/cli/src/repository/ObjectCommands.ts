/** `repo list KIND` and `repo cat`: what a repository is made of. */

import * as ObjectBytes from "@ourclone/jobs/repository/ObjectBytes"
import * as Objects from "@ourclone/jobs/repository/ObjectsQuery"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { server } from "../far/Server.ts"
import { given } from "../Given.ts"
import type { ReadingInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"

const withoutId: ReadonlySet<string> = new Set(["config", "masterkey"])

export const list = (flags: ReadingInput & { readonly objects: Objects.Request["objects"] }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, objects: flags.objects }
      const print = (rows: ReadonlyArray<Objects.Row>) =>
        Effect.sync(() => {
          for (const { blob, bytes, id } of rows) {
            if (output.isJson) output.json({ message_type: flags.objects, ...given({ type: blob }), id, size: bytes })
            else output.line(blob === undefined ? id : `${blob} ${id}`)
          }
        })
      const take = (rows: ReadonlyArray<Objects.Row>) => Effect.andThen(print(rows), output.room)
      yield* RepositoryJob.query(output, Objects.kind, request, take, { passwords, hasNoLock: true })
    })
  )

export const cat = (
  flags: ReadingInput & { readonly object: ObjectBytes.Request["object"]; readonly id: string | undefined }
) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { id, object } = flags
      if (withoutId.has(object) !== (id === undefined)) {
        return yield* usage(
          id === undefined
            ? `say which ${object}: its id, or how it begins`
            : `there is one ${object} only; leave out "${id}"`
        )
      }
      if ((yield* server) !== undefined) {
        return yield* usage("a service gives no pieces of a repository away; run it where the repository can be opened")
      }
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, object, ...given({ id }) }
      const take = (piece: Uint8Array) => {
        output.raw(piece)
        return output.flush
      }
      yield* RepositoryJob.bytes(output, ObjectBytes.kind, request, take, {
        passwords,
        hasNoLock: true,
        onEvent: () => {}
      })
    })
  )
