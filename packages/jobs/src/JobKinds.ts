/** Every kind of job, by its type. Each is loaded when it is asked for, so that a program starts no slower for having many. */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { InvalidJob } from "./kind/JobError.ts"
import type { JobKind, SecretName } from "./kind/JobKind.ts"
import * as JsonRequest from "./kind/JsonRequest.ts"
import * as RunHere from "./run/RunHere.ts"

/** A kind to which requests and summaries are JSON. */
export interface OfferedJob {
  readonly type: string
  readonly canPreview: boolean
  readonly request: Schema.Top
  readonly summary: Schema.Top
  /** The secrets that a run of a request wants. Fails with `InvalidJob` where it is none of this kind. */
  readonly needs: (request: unknown) => Effect.Effect<ReadonlyArray<SecretName>, InvalidJob>
  /** Fails with `InvalidJob` where the request is none of this kind, makes no sense, or takes input, which nobody keeps. */
  readonly check: (request: unknown) => Effect.Effect<void, InvalidJob>
  /** Fails with `InvalidJob` where a run is sure to go wrong, as `JobKind.foresee` says. */
  readonly foresee: (request: unknown) => Effect.Effect<void, InvalidJob>
  /** `RunHere.run` of a request that came as JSON. Fails with `InvalidJob` where it is none of this kind. */
  readonly run: (
    request: unknown,
    options: RunHere.HereOptions
  ) => Effect.Effect<
    void,
    Effect.Error<ReturnType<typeof RunHere.run>>,
    Effect.Services<ReturnType<typeof RunHere.run>>
  >
}

const takesInput = (type: string): InvalidJob =>
  new InvalidJob({
    message: `"${type}" takes what is piped in, and that is not kept with a task: run it where the input is, or name files`
  })

/** A kind that whoever has it may offer beside those listed here. */
export const offer = <Request, Summary>(kind: JobKind<string, Request, Summary>): OfferedJob => {
  const decode = JsonRequest.decoder(kind)
  return {
    type: kind.type,
    canPreview: kind.preview !== undefined,
    request: kind.request,
    summary: kind.summary,
    needs: (request) => Effect.map(decode(request), kind.needs),
    check: (request) =>
      Effect.flatMap(decode(request), (decoded) => {
        const refused =
          kind.refuse?.(decoded) ?? (kind.takesInput?.(decoded) === true ? takesInput(kind.type) : undefined)
        return refused === undefined ? Effect.void : Effect.fail(refused)
      }),
    foresee: (request) =>
      Effect.gen(function* () {
        const wrong = yield* kind.foresee?.(yield* decode(request)) ?? Effect.undefined
        if (wrong !== undefined) return yield* wrong
      }),
    run: (request, options) =>
      Effect.asVoid(Effect.flatMap(decode(request), (decoded) => RunHere.run(kind, decoded, options)))
  }
}

export const jobKinds = {
  copy: async () => offer((await import("./transfer/Copy.ts")).kind),
  move: async () => offer((await import("./transfer/Move.ts")).kind),
  bisync: async () => offer((await import("./twoway/Bisync.ts")).kind),
  rcat: async () => offer((await import("./transfer/Rcat.ts")).kind),
  sync: async () => offer((await import("./transfer/Sync.ts")).kind),
  check: async () => offer((await import("./transfer/Check.ts")).kind),
  remove: async () => offer((await import("./storage/Remove.ts")).kind),
  removeOldVersions: async () => offer((await import("./storage/RemoveOldVersions.ts")).kind),
  undelete: async () => offer((await import("./storage/Undelete.ts")).kind),
  mkdir: async () => offer((await import("./storage/MakeDirectory.ts")).kind),
  createBucket: async () => offer((await import("./storage/CreateBucket.ts")).kind),
  removeBucket: async () => offer((await import("./storage/RemoveBucket.ts")).kind),
  touch: async () => offer((await import("./storage/Touch.ts")).kind),
  removeKey: async () => offer((await import("./storage/RemoveKey.ts")).kind),
  updateBucket: async () => offer((await import("./storage/UpdateBucket.ts")).kind),
  setLifecycle: async () => offer((await import("./storage/SetLifecycle.ts")).kind),
  cleanup: async () => offer((await import("./storage/Cleanup.ts")).kind),
  cancelUnfinished: async () => offer((await import("./storage/CancelUnfinished.ts")).kind),
  testRemote: async () => offer((await import("./storage/TestRemote.ts")).kind),
  mount: async () => offer((await import("./mount/MountJob.ts")).kind),
  mountSnapshots: async () => offer((await import("./mount/MountSnapshotsJob.ts")).kind),
  serveWebdav: async () => offer((await import("./mount/ServeWebdavJob.ts")).kind),
  serveHttp: async () => offer((await import("./serve/ServeHttpJob.ts")).kind),
  serveRestic: async () => offer((await import("./serve/ServeResticJob.ts")).kind),
  unmount: async () => offer((await import("./mount/UnmountJob.ts")).kind),
  flushMount: async () => offer((await import("./mount/FlushJob.ts")).kind),
  backup: async () => offer((await import("./repository/BackupJob.ts")).kind),
  restore: async () => offer((await import("./repository/RestoreJob.ts")).kind),
  init: async () => offer((await import("./repository/InitJob.ts")).kind),
  forget: async () => offer((await import("./repository/ForgetJob.ts")).kind),
  prune: async () => offer((await import("./repository/PruneJob.ts")).kind),
  checkRepository: async () => offer((await import("./repository/CheckJob.ts")).kind),
  repairIndex: async () => offer((await import("./repository/RepairIndexJob.ts")).kind),
  repairPacks: async () => offer((await import("./repository/RepairPacksJob.ts")).kind),
  repairSnapshots: async () => offer((await import("./repository/RepairSnapshotsJob.ts")).kind),
  copySnapshots: async () => offer((await import("./repository/CopySnapshotsJob.ts")).kind),
  migrate: async () => offer((await import("./repository/MigrateJob.ts")).kind),
  cleanCache: async () => offer((await import("./repository/CleanCacheJob.ts")).kind),
  recover: async () => offer((await import("./repository/RecoverJob.ts")).kind),
  drill: async () => offer((await import("./repository/DrillJob.ts")).kind),
  keyAdd: async () => offer((await import("./repository/KeyAddJob.ts")).kind),
  keyRemove: async () => offer((await import("./repository/KeyRemoveJob.ts")).kind),
  keyPassword: async () => offer((await import("./repository/KeyPasswordJob.ts")).kind),
  tag: async () => offer((await import("./repository/TagJob.ts")).kind),
  rewrite: async () => offer((await import("./repository/RewriteJob.ts")).kind),
  unlock: async () => offer((await import("./repository/UnlockJob.ts")).kind)
} satisfies Readonly<Record<string, () => Promise<OfferedJob>>>

export type JobType = keyof typeof jobKinds

export const isJobType = (type: string): type is JobType => Object.hasOwn(jobKinds, type)

/** The kind of that type. Fails with `InvalidJob` where there is none. */
export const load = (type: string): Effect.Effect<OfferedJob, InvalidJob> =>
  isJobType(type)
    ? Effect.promise(jobKinds[type])
    : Effect.fail(new InvalidJob({ message: `there is no kind of job called "${type}"` }))
