/** What a kind needs beyond what its route does. Total on purpose: a new kind does not compile until somebody has decided. */
import type { JobType } from "@ourclone/jobs/JobKinds"
import type { QueryType } from "@ourclone/jobs/QueryKinds"
import * as Effect from "effect/Effect"
import { CurrentCaller, type Scope } from "../api/Callers.ts"
import { Forbidden } from "../api/Problem.ts"
import type { Family } from "../side/RequestCheck.ts"

const jobs: { readonly [type in JobType | "undo"]: Scope } = {
  copy: "run",
  rcat: "run",
  move: "run",
  bisync: "run",
  sync: "run",
  check: "run",
  remove: "run",
  removeOldVersions: "run",
  undelete: "run",
  undo: "run",
  mkdir: "run",
  touch: "run",
  cleanup: "run",
  cancelUnfinished: "run",
  testRemote: "run",
  // Private, as copy and mkdir make the one that they write to; what becomes of a bucket then is the storage's.
  createBucket: "run",
  removeBucket: "storage",
  updateBucket: "storage",
  setLifecycle: "storage",
  removeKey: "storage",
  mount: "mount",
  mountSnapshots: "mount",
  serveWebdav: "mount",
  serveHttp: "mount",
  serveRestic: "mount",
  unmount: "mount",
  flushMount: "mount",
  backup: "backup",
  restore: "backup",
  init: "backup",
  forget: "backup",
  prune: "backup",
  checkRepository: "backup",
  migrate: "backup",
  cleanCache: "backup",
  recover: "backup",
  repairIndex: "backup",
  repairPacks: "backup",
  repairSnapshots: "backup",
  copySnapshots: "backup",
  drill: "backup",
  keyAdd: "backup",
  keyRemove: "backup",
  keyPassword: "backup",
  tag: "backup",
  rewrite: "backup",
  unlock: "backup"
}

/** Most only look. Others read or store bytes, or give away what opens them. */
const queries: { readonly [type in QueryType]: Scope } = {
  list: "read",
  size: "read",
  stat: "read",
  versions: "read",
  unfinished: "read",
  buckets: "read",
  mounts: "read",
  du: "read",
  room: "read",
  repositories: "read",
  snapshots: "read",
  snapshotLs: "read",
  find: "read",
  diff: "read",
  stats: "read",
  info: "read",
  objects: "read",
  caches: "read",
  keyList: "read",
  accountKeys: "read",
  hashsum: "run",
  link: "run",
  doctor: "run",
  createKey: "storage"
}

const needed: { readonly [family in Family]: Readonly<Record<string, Scope>> } = {
  job: jobs,
  query: queries,
  bytes: {}
}

/** Nothing of a kind that there is none of. */
export const neededFor = (family: Family, type: string): Scope | undefined =>
  Object.hasOwn(needed[family], type) ? needed[family][type] : undefined

/** Fails with `Forbidden` where the caller may use the route, and not for this kind. */
export const check = Effect.fnUntraced(function* (family: Family, type: string) {
  const { name, scopes } = yield* CurrentCaller
  const scope = neededFor(family, type)
  if (scope === undefined || scopes.includes(scope)) return
  return yield* new Forbidden({
    code: "Forbidden",
    detail: `${name} may not do that here: "${type}" needs "${scope}"`
  })
})
