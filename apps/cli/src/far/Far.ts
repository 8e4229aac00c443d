/** What a service does in the place of this machine. */
import type { JobKind, QueryKind } from "@ourclone/jobs/kind/JobKind"
import * as Effect from "effect/Effect"
import * as Connect from "./Connect.ts"
import * as FarJob from "./FarJob.ts"
import * as FarQuery from "./FarQuery.ts"

/** Fails with `CommandStopped` where `text` is no address. */
export const connect = (text: string, environment: Connect.Environment) =>
  Effect.map(Connect.connect(text, environment), (server) => ({
    job: <Request, Summary>(kind: JobKind<string, Request, Summary>, request: Request, options: FarJob.FarOptions) =>
      FarJob.run(server, kind, request, options),
    rows: <Request, Row>(kind: QueryKind<string, Request, Row>, request: Request) =>
      FarQuery.rows(server, kind, request),
    file: (path: string, versionId: string | undefined) => FarQuery.file(server, path, versionId),
    dump: (request: FarQuery.Dumped) => FarQuery.dump(server, request)
  }))
