/** What a job needs beyond being allowed to start one. */
import type { JobType } from "@ourclone/jobs/JobKinds"
import * as Effect from "effect/Effect"
import { type Caller, CurrentCaller, type Scope } from "../api/Callers.ts"
import { Forbidden } from "../api/Problem.ts"

const scopes = new Map<string, Scope>(
  Object.entries({
    mount: "mount",
    mountSnapshots: "mount",
    unmount: "mount",
    flushMount: "mount",
    serveWebdav: "mount",
    createBucket: "storage",
    removeBucket: "storage",
    updateBucket: "storage",
    setLifecycle: "storage",
    removeKey: "storage",
    backup: "backup",
    restore: "backup",
    init: "backup",
    forget: "backup",
    prune: "backup",
    checkRepository: "backup",
    repairIndex: "backup",
    repairPacks: "backup",
    repairSnapshots: "backup",
    copySnapshots: "backup",
    drill: "backup",
    keyAdd: "backup",
    keyRemove: "backup",
    keyPassword: "backup",
    tag: "backup",
    removePaths: "backup",
    unlock: "backup"
  } satisfies Partial<Record<JobType, Scope>>)
)

export const neededFor = (kind: string): Scope => scopes.get(kind) ?? "run"

const may = ({ scopes }: Caller, kind: string): boolean => scopes.includes(neededFor(kind))

/** Fails with `Forbidden` where the caller may start tasks, and not of this kind. */
export const check = (kind: string) =>
  Effect.flatMap(CurrentCaller, (caller) =>
    may(caller, kind)
      ? Effect.void
      : Effect.fail(
          new Forbidden({
            code: "Forbidden",
            detail: `${caller.name} may not do that here: "${kind}" needs "${neededFor(kind)}"`
          })
        )
  )
