/** What is asked of a mount that another process serves. */
import * as ControlSocket from "@ourclone/mount/control/ControlSocket"
import * as MountRecord from "@ourclone/mount/control/MountRecord"
import type { Answer, Wish } from "@ourclone/mount/control/Wishes"
import * as Device from "@ourclone/mount/fuse/system/Device"
import * as Effect from "effect/Effect"
import { NothingThere } from "../kind/JobError.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import { recordsOf } from "./MountPlaces.ts"

/** Whose process has ended: the folder that it left behind is freed, where that is what was asked for. */
const ended = Effect.fnUntraced(function* (point: string, { _tag }: Wish, message: string) {
  const isFreed = _tag === "Unmount" && (yield* Device.clean(point))
  const freed = `the process that served ${point} had ended, and the folder is free again; what was not sent is kept, and sent by the next mount of the place`
  return new NothingThere({ message: isFreed ? freed : message })
})

/** Fails with `NothingThere` where no such mount is, or its process does not answer any more. */
export const ask = Effect.fnUntraced(function* (point: string, wish: Wish) {
  const records = recordsOf(yield* ThisMachine)
  const record = MountRecord.find(records, point)
  if (record === undefined) return yield* yield* ended(point, wish, `no mount of this user is at ${point}`)
  const file = MountRecord.socketOf(records, record.id)
  const answer: Answer | undefined = yield* Effect.promise(() => ControlSocket.ask(file, wish))
  if (answer === undefined) {
    return yield* yield* ended(record.point, wish, `the mount at ${record.point} ended before it answered`)
  }
  return { record, answer }
})
