/**
 * The program behind the screens: a stack of them for each tab, what they all see, and what they ask for.
 *
 * Says when it is idle: nothing that was asked for is still to come, but for tasks that run. Tests wait for that.
 */
import type { Failure } from "@ourclone/core/events/Failure"
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Answer, Ask } from "../command/Ask.ts"
import { type BoundCommand, fitting, type Outcome, type Screen, type Tab } from "../command/Screen.ts"
import type { World } from "../command/World.ts"
import type { Link, LinkFailed } from "../link/Link.ts"
import { password } from "../screens/asked/Password.ts"
import { open as openTask } from "../screens/tasks/Task.ts"
import { told } from "../words/Remedies.ts"
import * as StateWords from "../words/StateWords.ts"
import * as TaskTitle from "../words/TaskTitle.ts"
import * as Asks from "./Asks.ts"
import * as Stacks from "./Stacks.ts"
import { foldProgress, merged } from "./TaskList.ts"
import * as Telling from "./Telling.ts"

export interface AppOptions {
  readonly link: Link
  readonly world: World
  readonly tab: Tab
  readonly roots: { readonly [Name in Tab]: (world: World) => Screen }
  readonly commands: (app: View) => ReadonlyArray<BoundCommand>
  readonly around: Asks.Surroundings
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export interface View {
  readonly tab: Tab
  /** The one that is on top last. */
  readonly stack: ReadonlyArray<Screen>
  readonly world: World
  readonly notice: { readonly text: string; readonly isBad: boolean } | undefined
  readonly isBusy: boolean
  /** Those that work on every screen. */
  readonly everywhere: ReadonlyArray<BoundCommand>
}

export interface App {
  readonly view: () => View
  readonly top: () => Screen
  readonly press: (key: string) => void
  readonly run: (command: BoundCommand) => void
  readonly choose: (index: number) => void
  readonly type: (text: string) => void
  /** In the place of what was typed, from who does not type letter by letter. */
  readonly put: (text: string) => void
  readonly onChange: (listener: () => void) => () => void
  /** How often changes were told so far: who listens only now sees what it missed. */
  readonly told: () => number
  readonly whenIdle: () => Promise<void>
}

const noticesKept = 500
const reconnectMillis = 2_000

/** What only looks: asked again by the same screen, the one before is over; so it is when the screen closes. */
const looks = new Set<Ask["_tag"]>(["Rows", "Preview", "Details", "Outcomes", "Types", "TestStorage", "Wait"])

/** What comes of it is drawn with what tasks tell, not at once. */
const isQuiet = ({ _tag }: Ask): boolean => _tag === "Details" || _tag === "Wait"

/** Storages, repositories and schedules are looked up anew for who comes there: they may have been changed elsewhere. */
const ofStorage = new Set<Tab>(["storage", "backup", "schedules"])

interface Doing {
  readonly screen: number
  readonly key: string
  readonly ask: Ask
  fiber?: Fiber.Fiber<unknown>
}

/** Until the scope closes. */
export const make = Effect.fnUntraced(function* ({
  around,
  commands,
  link,
  now = Date.now,
  roots,
  tab: firstTab,
  world: firstWorld
}: AppOptions) {
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const secrets = new Map<string, Redacted.Redacted<string>>()
  const doings = new Set<Doing>()
  let tab = firstTab
  let world = firstWorld
  let notice: View["notice"]

  const stacks = Stacks.make((of) => roots[of](world))
  const stack = (): ReadonlyArray<Screen> => stacks.of(tab)
  const top = (): Screen => stack().at(-1)!

  /** It is the first one that is seen when the screens are opened again. */
  const show = (next: Tab): void => {
    if (next !== tab) around.keep("tab", next)
    tab = next
    world = { ...world, visits: world.visits + 1 }
  }

  const telling = Telling.make({ now, isBusy: () => doings.size > 0 })
  const guarded = (work: () => void, isLater = false): void => {
    try {
      work()
      if (isLater) telling.later()
      else telling.soon()
    } catch (error) {
      around.crash(error)
    }
  }

  const note = (text: string, isBad: boolean): void => {
    world = { ...world, notices: [...world.notices, { at: now(), text, isBad }].slice(-noticesKept) }
  }
  const say = (text: string, isBad = false): void => {
    if (text === "") return
    notice = { text, isBad }
    note(text, isBad)
  }

  const end = (some: (doing: Doing) => boolean): void => {
    for (const doing of doings) if (doing.fiber !== undefined && some(doing)) fork(Fiber.interrupt(doing.fiber))
  }

  const refresh = (): void => {
    const screen = top()
    apply(screen, screen.changed(world))
  }

  /** What a screen came to; it may stand in another tab by now than the one that is seen. */
  const apply = (from: Screen, outcome: Outcome): void => {
    if (outcome.screen !== undefined) stacks.replace(outcome.screen)
    if (outcome.notice !== undefined) say(outcome.notice)
    const own = stacks.find(from.id)?.tab ?? tab
    let addressee = from
    if (outcome.close === true && stacks.of(own).length > 1) {
      end(({ ask, screen }) => screen === from.id && (looks.has(ask._tag) || ask._tag === "AddStorage"))
      stacks.close(from.id)
      addressee = stacks.of(own).at(-1)!
      if (outcome.hand !== undefined) apply(addressee, addressee.hear(outcome.hand, world))
    }
    if (outcome.open !== undefined) {
      stacks.push(own, outcome.open)
      addressee = outcome.open
    }
    if (outcome.go !== undefined) {
      // Its first screen, for who is there already.
      if (outcome.go === tab) stacks.clear(tab)
      show(outcome.go)
      if (ofStorage.has(outcome.go)) lookAtStorage()
    }
    for (const ask of outcome.asks ?? []) perform(ask, addressee.id)
    if (outcome.open !== undefined || outcome.close === true || outcome.go !== undefined) refresh()
  }

  const answer = (id: number, given: Answer): void =>
    guarded(() => {
      const found = stacks.find(id)
      if (found !== undefined) apply(found.screen, found.screen.hear(given, world))
    }, given._tag === "Details")

  const askForSecret = (secret: string, ask: Ask, because: string): void =>
    guarded(() => stacks.push(tab, password(secret, ask, because, world)))

  const failedWith = (failure: Failure, ask: Ask, id: number): void => {
    const secret = failure.code === "SecretRefused" ? failure.remedy?.values?.["secret"] : undefined
    if ("tag" in ask) answer(id, { _tag: "Failed", tag: ask.tag, failure })
    if (secret !== undefined) {
      const wasGiven = secrets.delete(secret)
      askForSecret(secret, ask, wasGiven ? told({ message: failure.message }) : "It is needed to go on.")
      return
    }
    const isSaidThere = "tag" in ask && (ask._tag !== "Start" || ask.isTried === true) && stacks.find(id) !== undefined
    if (!isSaidThere) guarded(() => say(told(failure), true))
  }

  /** In a fiber of its own. */
  const begin = (ask: Ask, id: number, work: Effect.Effect<unknown, LinkFailed>): void => {
    const doing: Doing = { screen: id, key: "tag" in ask ? `${ask._tag} ${ask.tag}` : ask._tag, ask }
    if (looks.has(ask._tag)) end(({ key, screen }) => screen === id && key === doing.key)
    doings.add(doing)
    doing.fiber = fork(
      work.pipe(
        Effect.catch(({ failure }) => Effect.sync(() => failedWith(failure, ask, id))),
        Effect.catchDefect((defect) => Effect.sync(() => around.crash(defect))),
        Effect.ensuring(
          Effect.sync(() => {
            doings.delete(doing)
            if (isQuiet(ask)) telling.later()
            else telling.soon()
          })
        )
      )
    )
    if (!isQuiet(ask)) telling.soon()
  }

  const storage: Effect.Effect<void, LinkFailed> = Effect.suspend(() =>
    Effect.map(Effect.all([link.storage, link.schedules]), ([{ remotes, repositories }, schedules]) =>
      guarded(() => {
        world = { ...world, remotes, repositories, schedules }
        refresh()
      })
    )
  )
  const lookAtStorage = (): void => begin({ _tag: "Types", tag: "storage" }, -1, storage)

  const started = (task: Task, isShown: boolean, by: number): void =>
    guarded(() => {
      world = { ...world, tasks: merged(world.tasks, [task]), now: now() }
      say(`Started: ${TaskTitle.of(task, world.home)}`)
      // Whoever has gone elsewhere meanwhile goes on there, and so do the keys.
      if (!isShown || stacks.find(by)?.tab !== tab) return
      show("tasks")
      stacks.clear(tab)
      stacks.push(tab, openTask(task, world))
      refresh()
    })

  const takeTasks = (tasks: ReadonlyArray<Task>): void =>
    guarded(() => {
      const at = now()
      const wasLost = world.lost !== undefined
      const ended = tasks.filter(
        ({ id, state }) => hasEnded(state) && world.tasks.some((one) => one.id === id && !hasEnded(one.state))
      )
      world = {
        ...world,
        now: at,
        lost: undefined,
        tasks: merged(world.tasks, tasks),
        views: foldProgress(world.views, tasks, at)
      }
      for (const task of ended) {
        const { tone, word } = StateWords.standing(task.state)
        const failures = task.totals.failed > 0 ? `, ${task.totals.failed} failed` : ""
        say(`${TaskTitle.of(task, world.home)}: ${word}${failures}`, tone === "bad")
      }
      if (wasLost) {
        say("Attached again")
        lookAtStorage()
      }
      refresh()
    }, true)

  const lose = (failure: Failure): void =>
    guarded(() => {
      // The line for it shows its age until a key has something to say.
      if (world.lost === undefined) {
        notice = undefined
        note(told(failure), true)
      }
      world = { ...world, now: now(), lost: world.lost ?? { since: now(), failure } }
    })

  /** Goes on by itself when whoever keeps the tasks is there again. */
  const watching = Effect.forever(
    Stream.runForEach(link.tasks, (tasks) => Effect.sync(() => takeTasks(tasks))).pipe(
      Effect.catch(({ failure }) => Effect.sync(() => lose(failure))),
      Effect.andThen(Effect.sleep(reconnectMillis))
    )
  )

  const doing = Asks.make({
    link,
    around,
    secrets,
    now,
    world: () => world,
    answer,
    askForSecret,
    started,
    takeTasks,
    lookAtStorage,
    keep: (name, value) => {
      world = { ...world, kept: { ...world.kept, [name]: value } }
      around.keep(name, value)
    },
    onChange: telling.onChange
  })
  const perform = (ask: Ask, id: number): void => {
    // What needs nobody else happens before whatever comes after it.
    if (ask._tag === "Secret" || ask._tag === "Keep" || ask._tag === "Quit")
      return void Effect.runSync(doing(ask, id) as Effect.Effect<unknown>)
    begin(ask, id, doing(ask, id))
  }

  const view = (): View => {
    const seen = { tab, stack: stack(), world, notice, isBusy: doings.size > 0 }
    return { ...seen, everywhere: commands({ ...seen, everywhere: [] }) }
  }

  const run = (command: BoundCommand): void =>
    guarded(() => {
      notice = undefined
      world = { ...world, now: now() }
      const whyNot = command.whyNot(world)
      if (whyNot === undefined) apply(top(), command.run(world))
      else if (whyNot !== "") notice = { text: whyNot, isBad: false }
    })

  const isText = (key: string): boolean => key === "space" || [...key].length === 1

  const type = (text: string): void =>
    guarded(() => {
      if (top().typing(world) === undefined) return
      // What was said of it is not true of what is typed now.
      notice = undefined
      apply(top(), top().type(text, world))
    })

  const app: App = {
    view,
    top,
    press: (key) => {
      if (isText(key) && top().typing(world) !== undefined) return type(key === "space" ? " " : key)
      const of = (some: ReadonlyArray<BoundCommand>) => some.filter(({ keys }) => keys.includes(key))
      const command = fitting(of(top().commands), world) ?? fitting(of(view().everywhere), world)
      if (command !== undefined) run(command)
    },
    run,
    choose: (index) => guarded(() => stacks.replace(top().select(index, world))),
    type,
    put: (text) =>
      guarded(() => {
        if (top().typing(world) === undefined) return
        notice = undefined
        apply(top(), top().put(text, world))
      }),
    onChange: telling.onChange,
    told: telling.told,
    whenIdle: telling.whenIdle
  }
  yield* Effect.forkScoped(watching)
  yield* Effect.forkScoped(Stream.runForEach(link.storageChanges, () => Effect.sync(lookAtStorage)))
  yield* Effect.addFinalizer(() => Effect.sync(telling.stop))
  lookAtStorage()
  return app
})
