/** What is asked of a mount that another process serves. */
import * as ControlSocket from "@ourclone/mount/control/ControlSocket"
import * as MountRecord from "@ourclone/mount/control/MountRecord"
import type { Answer, Wish } from "@ourclone/mount/control/Wishes"
import * as Effect from "effect/Effect"
import { NothingThere } from "../kind/JobError.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import { recordsOf } from "./MountPlaces.ts"

/** Fails with `NothingThere` where no such mount is, or its process does not answer any more. */
export const ask = Effect.fnUntraced(function* (point: string, wish: Wish) {
  const records = recordsOf(yield* ThisMachine)
  const record = MountRecord.find(records, point)
  if (record === undefined) return yield* new NothingThere({ message: `no mount of this user is at ${point}` })
  const file = MountRecord.socketOf(records, record.id)
  const answer: Answer | undefined = yield* Effect.promise(() => ControlSocket.ask(file, wish))
  if (answer === undefined) {
    return yield* new NothingThere({ message: `the mount at ${record.point} ended before it answered` })
  }
  return { record, answer }
})
