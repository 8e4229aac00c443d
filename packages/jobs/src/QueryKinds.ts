/** Every kind of query, by its type. Each is loaded when it is asked for. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob, type JobError } from "./kind/JobError.ts"
import type { Beside, QueryKind, SecretName } from "./kind/JobKind.ts"
import * as JsonRequest from "./kind/JsonRequest.ts"
import type { Surroundings } from "./kind/Surroundings.ts"

/** A kind to which requests and rows are JSON. */
export interface OfferedQuery {
  readonly type: string
  readonly request: Schema.Top
  readonly row: Schema.Top
  /** The secrets that a request wants. Fails with `InvalidJob` where it is none of this kind. */
  readonly needs: (request: unknown) => Effect.Effect<ReadonlyArray<SecretName>, InvalidJob>
  /** Fails with `InvalidJob` where the request is none of this kind, or makes no sense. */
  readonly rows: (request: unknown, beside: Beside) => Stream.Stream<unknown, JobError, Surroundings>
}

const offer = <Request, Row>(kind: QueryKind<string, Request, Row>): OfferedQuery => {
  const decode = JsonRequest.decoder(kind)
  const encode = Schema.encodeSync(Schema.toCodecJson(kind.row))
  const begin = (request: Request, beside: Beside) => {
    const refused = kind.refuse?.(request)
    return refused === undefined ? Stream.map(kind.run(request, beside), (row) => encode(row)) : Stream.fail(refused)
  }
  return {
    type: kind.type,
    request: kind.request,
    row: kind.row,
    needs: (request) => Effect.map(decode(request), kind.needs),
    rows: (request, beside) => Stream.unwrap(Effect.map(decode(request), (decoded) => begin(decoded, beside)))
  }
}

export const queryKinds = {
  list: async () => offer((await import("./storage/List.ts")).kind),
  size: async () => offer((await import("./storage/Size.ts")).kind),
  stat: async () => offer((await import("./storage/Stat.ts")).kind),
  versions: async () => offer((await import("./storage/VersionList.ts")).kind),
  unfinished: async () => offer((await import("./storage/UnfinishedList.ts")).kind),
  buckets: async () => offer((await import("./storage/Buckets.ts")).kind),
  mounts: async () => offer((await import("./mount/MountsQuery.ts")).kind),
  link: async () => offer((await import("./storage/Link.ts")).kind),
  hashsum: async () => offer((await import("./storage/HashSum.ts")).kind),
  room: async () => offer((await import("./storage/Room.ts")).kind),
  du: async () => offer((await import("./storage/DiskUsage.ts")).kind),
  accountKeys: async () => offer((await import("./storage/AccountKeys.ts")).kind),
  createKey: async () => offer((await import("./storage/CreateKey.ts")).kind),
  doctor: async () => offer((await import("./storage/Doctor.ts")).kind),
  repositories: async () => offer((await import("./repository/RepositoriesQuery.ts")).kind),
  snapshots: async () => offer((await import("./repository/SnapshotsQuery.ts")).kind),
  snapshotLs: async () => offer((await import("./repository/SnapshotLsQuery.ts")).kind),
  find: async () => offer((await import("./repository/FindQuery.ts")).kind),
  diff: async () => offer((await import("./repository/DiffQuery.ts")).kind),
  stats: async () => offer((await import("./repository/StatsQuery.ts")).kind),
  info: async () => offer((await import("./repository/InfoQuery.ts")).kind),
  objects: async () => offer((await import("./repository/ObjectsQuery.ts")).kind),
  caches: async () => offer((await import("./repository/CachesQuery.ts")).kind),
  keyList: async () => offer((await import("./repository/KeyListQuery.ts")).kind)
} satisfies Readonly<Record<string, () => Promise<OfferedQuery>>>

export type QueryType = keyof typeof queryKinds

export const isQueryType = (type: string): type is QueryType => Object.hasOwn(queryKinds, type)

/** The kind of that type. Fails with `InvalidJob` where there is none. */
export const load = (type: string): Effect.Effect<OfferedQuery, InvalidJob> =>
  isQueryType(type)
    ? Effect.promise(queryKinds[type])
    : Effect.fail(new InvalidJob({ message: `there is no kind of query called "${type}"` }))
