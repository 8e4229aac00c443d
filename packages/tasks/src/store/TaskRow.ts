/** A task as a row of the database, and back. */
import { Progress } from "@ourclone/core/events/RunEvent"
import { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Schema from "effect/Schema"
import { Hooks, noHooks } from "../task/Hooks.ts"
import { Origin, type Task, TaskLimits, Totals, Wish } from "../task/Task.ts"
import { TaskState } from "../task/TaskState.ts"

export interface TaskRow {
  readonly id: string
  readonly kind: string
  readonly request: string
  readonly origin: string
  readonly is_of_service: number
  readonly by: string | null
  readonly schedule: string | null
  readonly machine: string | null
  readonly is_record: number
  readonly hooks: string | null
  readonly priority: number
  readonly state: string
  readonly wish: string | null
  readonly limits: string | null
  readonly take: number
  readonly deferrals: number
  readonly owner: string | null
  readonly lease: number | null
  readonly seq: number
  readonly totals: string
  readonly progress: string | null
  readonly summary: string | null
  readonly created: number
  readonly started: number | null
  readonly ended: number | null
  readonly change: number
  readonly told: number
}

/** Of one column. Most of a task stays as it is from commit to commit, and who looks sees many tasks again and again. */
const mostKept = 256

/** What a text means is found out once. The same value goes to all: it is not to be written to. */
const text = <A, E>(schema: Schema.Codec<A, E>) => {
  const decode = Schema.decodeUnknownSync(Schema.fromJsonString(schema))
  const kept = new Map<string, A>()
  return (value: string): A => {
    const known = kept.get(value)
    if (known !== undefined) return known
    const read = decode(value)
    if (kept.size >= mostKept) kept.clear()
    kept.set(value, read)
    return read
  }
}
const stateOf = text(TaskState)
const wishOf = text(Wish)
const limitsOf = text(TaskLimits)
const hooksOf = text(Hooks)
const ownerOf = text(ProcessIdentity)
const totalsOf = text(Totals)
const progressOf = text(Progress)
const originOf = Schema.decodeUnknownSync(Origin)

const optional = <A>(value: string | null, read: (text: string) => A): A | null => (value === null ? null : read(value))

export const toTask = (row: TaskRow): Task => ({
  id: row.id,
  kind: row.kind,
  request: JSON.parse(row.request),
  origin: originOf(row.origin),
  ...(row.is_of_service === 1 ? { isOfService: true } : {}),
  by: row.by,
  schedule: row.schedule,
  machine: row.machine,
  isRecord: row.is_record === 1,
  hooks: optional(row.hooks, hooksOf) ?? noHooks,
  priority: row.priority,
  state: stateOf(row.state),
  wish: optional(row.wish, wishOf),
  limits: optional(row.limits, limitsOf),
  take: row.take,
  deferrals: row.deferrals,
  owner: optional(row.owner, ownerOf),
  leaseUntil: row.lease,
  seq: row.seq,
  totals: totalsOf(row.totals),
  progress: optional(row.progress, progressOf),
  summary: optional(row.summary, JSON.parse),
  createdAt: row.created,
  startedAt: row.started,
  endedAt: row.ended
})
