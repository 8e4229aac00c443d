/** The tables of tasks: what is read of them, and what becomes of them. `TablesStore` says what of it is one transaction. */
import type { Fact } from "@ourclone/core/events/RunEvent"
import { current, hasEnded as isGone, type ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import { type NewTask, noTotals, starterOf, type Task, type TaskLimits, type Wish } from "../task/Task.ts"
import * as TaskId from "../task/TaskId.ts"
import { hasEnded, isHeld, next, type StateTag, type TaskInput, type TaskState } from "../task/TaskState.ts"
import * as FactTable from "./FactTable.ts"
import * as PartTable from "./PartTable.ts"
import * as PathKey from "./PathKey.ts"
import { ambiguous, lost, noTask, notNow, onlyCancelled } from "./TaskError.ts"
import { type TaskRow, toTask } from "./TaskRow.ts"
import type { Batch, Cause, Claim, Heard, Outcome, Part, TaskQuery } from "./TaskStore.ts"
import { insert, now, rows, run, type Work } from "./Work.ts"

const placeholders = (values: ReadonlyArray<unknown>): string => values.map(() => "?").join(", ")

/** At the moment `?1`: queued and due, or held by somebody whose lease has run out; in the order in which they go. */
const claimable = `((tag = 'Queued' and coalesce(not_before, 0) <= ?1) or (tag in ('Running', 'Waiting') and lease < ?1))
  order by priority desc, id`

/** Before every task of `claimable`. */
const first: Pick<Task, "priority" | "id"> = { priority: Number.MAX_SAFE_INTEGER, id: "" }

/** How many facts that did not simply go well are looked through for one path. */
const mostWhy = 1000

/** The number of one more change. */
export const bump = function* (): Work<number> {
  const sql = "update counter set value = value + 1 where name = 'change' returning value"
  return (yield* rows<{ value: number }>(sql))[0]!.value
}

const look = function* (id: string): Work<Task | undefined> {
  const [row] = yield* rows<TaskRow>("select * from task where id = ?", id)
  return row === undefined ? undefined : toTask(row)
}

const find = function* (id: string): Work<Task> {
  const found = yield* look(id)
  if (found === undefined) throw noTask(id)
  return found
}

/** By an id that may be cut short. */
export const load = function* (id: string): Work<Task> {
  const spelled = id.toLowerCase()
  const sql = "select * from task where id >= ?1 and id < ?1 || '~' and (parent is null or id = ?1) order by id limit 2"
  const [found, other] = yield* rows<TaskRow>(sql, spelled)
  if (spelled === "" || found === undefined) throw noTask(id)
  if (other !== undefined) throw ambiguous(id)
  return toTask(found)
}

const append = function* ({ id, seq, take }: Task, batch: Batch): Work<number> {
  for (const path of batch.mended) yield* run("delete from outcome where task = ? and path = ?", id, PathKey.of(path))
  const newest = new Map(batch.outcomes.map((outcome) => [PathKey.of(outcome.path), outcome]))
  yield* insert(
    "outcome",
    [...newest].map(([path, { code, kind, message, remedy }]) => [id, path, kind, code, message, remedy, take]),
    `on conflict (task, path) do update set kind = excluded.kind, code = excluded.code, message = excluded.message,
       remedy = excluded.remedy, take = excluded.take`
  )
  for (const part of batch.parts ?? []) {
    if (part.isOver) yield* PartTable.remove("id = ?1 and parent = ?2", part.id, id)
    else yield* run("update task set told = ? where id = ? and parent = ?", part.told, part.id, id)
  }
  return yield* FactTable.append(id, seq, batch.facts)
}

export const wholeOf = function* (id: string): Work<string | undefined> {
  const [row] = yield* rows<{ parent: string | null }>("select parent from task where id = ?", id)
  return row?.parent ?? undefined
}

export const parts = function* (id: string): Work<ReadonlyArray<Part>> {
  const found = yield* rows<TaskRow>("select * from task where parent = ? order by id", id)
  return found.map((row) => ({ task: toTask(row), told: row.told }))
}

export const create = function* (task: NewTask): Work<Task> {
  const at = yield* now()
  const [same] = yield* rows<TaskRow>("select * from task where key = ?", task.key ?? null)
  if (same !== undefined) return toTask(same)
  const id = TaskId.make(at)
  const state: TaskState = { _tag: "Queued", notBefore: task.notBefore ?? null }
  yield* run(
    `insert into task(id, kind, request, origin, is_of_service, by, schedule, key, machine, parent, is_record, hooks, priority, tag, state, not_before, totals, created, started, change)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Queued', ?, ?, ?, ?, ?, ?)`,
    id,
    task.kind,
    JSON.stringify(task.request),
    task.origin,
    task.isOfService === true ? 1 : 0,
    task.by ?? null,
    task.schedule ?? null,
    task.key ?? null,
    task.machine ?? current().host,
    task.parent ?? null,
    task.isRecord === true ? 1 : 0,
    task.hooks === undefined ? null : JSON.stringify(task.hooks),
    task.priority ?? 0,
    JSON.stringify(state),
    task.notBefore ?? null,
    JSON.stringify(noTotals),
    Math.min(at, task.startedAt ?? at),
    task.startedAt ?? null,
    yield* bump()
  )
  if (task.starter !== undefined) yield* hold(starterOf(id), task.starter.owner, task.starter.leaseMillis)
  return yield* find(id)
}

export const list = function* ({
  before,
  kinds,
  limit,
  schedule,
  states,
  withParts
}: TaskQuery): Work<ReadonlyArray<Task>> {
  const conditions = [
    withParts === true ? undefined : "parent is null",
    before === undefined ? undefined : "id < ?",
    schedule === undefined ? undefined : "schedule = ?",
    states === undefined ? undefined : `tag in (${placeholders(states)})`,
    kinds === undefined ? undefined : `kind in (${placeholders(kinds)})`
  ].filter((condition) => condition !== undefined)
  const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`
  const values = [...[before, schedule].filter((value) => value !== undefined), ...(states ?? []), ...(kinds ?? [])]
  return (yield* rows<TaskRow>(`select * from task ${where} order by id desc limit ?`, ...values, limit)).map(toTask)
}

export const due = function* (
  limit: number,
  after = first,
  ids: ReadonlyArray<string> = []
): Work<ReadonlyArray<Task>> {
  const among = ids.length === 0 ? "" : `and id in (${ids.map((_, index) => `?${index + 5}`).join(", ")})`
  const sql = `select * from task
    where is_record = 0 ${among} and (priority < ?2 or (priority = ?2 and id > ?3)) and ${claimable} limit ?4`
  return (yield* rows<TaskRow>(sql, yield* now(), after.priority, after.id, limit, ...ids)).map(toTask)
}

export const count = function* (states: ReadonlyArray<StateTag>): Work<ReadonlyMap<StateTag, number>> {
  const sql = `select tag, count(*) as tasks from task where parent is null and tag in (${placeholders(states)}) group by tag`
  const found = yield* rows<{ tag: StateTag; tasks: number }>(sql, ...states)
  return new Map(found.map(({ tag, tasks }) => [tag, tasks]))
}

/** Nobody, where the lease ran out or the process has ended. */
export const holder = function* (role: string): Work<ProcessIdentity | undefined> {
  const [held] = yield* rows<{ owner: string; lease: number }>("select owner, lease from role where name = ?", role)
  if (held === undefined || held.lease <= (yield* now())) return undefined
  const owner: ProcessIdentity = JSON.parse(held.owner)
  return isGone(owner) ? undefined : owner
}

export const holders = function* (begin: string): Work<ReadonlyArray<ProcessIdentity>> {
  const sql = "select owner from role where name >= ?1 and name < ?1 || '~' and lease > ?2 order by name"
  const held = yield* rows<{ owner: string }>(sql, begin, yield* now())
  return held.map(({ owner }): ProcessIdentity => JSON.parse(owner)).filter((owner) => !isGone(owner))
}

export const hold = function* (role: string, owner: ProcessIdentity, leaseMillis: number): Work<boolean> {
  const [held, own] = [yield* holder(role), JSON.stringify(owner)]
  if (held !== undefined && JSON.stringify(held) !== own) return false
  yield* run(
    `insert into role values (?, ?, ?) on conflict (name) do update set owner = excluded.owner, lease = excluded.lease`,
    role,
    own,
    (yield* now()) + leaseMillis
  )
  return true
}

export const claim = function* (owner: ProcessIdentity, leaseMillis: number, id?: string): Work<Claim | undefined> {
  const at = yield* now()
  const [found] = yield* rows<TaskRow>(
    `select * from task where ${id === undefined ? "is_record = 0 and ?2 = ''" : "id = ?2"} and ${claimable} limit 1`,
    at,
    id ?? ""
  )
  if (found === undefined) return undefined
  const take = found.take + 1
  const state: TaskState = { _tag: "Running", take }
  yield* run(
    `update task set tag = 'Running', state = ?, take = ?, owner = ?, lease = ?, started = coalesce(started, ?),
       ended = null, change = ? where id = ?`,
    JSON.stringify(state),
    take,
    JSON.stringify(owner),
    at + leaseMillis,
    at,
    yield* bump(),
    found.id
  )
  yield* run("delete from role where name = ? and owner = ?", starterOf(found.id), JSON.stringify(owner))
  return { task: yield* find(found.id), take }
}

export const commit = function* (
  { take, task: { id } }: Claim,
  batch: Batch,
  leaseMillis: number,
  input?: Extract<TaskInput, { readonly _tag: "Blocked" | "Unblocked" }>
): Work<Heard> {
  const task = yield* look(id)
  // A part is gone when the whole has ended.
  if (task === undefined || task.take !== take || !isHeld(task.state)) throw lost(id)
  const moved = input === undefined ? task.state : next(task.state, input)
  const state = moved._tag === "Refused" ? task.state : moved
  const seq = yield* append(task, batch)
  const progress = batch.progress === undefined ? task.progress : batch.progress
  yield* run(
    "update task set tag = ?, state = ?, seq = ?, totals = ?, progress = ?, lease = ?, deferrals = ?, change = ? where id = ?",
    state._tag,
    JSON.stringify(state),
    seq,
    JSON.stringify(batch.totals),
    progress === null ? null : JSON.stringify(progress),
    (yield* now()) + leaseMillis,
    batch.facts.some(({ fact }) => fact._tag === "Done") ? 0 : task.deferrals,
    yield* bump(),
    id
  )
  return { wish: task.wish, limits: task.limits }
}

const move = function* (
  task: Task,
  to: TaskState,
  seq: number,
  batch: Batch | undefined,
  summary: Task["summary"]
): Work<Task> {
  const at = yield* now()
  const wasHeld = isHeld(task.state) && !isHeld(to)
  const deferrals =
    to._tag === "Queued" && to.notBefore !== null ? task.deferrals + 1 : hasEnded(to) ? 0 : task.deferrals
  const kept = summary ?? task.summary
  if (hasEnded(to) || to._tag === "Paused") yield* PartTable.remove("parent = ?1", task.id)
  yield* run(
    `update task set tag = ?, state = ?, not_before = ?, seq = ?, totals = ?, summary = ?, deferrals = ?,
       progress = null, owner = ?, lease = ?, wish = ?, ended = ?, change = ? where id = ?`,
    to._tag,
    JSON.stringify(to),
    to._tag === "Queued" ? to.notBefore : null,
    seq,
    JSON.stringify(batch?.totals ?? task.totals),
    kept === null ? null : JSON.stringify(kept),
    deferrals,
    wasHeld || task.owner === null ? null : JSON.stringify(task.owner),
    wasHeld ? null : task.leaseUntil,
    isHeld(to) && task.wish !== null ? JSON.stringify(task.wish) : null,
    hasEnded(to) ? at : null,
    yield* bump(),
    task.id
  )
  return yield* find(task.id)
}

export const settle = function* (
  id: string,
  input: TaskInput,
  batch?: Batch,
  summary: Task["summary"] = null
): Work<Task> {
  const task = yield* look(id)
  if (task === undefined) throw "take" in input ? lost(id) : noTask(id)
  const to = next(task.state, input)
  if (to._tag === "Refused") {
    const isLost = to.because === "StaleTake" || ("take" in input && !isHeld(task.state))
    throw isLost ? lost(id) : notNow(id, task.state._tag, input._tag)
  }
  const seq = batch === undefined ? task.seq : yield* append(task, batch)
  if (input._tag === "Finished") yield* run("delete from outcome where task = ? and take < ?", id, task.take)
  return yield* move(task, to, seq, batch, summary)
}

export const wish = function* (
  id: string,
  wanted: Wish | Extract<TaskInput, { readonly _tag: "Resume" | "Again" }>
): Work<Task> {
  const task = yield* find(id)
  const to = next(task.state, wanted)
  // What ends with the process of a command can be ended, and nothing else.
  if (to._tag === "Refused") throw notNow(id, task.state._tag, wanted._tag)
  if (task.isRecord && wanted._tag !== "Cancel") throw onlyCancelled(id, task.state._tag, wanted._tag)
  if (!isHeld(task.state)) return yield* move(task, to, task.seq, undefined, null)
  yield* run("update task set wish = ?, change = ? where id = ?", JSON.stringify(wanted), yield* bump(), id)
  return yield* find(id)
}

export const share = function* (account: string, owner: ProcessIdentity, leaseMillis: number): Work<number> {
  const [at, own] = [yield* now(), JSON.stringify(owner)]
  yield* run(
    `insert into account_use values (?, ?, ?) on conflict (account, owner) do update set lease = excluded.lease`,
    account,
    own,
    at + leaseMillis
  )
  const users = yield* rows<{ owner: string; lease: number }>(
    "select owner, lease from account_use where account = ?",
    account
  )
  const gone = users.filter((user) => user.owner !== own && (user.lease < at || isGone(JSON.parse(user.owner))))
  for (const user of gone) {
    yield* run("delete from account_use where account = ? and owner = ?", account, user.owner)
  }
  return users.length - gone.length
}

export const unshare = function* (account: string, owner: ProcessIdentity): Work<void> {
  yield* run("delete from account_use where account = ? and owner = ?", account, JSON.stringify(owner))
}

export const limit = function* (id: string, limits: TaskLimits | null): Work<Task> {
  const { isRecord, state } = yield* find(id)
  if (isRecord) throw onlyCancelled(id, state._tag, "Limit")
  const text = limits === null ? null : JSON.stringify(limits)
  yield* run("update task set limits = ?, change = ? where id = ?", text, yield* bump(), id)
  return yield* find(id)
}

export const prioritize = function* (id: string, priority: number): Work<Task> {
  const { isRecord, state } = yield* find(id)
  if (hasEnded(state)) throw notNow(id, state._tag, "Prioritize")
  if (isRecord) throw onlyCancelled(id, state._tag, "Prioritize")
  yield* run("update task set priority = ?, change = ? where id = ?", priority, yield* bump(), id)
  return yield* find(id)
}

export const outcomes = function* (
  id: string,
  kind: Outcome["kind"],
  after: string,
  limit: number,
  code?: string
): Work<ReadonlyArray<Outcome>> {
  return yield* rows<Outcome>(
    `select path, kind, code, message, remedy from outcome
       where task = ? and kind = ? and path > ? and code = coalesce(?, code) order by path limit ?`,
    id,
    kind,
    after,
    code ?? null,
    limit
  )
}

export const failedAmong = function* (id: string, paths: ReadonlyArray<string>): Work<ReadonlyArray<string>> {
  const keys = new Map(paths.map((path) => [PathKey.of(path), path]))
  const found = yield* rows<{ path: string }>(
    `select path from outcome where task = ? and kind = 'failed' and path in (${placeholders([...keys])})`,
    id,
    ...keys.keys()
  )
  return found.map(({ path }) => keys.get(path)!)
}

export const causes = function* (id: string): Work<ReadonlyArray<Cause>> {
  return yield* rows<Cause>(
    `select outcome.kind, outcome.code, files, outcome.path, message, remedy
       from (select kind, code, count(*) as files, min(path) as path from outcome where task = ?1 group by kind, code) as found
       join outcome on outcome.task = ?1 and outcome.path = found.path
       order by outcome.kind, files desc`,
    id
  )
}

export const position = function* (): Work<number> {
  return (yield* rows<{ value: number }>("select value from counter where name = 'change'"))[0]!.value
}

/** From the newest on. */
export const why = function* (path: string, limit: number) {
  const told: Array<{ readonly task: Task; readonly fact: { readonly at: number; readonly fact: Fact } }> = []
  for (const { at, fact, task } of yield* FactTable.ofItem(path, Math.min(limit, mostWhy))) {
    told.push({ task: yield* find(task), fact: { at, fact } })
  }
  return told
}

export const changes = function* (after: number, limit: number) {
  const found = yield* rows<TaskRow>(
    "select * from task where parent is null and change > ? order by change limit ?",
    after,
    limit
  )
  return { tasks: found.map(toTask), numbers: found.map(({ change }) => change), last: found.at(-1)?.change ?? after }
}
