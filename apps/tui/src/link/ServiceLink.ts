/** A service: its tasks, storages and schedules, through its API. What is typed here as a password of a repository is kept by it. */
import { json, type Service, type ServiceFailed } from "@ourclone/client/Service"
import * as Streamed from "@ourclone/client/Streamed"
import * as Envelope from "@ourclone/core/events/Envelope"
import type { Secrets } from "@ourclone/tasks/runner/StoredSecrets"
import type { Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Wanted } from "../command/Ask.ts"
import * as Differing from "./Differing.ts"
import { failed, type Link, LinkFailed } from "./Link.ts"
import * as Told from "./Told.ts"

const mostTasks = 1_000
const mostFacts = 300
const mostOutcomes = 10_000
const pageOfTasks = 500
const pageOfOutcomes = 2_000

const far = <A>(effect: Effect.Effect<A, ServiceFailed>): Effect.Effect<A, LinkFailed> =>
  Effect.mapError(effect, ({ failure }) => new LinkFailed({ failure }))

const streamed = <A>(stream: Stream.Stream<A, ServiceFailed>): Stream.Stream<A, LinkFailed> =>
  Stream.mapError(stream, ({ failure }) => new LinkFailed({ failure }))

const named = /^[\w.-]+$/

export const make = (service: Service): Link => {
  const at = (path: string) => `/api/v1${path}`
  const of = (name: string) => encodeURIComponent(name)
  const get = (path: string) => Effect.flatMap(service.ask("GET", at(path)), json)
  const send = (method: string, path: string, body?: unknown) => service.ask(method, at(path), { body })
  const sent = (method: string, path: string, body?: unknown) => Effect.flatMap(send(method, path, body), json)
  const done = (method: string, path: string, body?: unknown) =>
    Effect.map(send(method, path, body), (answer) => void answer.resume())

  const everyTask = Effect.gen(function* () {
    const first = yield* Effect.flatMap(get(`/tasks?limit=${pageOfTasks}`), Told.tasks)
    let { isCut } = first
    const tasks: Array<Task> = [...first.tasks]
    while (isCut && tasks.length < mostTasks) {
      const more = yield* Effect.flatMap(
        get(`/tasks?limit=${pageOfTasks}&before=${of(tasks.at(-1)?.id ?? "")}`),
        Told.tasks
      )
      tasks.push(...more.tasks)
      isCut = more.isCut
    }
    return { tasks, position: first.position }
  })

  /** From the list to the stream without a gap; where the service can not go on from there, all of them once more. */
  const tasks: Stream.Stream<ReadonlyArray<Task>, ServiceFailed> = Stream.unwrap(
    Effect.map(everyTask, ({ position, tasks }) =>
      Stream.concat(
        Stream.succeed<ReadonlyArray<Task>>(tasks),
        Streamed.events(service, position).pipe(
          Stream.mapEffect(({ data, event }): Effect.Effect<ReadonlyArray<Task>, ServiceFailed> => {
            if (event === "task") return Effect.map(Told.task(data), (task) => [task])
            return event === "reset" ? Effect.map(everyTask, (all) => all.tasks) : Effect.succeed([])
          }),
          Stream.filter((some) => some.length > 0)
        )
      )
    )
  )

  const details = Effect.fnUntraced(function* (id: string, after: number) {
    const task = yield* Effect.flatMap(get(`/tasks/${of(id)}`), Told.task)
    const from = Math.max(after, task.seq - mostFacts)
    const facts =
      task.seq > from
        ? yield* Effect.flatMap(get(`/tasks/${of(id)}/facts?after=${from}&limit=${mostFacts}`), Told.facts)
        : []
    return { task, facts, causes: yield* Effect.flatMap(get(`/tasks/${of(id)}/causes`), Told.causes) }
  })

  const outcomes = Effect.fnUntraced(function* (id: string, code: string) {
    const found: Array<Effect.Success<ReturnType<typeof Told.outcomes>>["outcomes"][number]> = []
    const which = code === "" ? "kind=skipped" : `kind=failed&code=${of(code)}`
    for (let isCut = true; isCut && found.length < mostOutcomes; ) {
      const after = found.at(-1)?.path
      const query = `${which}&limit=${pageOfOutcomes}${after === undefined ? "" : `&after=${of(after)}`}`
      const more = yield* Effect.flatMap(get(`/tasks/${of(id)}/outcomes?${query}`), Told.outcomes)
      found.push(...more.outcomes)
      isCut = more.isCut && more.outcomes.length > 0
    }
    return found
  })

  const wishes: { readonly [Name in Wanted]: string } = {
    Pause: "pause",
    Resume: "resume",
    Cancel: "cancel",
    Again: "retry"
  }

  const repositories = Effect.flatMap(get("/repositories"), Told.repositories)
  const kept = new Map<string, string>()

  /** Passwords go to the service once each, before what needs them. */
  const keep = Effect.fnUntraced(function* (secrets: Secrets) {
    for (const [name, secret] of secrets) {
      const repository = /^repository:([\w.-]+)$/.exec(name)?.[1]
      const password = Redacted.value(secret)
      if (repository === undefined || kept.get(repository) === password) continue
      if (!(yield* repositories).some((one) => one.name === repository)) continue
      yield* done("PUT", `/repositories/${of(repository)}/password`, { password })
      kept.set(repository, password)
    }
  })

  const rows = (type: string, request: Schema.Json) =>
    Stream.unwrap(Effect.map(send("POST", `/queries/${of(type)}/lines`, { request }), Streamed.values)).pipe(
      Stream.mapArrayEffect((lines) => Effect.map(Told.rows(lines), (found) => [found] as const))
    )

  const preview = (kind: string, request: Schema.Json) =>
    Stream.unwrap(Effect.map(send("POST", "/previews", { kind, request }), Streamed.values)).pipe(
      Stream.mapArray((some) => [Envelope.known(some)] as const)
    )

  const needs = Effect.fnUntraced(function* (request: Schema.Json, given: Secrets) {
    const { repository } = (request ?? {}) as { readonly repository?: unknown }
    if (typeof repository !== "string") return { wanted: [], missing: [] }
    const secret = `repository:${repository}`
    const known = (yield* far(repositories)).find(({ name }) => name === repository)
    if (known === undefined && !named.test(repository)) {
      const message = "at a service a repository needs a name, under which the service keeps its password"
      return yield* failed("InvalidJob", message)
    }
    const isMissing = known?.hasPassword !== true && !given.has(secret)
    return { wanted: [secret], missing: isMissing ? [secret] : [] }
  })

  const test = Effect.fnUntraced(function* (name: string) {
    const { failure, isOk, says } = yield* far(
      Effect.flatMap(sent("POST", `/storage/remotes/${of(name)}/test`), Told.test)
    )
    if (!isOk) return yield* failure === null ? failed("Unavailable", says.join(", ")) : new LinkFailed({ failure })
    const text = says.join(", ")
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
  })

  const storage = far(Effect.all({ remotes: Effect.flatMap(get("/storage/remotes"), Told.remotes), repositories }))
  const schedules = far(Effect.flatMap(get("/schedules"), Told.schedules))

  const remove = (name: string) => far(done("DELETE", `/storage/remotes/${of(name)}`))

  return {
    tasks: streamed(tasks),
    details: (id, after) => far(details(id, after)),
    outcomes: (id, code) => far(outcomes(id, code)),
    wish: (id, wish, secrets) =>
      far(Effect.andThen(keep(secrets), Effect.flatMap(sent("POST", `/tasks/${of(id)}/${wishes[wish]}`), Told.task))),
    needs: (_, request, given) => needs(request, given),
    start: (kind, request, secrets) =>
      far(Effect.andThen(keep(secrets), Effect.flatMap(sent("POST", "/tasks", { kind, request }), Told.task))),
    rows: (type, request, secrets) => streamed(Stream.unwrap(Effect.map(keep(secrets), () => rows(type, request)))),
    preview: (kind, request, secrets) =>
      streamed(Stream.unwrap(Effect.map(keep(secrets), () => preview(kind, request)))),
    storage,
    storageChanges: Differing.changes(Effect.all([storage, schedules])),
    types: far(Effect.flatMap(get("/storage/types"), Told.types)),
    addStorage: Effect.fnUntraced(function* (name, type, options) {
      yield* far(done("POST", "/storage/remotes", { name, type, options }))
      return yield* Effect.onError(test(name), () => Effect.ignore(remove(name)))
    }),
    removeStorage: remove,
    testStorage: test,
    schedules,
    // Programs around its runs are named on the machine itself.
    addSchedule: ({ hooks: _, ...plan }) => far(done("POST", "/schedules", plan)),
    changeSchedule: (id, change) => far(done("PATCH", `/schedules/${of(id)}`, change)),
    runSchedule: (id) => far(Effect.flatMap(sent("POST", `/schedules/${of(id)}/run`), Told.task)),
    removeSchedule: (id) => far(done("DELETE", `/schedules/${of(id)}`)),
    addRepository: (name, location, password) =>
      password === undefined
        ? Effect.fail(failed("InvalidJob", "the service keeps the password of a repository with its name"))
        : Effect.tap(far(done("POST", "/repositories", { name, location, password: Redacted.value(password) })), () =>
            Effect.sync(() => void kept.set(name, Redacted.value(password)))
          ),
    removeRepository: (name) =>
      Effect.tap(far(done("DELETE", `/repositories/${of(name)}`)), () => Effect.sync(() => void kept.delete(name)))
  }
}
