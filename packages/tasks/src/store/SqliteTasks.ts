/** The tables of tasks on SQLite, as plain calls that block for a commit; `SqliteStore` says on which thread. */
import { type Envelope, version } from "@ourclone/core/events/Envelope"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { hasEnded as isGone, type ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import { type NewTask, noTotals, type Task, type TaskLimits, type Wish } from "../task/Task.ts"
import * as TaskId from "../task/TaskId.ts"
import { hasEnded, isHeld, next, type TaskInput, type TaskState } from "../task/TaskState.ts"
import { ambiguous, type Database, noTask, notNow } from "./SqliteDatabase.ts"
import { lost } from "./TaskError.ts"
import { type TaskRow, toTask } from "./TaskRow.ts"
import type { Batch, Cause, Claim, Heard, Outcome, TaskQuery } from "./TaskStore.ts"

const itemOf = (fact: Fact): string | null =>
  "item" in fact ? fact.item : fact._tag === "Failed" ? (fact.failure.item ?? null) : null

const placeholders = (values: ReadonlyArray<unknown>): string => values.map(() => "?").join(", ")

/** At the moment `?1`: queued and due, or held by somebody whose lease has run out; in the order in which they go. */
const claimable = `((tag = 'Queued' and coalesce(not_before, 0) <= ?1) or (tag in ('Running', 'Waiting') and lease < ?1))
  order by priority desc, id`

/** How many facts that did not simply go well are looked through for one path. */
const mostWhy = 1000

export const make = (database: Database, clock: () => number) => {
  const bump = (): number =>
    database.rows<{ value: number }>("update counter set value = value + 1 where name = 'change' returning value")[0]!
      .value

  const find = (id: string): Task => {
    const [row] = database.rows<TaskRow>("select * from task where id = ?", id)
    if (row === undefined) throw noTask(id)
    return toTask(row)
  }

  /** By an id that may be cut short. */
  const load = (id: string): Task => {
    const spelled = id.toLowerCase()
    const rows = database.rows<TaskRow>(
      "select * from task where id >= ?1 and id < ?1 || '~' order by id limit 2",
      spelled
    )
    if (spelled === "" || rows[0] === undefined) throw noTask(id)
    if (rows.length > 1) throw ambiguous(id)
    return toTask(rows[0])
  }

  const append = (id: string, seq: number, batch: Batch): number => {
    let number = seq
    for (const { at, fact } of batch.facts) {
      number++
      database.run(
        "insert into event values (?, ?, ?, ?, ?, ?)",
        id,
        number,
        at,
        fact._tag,
        itemOf(fact),
        JSON.stringify(fact)
      )
    }
    for (const path of batch.mended) database.run("delete from outcome where task = ? and path = ?", id, path)
    for (const { code, kind, message, path, remedy } of batch.outcomes) {
      database.run("insert or replace into outcome values (?, ?, ?, ?, ?, ?)", id, path, kind, code, message, remedy)
    }
    return number
  }

  const create = (task: NewTask): Task =>
    database.transaction(() => {
      const now = clock()
      const [same] = database.rows<TaskRow>("select * from task where key = ?", task.key ?? null)
      if (same !== undefined) return toTask(same)
      const id = TaskId.make(now)
      const state: TaskState = { _tag: "Queued", notBefore: task.notBefore ?? null }
      database.run(
        `insert into task(id, kind, request, origin, by, schedule, key, is_record, hooks, priority, tag, state, not_before, totals, created, change)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Queued', ?, ?, ?, ?, ?)`,
        id,
        task.kind,
        JSON.stringify(task.request),
        task.origin,
        task.by ?? null,
        task.schedule ?? null,
        task.key ?? null,
        task.isRecord === true ? 1 : 0,
        task.hooks === undefined ? null : JSON.stringify(task.hooks),
        task.priority ?? 0,
        JSON.stringify(state),
        task.notBefore ?? null,
        JSON.stringify(noTotals),
        now,
        bump()
      )
      return find(id)
    })

  const list = ({ before, kinds, limit, schedule, states }: TaskQuery): ReadonlyArray<Task> => {
    const conditions = [
      before === undefined ? undefined : "id < ?",
      schedule === undefined ? undefined : "schedule = ?",
      states === undefined ? undefined : `tag in (${placeholders(states)})`,
      kinds === undefined ? undefined : `kind in (${placeholders(kinds)})`
    ].filter((condition) => condition !== undefined)
    const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`
    const values = [...[before, schedule].filter((value) => value !== undefined), ...(states ?? []), ...(kinds ?? [])]
    return database.rows<TaskRow>(`select * from task ${where} order by id desc limit ?`, ...values, limit).map(toTask)
  }

  const due = (limit: number): ReadonlyArray<Task> =>
    database
      .rows<TaskRow>(`select * from task where is_record = 0 and ${claimable} limit ?2`, clock(), limit)
      .map(toTask)

  /** Nobody, where the lease ran out or the process has ended. */
  const holder = (role: string): ProcessIdentity | undefined => {
    const [held] = database.rows<{ owner: string; lease: number }>("select owner, lease from role where name = ?", role)
    if (held === undefined || held.lease < clock()) return undefined
    const owner: ProcessIdentity = JSON.parse(held.owner)
    return isGone(owner) ? undefined : owner
  }

  const hold = (role: string, owner: ProcessIdentity, leaseMillis: number): boolean =>
    database.transaction(() => {
      const now = clock()
      const [held, own] = [holder(role), JSON.stringify(owner)]
      const isFree = held === undefined || JSON.stringify(held) === own
      if (isFree) database.run("insert or replace into role values (?, ?, ?)", role, own, now + leaseMillis)
      return isFree
    })

  const claim = (owner: ProcessIdentity, leaseMillis: number, id?: string): Claim | undefined =>
    database.transaction(() => {
      const now = clock()
      const [found] = database.rows<TaskRow>(
        `select * from task where ${id === undefined ? "is_record = 0 and ?2 = ''" : "id = ?2"} and ${claimable} limit 1`,
        now,
        id ?? ""
      )
      if (found === undefined) return undefined
      const take = found.take + 1
      const state: TaskState = { _tag: "Running", take }
      database.run(
        `update task set tag = 'Running', state = ?, take = ?, owner = ?, lease = ?, started = coalesce(started, ?),
           ended = null, change = ? where id = ?`,
        JSON.stringify(state),
        take,
        JSON.stringify(owner),
        now + leaseMillis,
        now,
        bump(),
        found.id
      )
      return { task: find(found.id), take }
    })

  const commit = (
    { take, task: { id } }: Claim,
    batch: Batch,
    leaseMillis: number,
    input?: Extract<TaskInput, { readonly _tag: "Blocked" | "Unblocked" }>
  ): Heard =>
    database.transaction(() => {
      const task = find(id)
      if (task.take !== take || !isHeld(task.state)) throw lost(id)
      const moved = input === undefined ? task.state : next(task.state, input)
      const state = moved._tag === "Refused" ? task.state : moved
      const seq = append(id, task.seq, batch)
      const progress = batch.progress === undefined ? task.progress : batch.progress
      database.run(
        "update task set tag = ?, state = ?, seq = ?, totals = ?, progress = ?, lease = ?, deferrals = ?, change = ? where id = ?",
        state._tag,
        JSON.stringify(state),
        seq,
        JSON.stringify(batch.totals),
        progress === null ? null : JSON.stringify(progress),
        clock() + leaseMillis,
        batch.facts.some(({ fact }) => fact._tag === "Done") ? 0 : task.deferrals,
        bump(),
        id
      )
      return { wish: task.wish, limits: task.limits }
    })

  const move = (task: Task, to: TaskState, seq: number, batch: Batch | undefined, summary: Task["summary"]): Task => {
    const now = clock()
    const wasHeld = isHeld(task.state) && !isHeld(to)
    const deferrals =
      to._tag === "Queued" && to.notBefore !== null ? task.deferrals + 1 : hasEnded(to) ? 0 : task.deferrals
    database.run(
      `update task set tag = ?, state = ?, not_before = ?, seq = ?, totals = ?, summary = ?, deferrals = ?,
         progress = null, owner = ?, lease = ?, wish = ?, ended = ?, change = ? where id = ?`,
      to._tag,
      JSON.stringify(to),
      to._tag === "Queued" ? to.notBefore : null,
      seq,
      JSON.stringify(batch?.totals ?? task.totals),
      summary === null || summary === undefined
        ? task.summary === null
          ? null
          : JSON.stringify(task.summary)
        : JSON.stringify(summary),
      deferrals,
      wasHeld || task.owner === null ? null : JSON.stringify(task.owner),
      wasHeld ? null : task.leaseUntil,
      isHeld(to) && task.wish !== null ? JSON.stringify(task.wish) : null,
      hasEnded(to) ? now : null,
      bump(),
      task.id
    )
    return find(task.id)
  }

  const settle = (id: string, input: TaskInput, batch?: Batch, summary: Task["summary"] = null): Task =>
    database.transaction(() => {
      const task = find(id)
      const to = next(task.state, input)
      if (to._tag === "Refused") {
        const isLost = to.because === "StaleTake" || ("take" in input && !isHeld(task.state))
        throw isLost ? lost(id) : notNow(id, task.state._tag, input._tag)
      }
      const seq = batch === undefined ? task.seq : append(id, task.seq, batch)
      return move(task, to, seq, batch, summary)
    })

  const wish = (id: string, wanted: Wish | Extract<TaskInput, { readonly _tag: "Resume" | "Again" }>): Task =>
    database.transaction(() => {
      const task = find(id)
      const to = next(task.state, wanted)
      // What ends with the process of a command can be ended, and nothing else.
      if (to._tag === "Refused" || (task.isRecord && wanted._tag !== "Cancel"))
        throw notNow(id, task.state._tag, wanted._tag)
      if (!isHeld(task.state)) return move(task, to, task.seq, undefined, null)
      database.run("update task set wish = ?, change = ? where id = ?", JSON.stringify(wanted), bump(), id)
      return find(id)
    })

  const share = (account: string, owner: ProcessIdentity, leaseMillis: number): number =>
    database.transaction(() => {
      const [now, own] = [clock(), JSON.stringify(owner)]
      database.run("insert or replace into account_use values (?, ?, ?)", account, own, now + leaseMillis)
      const users = database.rows<{ owner: string; lease: number }>(
        "select owner, lease from account_use where account = ?",
        account
      )
      const gone = users.filter((user) => user.owner !== own && (user.lease < now || isGone(JSON.parse(user.owner))))
      for (const user of gone) {
        database.run("delete from account_use where account = ? and owner = ?", account, user.owner)
      }
      return users.length - gone.length
    })

  const unshare = (account: string, owner: ProcessIdentity): void => {
    database.run("delete from account_use where account = ? and owner = ?", account, JSON.stringify(owner))
  }

  const limit = (id: string, limits: TaskLimits | null): Task =>
    database.transaction(() => {
      find(id)
      const text = limits === null ? null : JSON.stringify(limits)
      database.run("update task set limits = ?, change = ? where id = ?", text, bump(), id)
      return find(id)
    })

  const facts = (id: string, after: number, limit: number): ReadonlyArray<Envelope> =>
    database
      .rows<{ seq: number; at: number; body: string }>(
        "select seq, at, body from event where task = ? and seq > ? order by seq limit ?",
        id,
        after,
        limit
      )
      .map(({ at, body, seq }) => ({ v: version, seq, at, event: JSON.parse(body) }))

  const outcomes = (
    id: string,
    kind: Outcome["kind"],
    after: string,
    limit: number,
    code?: string
  ): ReadonlyArray<Outcome> =>
    database.rows<Outcome>(
      `select path, kind, code, message, remedy from outcome
         where task = ? and kind = ? and path > ? and code = coalesce(?, code) order by path limit ?`,
      id,
      kind,
      after,
      code ?? null,
      limit
    )

  const causes = (id: string): ReadonlyArray<Cause> =>
    database.rows<Cause>(
      `select kind, code, count(*) as files, min(path) as path, message, remedy from outcome
         where task = ? group by kind, code order by kind, files desc`,
      id
    )

  const position = (): number =>
    database.rows<{ value: number }>("select value from counter where name = 'change'")[0]!.value

  const why = (path: string, limit: number) =>
    database
      .rows<{ task: string; at: number; body: string }>(
        "select task, at, body from event where item = ? order by task desc, seq desc limit ?",
        path,
        Math.min(limit, mostWhy)
      )
      .map(({ at, body, task }) => ({ task: find(task), fact: { at, fact: JSON.parse(body) as Fact } }))

  const changes = (after: number, limit: number) => {
    const rows = database.rows<TaskRow>("select * from task where change > ? order by change limit ?", after, limit)
    return { tasks: rows.map(toTask), last: rows.at(-1)?.change ?? after }
  }

  return {
    create,
    load,
    list,
    due,
    hold,
    holder,
    claim,
    limit,
    share,
    unshare,
    commit,
    settle,
    wish,
    facts,
    outcomes,
    causes,
    why,
    changes,
    position
  }
}

export type SqliteTasks = ReturnType<typeof make>
