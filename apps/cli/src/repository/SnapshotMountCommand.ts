/** `snapshot mount`: snapshots as a folder. */
import * as path from "node:path"
import { printable } from "@ourclone/core/events/PrintableText"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind } from "@ourclone/jobs/mount/MountSnapshotsJob"
import * as Effect from "effect/Effect"
import * as MountCommands from "../MountCommands.ts"
import * as MountDaemon from "../MountDaemon.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"

interface SnapshotMountFlags extends ReadingInput, SnapshotFilterInput {
  readonly snapshot: string | undefined
  readonly allowOther: boolean
  readonly allowNonEmpty: boolean
  readonly daemon: boolean
  readonly point: string
}

export const run = (flags: SnapshotMountFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const point = path.resolve(flags.point)
      if (flags.daemon) return yield* MountDaemon.start(output, point)
      const { access, passwords } = yield* accessOf(flags)
      const { allowNonEmpty, allowOther, snapshot } = flags
      const request = {
        ...access,
        ...filterOf(flags),
        point,
        allowOther,
        allowNonEmpty,
        ...(snapshot === undefined ? {} : { snapshot })
      }
      const tell = MountCommands.telling(
        output,
        (at, place) => `${printable(place)} is mounted at ${printable(at)}; ^C unmounts it`
      )
      const onEvent = (event: RunEvent): void => {
        if (event._tag !== "Progress") tell(event)
      }
      const summary = yield* RepositoryJob.run(output, kind, request, { onEvent }, { passwords, hasNoLock: true })
      return yield* MountCommands.conclude(output, summary)
    })
  )
