/** What the page reads of the service, each under a key, so that a loader, a component and an event mean the same. */
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import type { SessionAnswer, TokenAnswer, UserAnswer } from "../../../src/api/account/AccountGroups.ts"
import type { QueryAnswer } from "../../../src/api/query/QueryGroup.ts"
import type { RepositoryAnswer } from "../../../src/api/query/RepositoryGroup.ts"
import type { ScheduleAnswer } from "../../../src/api/schedules/ScheduleGroup.ts"
import type { NotificationAnswer } from "../../../src/api/settings/NotificationGroup.ts"
import type { AboutAnswer, AuditEntry, RatesAnswer, SettingsAnswer } from "../../../src/api/settings/SettingsGroup.ts"
import type { FoldersAnswer } from "../../../src/api/storage/LocalGroup.ts"
import type { RemoteAnswer, StorageType } from "../../../src/api/storage/StorageGroup.ts"
import type { CauseAnswer } from "../../../src/api/tasks/TaskAnswer.ts"
import { get, post } from "./call.ts"

export const session = queryOptions({
  queryKey: ["session"],
  queryFn: () => get<SessionAnswer>("/session"),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false
})
/** Whether the session ended while something was typed. */
export const signedOut = queryOptions({
  queryKey: ["signedOut"],
  queryFn: () => false,
  initialData: false,
  staleTime: Number.POSITIVE_INFINITY
})
export const setUpState = queryOptions({
  queryKey: ["setup"],
  queryFn: () => get<{ readonly isSetUp: boolean }>("/setup"),
  retry: false
})

export const about = queryOptions({ queryKey: ["about"], queryFn: () => get<AboutAnswer>("/about"), staleTime: 60_000 })
export const settings = queryOptions({ queryKey: ["settings"], queryFn: () => get<SettingsAnswer>("/settings") })
export const rates = queryOptions({
  queryKey: ["settings", "rates"],
  queryFn: () => get<RatesAnswer>("/settings/rates"),
  staleTime: 60_000
})
export const tokens = queryOptions({ queryKey: ["tokens"], queryFn: () => get<ReadonlyArray<TokenAnswer>>("/tokens") })
export const users = queryOptions({ queryKey: ["users"], queryFn: () => get<ReadonlyArray<UserAnswer>>("/users") })
export const audit = queryOptions({
  queryKey: ["audit"],
  queryFn: () => get<{ readonly entries: ReadonlyArray<AuditEntry>; readonly isCut: boolean }>("/audit", { limit: 500 })
})

export const notifications = queryOptions({
  queryKey: ["notifications"],
  queryFn: () => get<ReadonlyArray<NotificationAnswer>>("/notifications")
})

export const storageTypes = queryOptions({
  queryKey: ["storage", "types"],
  queryFn: () => get<ReadonlyArray<StorageType>>("/storage/types"),
  staleTime: Number.POSITIVE_INFINITY
})
export const remotes = queryOptions({
  queryKey: ["storage", "remotes"],
  queryFn: () => get<ReadonlyArray<RemoteAnswer>>("/storage/remotes"),
  staleTime: 10_000
})
export const remote = (name: string) =>
  queryOptions({
    queryKey: ["storage", "remotes", name],
    queryFn: () => get<RemoteAnswer>(`/storage/remotes/${encodeURIComponent(name)}`)
  })

export const folders = (path: string | undefined) =>
  queryOptions({
    queryKey: ["folders", path ?? ""],
    queryFn: ({ signal }) => get<FoldersAnswer>("/local/folders", { path }, signal),
    retry: false
  })

export const repositories = queryOptions({
  queryKey: ["repositories"],
  queryFn: () => get<ReadonlyArray<RepositoryAnswer>>("/repositories"),
  staleTime: 10_000
})

interface Rows<Row> {
  readonly rows: ReadonlyArray<Row>
  readonly isCut: boolean
}

/** Rows of a query of the middle floor. A storage is asked again only when somebody wants it. */
export const rows = <Row>(kind: string, request: unknown, limit = 10_000) =>
  queryOptions({
    queryKey: ["rows", kind, request, limit],
    queryFn: async () =>
      (await post<QueryAnswer>(`/queries/${kind}`, { request, limit })) as Rows<unknown> as Rows<Row>,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    retry: false
  })

export const snapshots = (repository: string) => rows<SnapshotRow>("snapshots", { repository })

export const causes = (id: string) =>
  queryOptions({
    queryKey: ["causes", id],
    queryFn: () => get<ReadonlyArray<CauseAnswer>>(`/tasks/${encodeURIComponent(id)}/causes`)
  })

export const schedules = queryOptions({
  queryKey: ["schedules"],
  queryFn: () => get<ReadonlyArray<ScheduleAnswer>>("/schedules")
})
