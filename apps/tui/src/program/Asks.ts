/** What screens ask for, done by the link; what comes of it goes back to the screen that asked. */
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Answer, Ask } from "../command/Ask.ts"
import type { World } from "../command/World.ts"
import { type Link, LinkFailed, type Needs } from "../link/Link.ts"
import * as StateWords from "../words/StateWords.ts"
import * as UnderWay from "./UnderWay.ts"

export interface Surroundings {
  readonly copy: (text: string) => void
  readonly suspend: () => void
  readonly keep: (name: string, value: Schema.Json) => void
  readonly quit: (code: number) => void
  /** A mistake in a screen; the program is over. */
  readonly crash: (error: unknown) => void
}

export interface AsksOptions {
  readonly link: Link
  readonly around: Surroundings
  /** Those that were typed, by their names. */
  readonly secrets: Map<string, Redacted.Redacted<string>>
  readonly now: () => number
  readonly world: () => World
  readonly answer: (id: number, answer: Answer) => void
  /** What wanted the secret is asked again once it is given. */
  readonly askForSecret: (secret: string, ask: Ask, because: string) => void
  /** By the screen with that id. */
  readonly started: (task: Task, isShown: boolean, by: number) => void
  readonly takeTasks: (tasks: ReadonlyArray<Task>) => void
  /** Storages, repositories or schedules are others now. */
  readonly lookAtStorage: () => void
  readonly keep: (name: string, value: Schema.Json) => void
  /** Hears of every change of the world, until it is called off. */
  readonly onChange: (listener: () => void) => () => void
}

type Of<Tag> = Extract<Ask, { readonly _tag: Tag }>
type Doing = Effect.Effect<unknown, LinkFailed>

const rowsMillis = 80
const mostRows = 100_000

const nothing: Needs = { wanted: [], missing: [] }

export const make = ({
  answer,
  around,
  askForSecret,
  keep,
  link,
  lookAtStorage,
  now,
  onChange,
  secrets,
  started,
  takeTasks,
  world
}: AsksOptions): ((ask: Ask, id: number) => Doing) => {
  /** In pieces, so that a long list is drawn while it comes. */
  const rows = (ask: Of<"Rows">, id: number) =>
    Effect.suspend(() => {
      const most = ask.most ?? mostRows
      let held: Array<unknown> = []
      let count = 0
      let handedAt = 0
      const hand = (): void => {
        if (held.length > 0) answer(id, { _tag: "Rows", tag: ask.tag, rows: held })
        held = []
        handedAt = now()
      }
      return link.rows(ask.type, ask.request, secrets).pipe(
        Stream.takeWhile(() => count <= most),
        Stream.runForEach((some) =>
          Effect.sync(() => {
            held.push(...some.slice(0, Math.max(0, most - count)))
            count += some.length
            if (now() - handedAt >= rowsMillis) hand()
          })
        ),
        Effect.andThen(
          Effect.sync(() => {
            hand()
            answer(id, { _tag: "End", tag: ask.tag, isCut: count > most })
          })
        )
      )
    })

  const preview = (ask: Of<"Preview">, id: number) =>
    Stream.runForEach(link.preview(ask.kind, ask.request, secrets), (events) =>
      Effect.sync(() => answer(id, { _tag: "Events", tag: ask.tag, events }))
    ).pipe(Effect.andThen(Effect.sync(() => answer(id, { _tag: "End", tag: ask.tag, isCut: false }))))

  /** What a run needs; undefined where somebody has to be asked for it first. */
  const given = (ask: Ask, { missing: [first], wanted }: Needs) => {
    if (first === undefined) return new Map([...secrets].filter(([name]) => wanted.includes(name)))
    askForSecret(first, ask, "The task needs it.")
    return undefined
  }

  const underWay = UnderWay.make({ link, onChange, find: (id) => world().tasks.find((one) => one.id === id) })

  const start = Effect.fnUntraced(function* (ask: Of<"Start">, id: number) {
    const { isShown, isTried, kind, request, tag } = ask
    const known = given(ask, yield* link.needs(kind, request, secrets))
    // Nobody waits any more, until the secret is there.
    if (known === undefined) return answer(id, { _tag: "Said", tag, says: "" })
    const begun = yield* link.start(kind, request, known)
    const task = isTried === true ? yield* underWay(begun) : begun
    started(task, isShown, id)
    answer(id, { _tag: "Started", tag, task })
  })

  /** What is to be said in the form is not asked for beside it. */
  const ofForm = (error: LinkFailed): LinkFailed => {
    const { remedy: _, ...failure } = error.failure
    return failure.code === "SecretRefused" ? new LinkFailed({ failure: { ...failure, item: "password" } }) : error
  }

  /** Who only types a secret is not there when it begins by itself. */
  const ofSchedule = (error: LinkFailed): LinkFailed => {
    const { remedy: _, ...failure } = error.failure
    if (failure.code !== "SecretRefused") return error
    const message = `${failure.message}; say in the configuration where it is kept, such as password = "file:PATH"`
    return new LinkFailed({ failure: { ...failure, message } })
  }

  const addRepository = Effect.fnUntraced(function* (ask: Of<"AddRepository">, id: number) {
    const { isNew, location, name, tag } = ask
    const repository = name === "" ? location : name
    const password = secrets.get(`repository:${repository}`)
    if (name !== "") yield* link.addRepository(name, location, password)
    const request = { repository }
    const looked = isNew
      ? start({ _tag: "Start", tag, kind: "init", request, isShown: true, isTried: true }, id)
      : Effect.andThen(
          Stream.runDrain(link.rows("info", request, secrets)),
          Effect.sync(() => answer(id, { _tag: "Said", tag, says: "" }))
        )
    yield* name === "" ? looked : Effect.onError(looked, () => Effect.ignore(link.removeRepository(name)))
  })

  /** Begins a run, where it is to go on; what its kind does not know any more is up to whoever runs it. */
  const wish = Effect.fnUntraced(function* (ask: Of<"Wish">) {
    const task = world().tasks.find(({ id }) => id === ask.id)
    const begins = ask.wish === "Resume" || ask.wish === "Again"
    const needs: Needs =
      begins && task !== undefined
        ? yield* Effect.orElseSucceed(link.needs(task.kind, task.request, secrets), () => nothing)
        : nothing
    const known = given(ask, needs)
    if (known !== undefined) takeTasks([yield* link.wish(ask.id, ask.wish, known)])
  })

  const said = (id: number, tag: string, says: Effect.Effect<string, LinkFailed>) =>
    Effect.map(says, (text) => answer(id, { _tag: "Said", tag, says: text }))

  /** Looked at anew afterwards, whatever becomes of who asked. */
  const changing = (work: Effect.Effect<unknown, LinkFailed>) => Effect.ensuring(work, Effect.sync(lookAtStorage))

  /** Says how far it is at each tenth, and how it ended. */
  const wait = (ask: Of<"Wait">, id: number) =>
    Effect.callback<void, LinkFailed>((resume) => {
      let told = 0
      let stop = (): void => {}
      const look = (): void => {
        const task = world().tasks.find((one) => one.id === ask.id)
        if (task === undefined) return void resume(Effect.void)
        const share = StateWords.percent(task) ?? 0
        const stands = () =>
          [StateWords.standing(task.state).word, StateWords.inShort(task, world().now)]
            .filter((text) => text !== "–")
            .join(", ")
        if (hasEnded(task.state) || task.state._tag === "Paused") {
          stop()
          answer(id, { _tag: "Said", tag: ask.tag, says: stands() })
          return void resume(Effect.void)
        }
        if (share < told + 10) return
        told = share - (share % 10)
        answer(id, { _tag: "Said", tag: ask.tag, says: stands() })
      }
      stop = onChange(look)
      look()
      return Effect.sync(stop)
    })

  return (ask, id) => {
    switch (ask._tag) {
      case "Rows":
        return rows(ask, id)
      case "Preview":
        return preview(ask, id)
      case "Start":
        return start(ask, id)
      case "Wish":
        return wish(ask)
      case "Details":
        return Effect.map(link.details(ask.id, ask.after), (details) =>
          answer(id, { _tag: "Details", tag: ask.tag, ...details })
        )
      case "Outcomes":
        return Effect.map(link.outcomes(ask.id, ask.code), (outcomes) =>
          answer(id, { _tag: "Outcomes", tag: ask.tag, outcomes })
        )
      case "Wait":
        return wait(ask, id)
      case "Types":
        return Effect.map(link.types, (types) => answer(id, { _tag: "Types", tag: ask.tag, types }))
      case "AddStorage":
        return changing(said(id, ask.tag, link.addStorage(ask.name, ask.type, ask.options)))
      case "TestStorage":
        return said(id, ask.tag, link.testStorage(ask.name))
      case "LookAgain":
        return Effect.sync(lookAtStorage)
      case "RemoveStorage":
        return changing(said(id, ask.tag, Effect.as(link.removeStorage(ask.name), `Removed ${ask.name}`)))
      case "AddRepository":
        return changing(ask.name === "" ? addRepository(ask, id) : Effect.mapError(addRepository(ask, id), ofForm))
      case "AddSchedule":
        return changing(
          said(
            id,
            ask.tag,
            Effect.as(Effect.mapError(link.addSchedule(ask.plan), ofSchedule), `Saved ${ask.plan.name}`)
          )
        )
      case "ChangeSchedule":
        return changing(link.changeSchedule(ask.id, { isOn: ask.isOn }))
      case "RunSchedule":
        return Effect.map(link.runSchedule(ask.id), (task) => started(task, true, id))
      case "RemoveSchedule":
        return changing(link.removeSchedule(ask.id))
      case "Secret":
        return Effect.sync(() => void secrets.set(ask.name, Redacted.make(ask.value)))
      case "Copy":
        return Effect.sync(() => around.copy(ask.text))
      case "Keep":
        return Effect.sync(() => keep(ask.name, ask.value))
      case "Suspend":
        return Effect.sync(around.suspend)
      case "Quit":
        return Effect.sync(() => around.quit(ask.code))
    }
  }
}
