/** What a service does in the place of this machine. Everything fails with `CommandStopped`, whose code is that of the same failure here. */
import * as Service from "@ourclone/client/Service"
import type { JobKind, QueryKind } from "@ourclone/jobs/kind/JobKind"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as FarJob from "./FarJob.ts"
import * as FarQuery from "./FarQuery.ts"
import * as FarSchedules from "./FarSchedules.ts"
import * as FarTasks from "./FarTasks.ts"
import { stopped } from "./Stopped.ts"

const streaming = <A>(stream: Stream.Stream<A, Service.ServiceFailed>) => Stream.mapError(stream, stopped)

/** Fails where `text` is no address. */
export const connect = (text: string, environment: Service.Environment) =>
  Effect.map(Effect.mapError(Service.open(text, environment), stopped), (service) => ({
    tasks: FarTasks.make(service),
    schedules: FarSchedules.make(service),
    job: <Request, Summary>(
      kind: JobKind<string, Request, Summary>,
      request: Request,
      options: Omit<FarJob.FarOptions, "address">
    ) =>
      Effect.catchTag(FarJob.run(service, kind, request, { ...options, address: text }), "ServiceFailed", (error) =>
        Effect.fail(stopped(error))
      ),
    rows: <Request, Row>(kind: QueryKind<string, Request, Row>, request: Request) =>
      streaming(FarQuery.rows(service, kind, request)),
    file: (path: string, versionId: string | undefined) => streaming(FarQuery.file(service, path, versionId)),
    dump: (request: FarQuery.Dumped) => streaming(FarQuery.dump(service, request))
  }))
