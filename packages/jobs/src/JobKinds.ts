/** Every kind of job, by its type. Each is loaded when it is asked for, so that a program starts no slower for having many. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "./JobError.ts"
import type { JobKind } from "./JobKind.ts"
import * as RunHere from "./run/RunHere.ts"

/** A kind to which requests and summaries are JSON. */
export interface OfferedJob {
  readonly type: string
  readonly kind: Pick<JobKind<string, never, unknown>, "type" | "needs" | "preview" | "refuse">
  readonly request: Schema.Top
  readonly summary: Schema.Top
  /** `RunHere.run` of a request that came as JSON. Fails with `InvalidJob` where it is none of this kind. */
  readonly run: (
    request: unknown,
    options: RunHere.RunOptions
  ) => Effect.Effect<
    void,
    Effect.Error<ReturnType<typeof RunHere.run>>,
    Effect.Services<ReturnType<typeof RunHere.run>>
  >
}

const offer = <Request, Summary>(kind: JobKind<string, Request, Summary>): OfferedJob => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(kind.request))
  return {
    type: kind.type,
    kind,
    request: kind.request,
    summary: kind.summary,
    run: (request, options) =>
      decode(request).pipe(
        Effect.mapError(
          (error) => new InvalidJob({ message: `the request is not one of ${kind.type}: ${error.message}` })
        ),
        Effect.flatMap((decoded) => RunHere.run(kind, decoded, options)),
        Effect.asVoid
      )
  }
}

export const jobKinds = {
  copy: async () => offer((await import("./transfer/Copy.ts")).kind),
  move: async () => offer((await import("./transfer/Move.ts")).kind),
  sync: async () => offer((await import("./transfer/Sync.ts")).kind),
  check: async () => offer((await import("./transfer/Check.ts")).kind),
  remove: async () => offer((await import("./storage/Remove.ts")).kind),
  mkdir: async () => offer((await import("./storage/MakeDirectory.ts")).kind),
  createBucket: async () => offer((await import("./storage/CreateBucket.ts")).kind),
  removeBucket: async () => offer((await import("./storage/RemoveBucket.ts")).kind),
  setLifecycle: async () => offer((await import("./storage/SetLifecycle.ts")).kind),
  cancelUnfinished: async () => offer((await import("./storage/CancelUnfinished.ts")).kind),
  testRemote: async () => offer((await import("./storage/TestRemote.ts")).kind),
  backup: async () => offer((await import("./repository/BackupJob.ts")).kind),
  restore: async () => offer((await import("./repository/RestoreJob.ts")).kind)
} satisfies Readonly<Record<string, () => Promise<OfferedJob>>>

export type JobType = keyof typeof jobKinds

export const isJobType = (type: string): type is JobType => Object.hasOwn(jobKinds, type)

/** The kind of that type. Fails with `InvalidJob` where there is none. */
export const load = (type: string): Effect.Effect<OfferedJob, InvalidJob> =>
  isJobType(type)
    ? Effect.promise(jobKinds[type])
    : Effect.fail(new InvalidJob({ message: `there is no kind of job called "${type}"` }))
