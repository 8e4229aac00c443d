/** Shows snapshots of a repository as a folder, until it is unmounted. */
import { userInfo } from "node:os"
import * as path from "node:path"
import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import * as GoTime from "@ourclone/backup/go/GoTime"
import * as RepositoryLock from "@ourclone/backup/repository/RepositoryLock"
import * as FuseDoor from "@ourclone/mount/fuse/FuseDoor"
import * as ServedMount from "@ourclone/mount/ServedMount"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import * as LoadedRepository from "../repository/LoadedRepository.ts"
import * as OpenedRepository from "../repository/OpenedRepository.ts"
import * as SelectedSnapshots from "../repository/SelectedSnapshots.ts"
import * as Listening from "../run/Listening.ts"
import { noting } from "../run/Noting.ts"
import * as FreePoint from "./FreePoint.ts"
import { mountingSnapshots, Summary } from "./MountFields.ts"
import { recordsOf } from "./MountPlaces.ts"
import * as SnapshotFileSystem from "./SnapshotFileSystem.ts"
import type { Top } from "./SnapshotTree.ts"

export const Request = Schema.Struct(mountingSnapshots)
export type Request = typeof Request.Type

const timeOf = ({ time }: Snapshot) => {
  const { nanoseconds = 0, seconds = 0 } = GoTime.read(time) ?? {}
  return { seconds, nanoseconds }
}

/** `2026-11-29 22-14-03 3fa94c01`: in the order of time, and each its own. */
const topOf = (snapshot: Snapshot): Top => {
  const time = timeOf(snapshot)
  const when = new Date(time.seconds * 1000).toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-")
  return { name: `${when} ${snapshot.id.slice(0, 8)}`, tree: snapshot.tree, time }
}

const run = Effect.fnUntraced(function* (request: Request, beside: Beside) {
  const { tell } = beside
  const machine = yield* ThisMachine
  const { point, snapshot: wanted } = request
  const repository = yield* OpenedRepository.open(request, beside)
  const lock =
    request.lock === false
      ? undefined
      : yield* RepositoryLock.acquire(repository, OpenedRepository.lockOptions(request, "shared", tell))
  const one = wanted === undefined ? undefined : yield* SelectedSnapshots.one(repository, wanted, request)
  const all = one === undefined ? yield* SelectedSnapshots.select(repository, request, tell) : [one.snapshot]
  const reader = yield* LoadedRepository.readerOf(repository)
  const root =
    one === undefined
      ? all.map(topOf)
      : yield* SelectedSnapshots.folderTree(repository, reader, one.snapshot, one.subfolder)
  const { gid, uid } = userInfo()
  const newest = all.at(-1)
  const fileSystem = SnapshotFileSystem.make({
    repository,
    reader,
    name: repository.name,
    root,
    owner: { uid: Math.max(0, uid), gid: Math.max(0, gid) },
    time: newest === undefined ? { seconds: 0, nanoseconds: 0 } : timeOf(newest),
    asking: { context: yield* Effect.context<never>(), note: noting(tell, "mount") }
  })
  const serving = ServedMount.serve({
    mount: ServedMount.unchanging(fileSystem, fileSystem.hidden, fileSystem.opens),
    directory: "",
    isReadOnly: true,
    records: recordsOf(machine),
    place: wanted === undefined ? request.repository : `${request.repository} ${wanted}`,
    point: () => point,
    kind: "fuse",
    openDoor: () =>
      FuseDoor.open(fileSystem, {
        point,
        allowsOthers: request.allowOther,
        allowsNonEmpty: request.allowNonEmpty,
        onFault: Listening.onFault(tell)
      }),
    onMounted: (record) =>
      tell.fact({ _tag: "Step", name: "mounted", values: { id: record.id, point: record.point, place: record.place } })
  })
  return yield* lock === undefined ? serving : Effect.raceFirst(serving, lock.loss)
})

export const kind: JobKind<"mountSnapshots", Request, typeof Summary.Type> = {
  type: "mountSnapshots",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  refuse: ({ point }) =>
    path.isAbsolute(point) ? undefined : new InvalidJob({ message: `"${point}" is no absolute path`, field: "point" }),
  foresee: (request) => FreePoint.refused(request),
  run
}
