/** The mounts of this user, and how each is. */
import * as ControlSocket from "@ourclone/mount/control/ControlSocket"
import * as MountRecord from "@ourclone/mount/control/MountRecord"
import { Status, Unsent } from "@ourclone/mount/control/Wishes"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { NothingThere } from "../kind/JobError.ts"
import type { QueryKind } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import { watching } from "./MountFields.ts"
import { recordsOf } from "./MountPlaces.ts"

export const Request = Schema.Struct(watching)
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  ...MountRecord.MountRecord.fields,
  /** Absent where its process does not answer. */
  status: Schema.optionalKey(Status),
  /** Some of what the storage has not been told yet. */
  unsent: Schema.Array(Unsent)
})
export type Row = typeof Row.Type

const rows = Effect.fnUntraced(function* ({ point }: Request) {
  const records = recordsOf(yield* ThisMachine)
  const found = MountRecord.list(records).filter(
    (record) => point === undefined || record.point === point || record.id === point
  )
  if (point !== undefined && found.length === 0) {
    return Stream.fail(new NothingThere({ message: `no mount of this user is at ${point}` }))
  }
  return Stream.mapEffect(
    Stream.fromIterable(found),
    (record) =>
      Effect.map(
        Effect.promise(() => ControlSocket.ask(MountRecord.socketOf(records, record.id), { _tag: "Status" })),
        (answer): Row =>
          answer?._tag === "Status"
            ? { ...record, status: answer.status, unsent: answer.unsent }
            : { ...record, unsent: [] }
      ),
    { concurrency: 8 }
  )
})

export const kind: QueryKind<"mounts", Request, Row> = {
  type: "mounts",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request) => Stream.unwrap(rows(request))
}
