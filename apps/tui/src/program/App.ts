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
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Answer, Ask } from "../command/Ask.ts"
import type { BoundCommand, Outcome, Screen, Tab } from "../command/Screen.ts"
import type { World } from "../command/World.ts"
import type { Link, LinkFailed } from "../link/Link.ts"
import { password } from "../screens/asked/Password.ts"
import { open as openTask } from "../screens/tasks/Task.ts"
import { told } from "../words/Remedies.ts"
import * as StateWords from "../words/StateWords.ts"
import * as TaskTitle from "../words/TaskTitle.ts"
import { foldProgress, merged } from "./TaskList.ts"

export interface Surroundings {
  readonly copy: (text: string) => void
  readonly suspend: () => void
  readonly keep: (name: string, value: Schema.Json) => void
  readonly quit: (code: number) => void
  /** A mistake in a screen; the program is over. */
  readonly crash: (error: unknown) => void
}

export interface AppOptions {
  readonly link: Link
  readonly world: World
  readonly tab: Tab
  readonly roots: { readonly [Name in Tab]: (world: World) => Screen }
  readonly commands: (app: View) => ReadonlyArray<BoundCommand>
  readonly around: Surroundings
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
  readonly whenIdle: () => Promise<void>
}

const noticesKept = 500
const rowsMillis = 80
const mostRows = 100_000
const reconnectMillis = 2_000

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
  const listeners = new Set<() => void>()
  const waiting = new Set<() => void>()
  const secrets = new Map<string, Redacted.Redacted<string>>()
  const fibers = new Map<string, { fiber?: Fiber.Fiber<unknown> }>()
  const stacks = new Map<Tab, ReadonlyArray<Screen>>()
  let tab = firstTab
  let world = firstWorld
  let notice: View["notice"]
  let busy = 0
  let isTold = true

  const stack = (): ReadonlyArray<Screen> => {
    const found = stacks.get(tab)
    if (found !== undefined) return found
    const made = [roots[tab](world)]
    stacks.set(tab, made)
    return made
  }
  const top = (): Screen => stack().at(-1)!

  const tell = (): void => {
    if (!isTold) return
    isTold = false
    setImmediate(() => {
      isTold = true
      for (const listener of listeners) listener()
      if (busy > 0) return
      for (const resolve of waiting) resolve()
      waiting.clear()
    })
  }
  const guarded = (work: () => void): void => {
    try {
      work()
      tell()
    } catch (error) {
      around.crash(error)
    }
  }

  const say = (text: string, isBad = false): void => {
    if (text === "") return
    notice = { text, isBad }
    world = { ...world, notices: [...world.notices, { at: now(), text, isBad }].slice(-noticesKept) }
  }

  const replace = (screen: Screen): void => {
    for (const [name, screens] of stacks) {
      if (screens.some(({ id }) => id === screen.id)) {
        stacks.set(
          name,
          screens.map((other) => (other.id === screen.id ? screen : other))
        )
      }
    }
  }

  const stopOf = (screen: Screen): void => {
    for (const [key, { fiber }] of fibers)
      if (key.startsWith(`${screen.id} `) && fiber !== undefined) fork(Fiber.interrupt(fiber))
  }

  const refresh = (): void => {
    const screen = top()
    apply(screen, screen.changed(world))
  }

  const apply = (from: Screen, outcome: Outcome): void => {
    if (outcome.screen !== undefined) replace(outcome.screen)
    if (outcome.notice !== undefined) say(outcome.notice)
    let addressee = from
    if (outcome.close === true && stack().length > 1) {
      stopOf(from)
      stacks.set(
        tab,
        stack().filter(({ id }) => id !== from.id)
      )
      addressee = top()
    }
    if (outcome.open !== undefined) {
      stacks.set(tab, [...stack(), outcome.open])
      addressee = outcome.open
    }
    if (outcome.go !== undefined) {
      // Its first screen, for who is there already.
      if (outcome.go === tab) stacks.set(tab, [stack()[0]!])
      tab = outcome.go
    }
    for (const ask of outcome.asks ?? []) perform(ask, addressee.id)
    if (outcome.open !== undefined || outcome.close === true || outcome.go !== undefined) refresh()
  }

  const screenOf = (id: number): Screen | undefined => {
    for (const screens of stacks.values()) {
      const found = screens.find((screen) => screen.id === id)
      if (found !== undefined) return found
    }
    return undefined
  }
  const answer = (id: number, given: Answer): void =>
    guarded(() => {
      const screen = screenOf(id)
      if (screen !== undefined) apply(screen, screen.hear(given, world))
    })

  const wantsSecret = ({ code, remedy }: Failure): string | undefined =>
    code === "SecretRefused" ? remedy?.values?.["secret"] : undefined

  const askForSecret = (secret: string, ask: Ask, because: string): void =>
    guarded(() => {
      stacks.set(tab, [...stack(), password(secret, ask, because)])
    })

  const failedWith = (failure: Failure, ask: Ask, id: number): void => {
    const secret = wantsSecret(failure)
    if ("tag" in ask) answer(id, { _tag: "Failed", tag: ask.tag, failure })
    if (secret !== undefined) {
      const wasGiven = secrets.delete(secret)
      askForSecret(secret, ask, wasGiven ? told({ message: failure.message }) : "It is needed to go on.")
      return
    }
    if (!("tag" in ask) || ask._tag === "Start" || id === -1) guarded(() => say(told(failure), true))
  }

  /** Does it in a fiber of its own; what is asked again with the same tag ends what was asked before. */
  const begin = (ask: Ask, id: number, work: Effect.Effect<unknown, LinkFailed>): void => {
    const key = `${id} ${"tag" in ask ? `${ask._tag} ${ask.tag}` : JSON.stringify(ask)}`
    const before = fibers.get(key)?.fiber
    if (before !== undefined) fork(Fiber.interrupt(before))
    busy++
    const own: { fiber?: Fiber.Fiber<unknown> } = {}
    fibers.set(key, own)
    own.fiber = fork(
      work.pipe(
        Effect.catch(({ failure }) => Effect.sync(() => failedWith(failure, ask, id))),
        Effect.catchDefect((defect) => Effect.sync(() => around.crash(defect))),
        Effect.ensuring(
          Effect.sync(() => {
            if (fibers.get(key) === own) fibers.delete(key)
            busy--
            tell()
          })
        )
      )
    )
    tell()
  }

  const storageChanged: Effect.Effect<void, LinkFailed> = Effect.suspend(() =>
    Effect.map(Effect.all([link.storage, link.schedules]), ([{ remotes, repositories }, schedules]) =>
      guarded(() => {
        world = { ...world, remotes, repositories, schedules }
        refresh()
      })
    )
  )

  /** Looked at anew afterwards, whatever becomes of who asked. */
  const changingStorage = (work: Effect.Effect<void, LinkFailed>): Effect.Effect<void, LinkFailed> =>
    Effect.andThen(
      work,
      Effect.sync(() => begin({ _tag: "Types", tag: "storage" }, -1, storageChanged))
    )

  const rows = (ask: Extract<Ask, { readonly _tag: "Rows" }>, id: number) =>
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

  const preview = (ask: Extract<Ask, { readonly _tag: "Preview" }>, id: number) =>
    Stream.runForEach(link.preview(ask.kind, ask.request, secrets), (events) =>
      Effect.sync(() => answer(id, { _tag: "Events", tag: ask.tag, events }))
    ).pipe(Effect.andThen(Effect.sync(() => answer(id, { _tag: "End", tag: ask.tag, isCut: false }))))

  const start = Effect.fnUntraced(function* (ask: Extract<Ask, { readonly _tag: "Start" }>, id: number) {
    const { isShown, kind, request, tag } = ask
    const { missing, wanted } = yield* link.needs(kind, request, secrets)
    const [first] = missing
    if (first !== undefined) return askForSecret(first, ask, "The task needs it.")
    const given = new Map([...secrets].filter(([name]) => wanted.includes(name)))
    const task = yield* link.start(kind, request, given)
    guarded(() => {
      world = { ...world, tasks: merged(world.tasks, [task]), now: now() }
      say(`Started: ${TaskTitle.of(task, world.home)}`)
      answer(id, { _tag: "Started", tag, task })
      if (!isShown) return
      tab = "tasks"
      stacks.set("tasks", [stack()[0]!, openTask(task, world)])
      refresh()
    })
  })

  const hasEndedOrStuck = ({ state }: Task): boolean => hasEnded(state) || state._tag === "Paused"

  const wait = (ask: Extract<Ask, { readonly _tag: "Wait" }>, id: number) =>
    Effect.callback<void, LinkFailed>((resume) => {
      let said = 0
      const look = (): void => {
        const task = world.tasks.find((one) => one.id === ask.id)
        if (task === undefined) return void resume(Effect.void)
        const share = StateWords.percent(task) ?? 0
        const stands = () => `${StateWords.standing(task.state).word}, ${StateWords.inShort(task, world.now)}`
        if (hasEndedOrStuck(task)) {
          listeners.delete(look)
          answer(id, { _tag: "Said", tag: ask.tag, says: stands() })
          return void resume(Effect.void)
        }
        if (share < said + 10) return
        said = share - (share % 10)
        answer(id, { _tag: "Said", tag: ask.tag, says: stands() })
      }
      listeners.add(look)
      look()
      return Effect.sync(() => listeners.delete(look))
    })

  const doing = (ask: Ask, id: number): Effect.Effect<unknown, LinkFailed> => {
    switch (ask._tag) {
      case "Rows":
        return rows(ask, id)
      case "Preview":
        return preview(ask, id)
      case "Start":
        return start(ask, id)
      case "Wish":
        return Effect.map(link.wish(ask.id, ask.wish), (task) => takeTasks([task]))
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
        return changingStorage(
          Effect.map(link.addStorage(ask.name, ask.type, ask.options), (says) =>
            answer(id, { _tag: "Said", tag: ask.tag, says })
          )
        )
      case "TestStorage":
        return Effect.map(link.testStorage(ask.name), (says) => answer(id, { _tag: "Said", tag: ask.tag, says }))
      case "RemoveStorage":
        return changingStorage(
          Effect.map(link.removeStorage(ask.name), () =>
            answer(id, { _tag: "Said", tag: ask.tag, says: `Removed ${ask.name}` })
          )
        )
      case "AddRepository":
        return changingStorage(
          Effect.map(link.addRepository(ask.name, ask.location), () =>
            answer(id, { _tag: "Said", tag: ask.tag, says: "" })
          )
        )
      case "AddSchedule":
        return changingStorage(
          Effect.map(link.addSchedule(ask.plan), () =>
            answer(id, { _tag: "Said", tag: ask.tag, says: `Saved ${ask.plan.name}` })
          )
        )
      case "ChangeSchedule":
        return changingStorage(link.changeSchedule(ask.id, { isOn: ask.isOn }))
      case "RemoveSchedule":
        return changingStorage(link.removeSchedule(ask.id))
      case "Secret":
        return Effect.sync(() => void secrets.set(ask.name, Redacted.make(ask.value)))
      case "Copy":
        return Effect.sync(() => around.copy(ask.text))
      case "Keep":
        return Effect.sync(() => {
          world = { ...world, kept: { ...world.kept, [ask.name]: ask.value } }
          around.keep(ask.name, ask.value)
        })
      case "Suspend":
        return Effect.sync(around.suspend)
      case "Quit":
        return Effect.sync(() => around.quit(ask.code))
    }
  }
  const perform = (ask: Ask, id: number): void => {
    // What needs nobody else happens before whatever comes after it.
    if (ask._tag === "Secret" || ask._tag === "Keep" || ask._tag === "Quit")
      return void Effect.runSync(doing(ask, id) as Effect.Effect<unknown>)
    begin(ask, id, doing(ask, id))
  }

  const takeTasks = (tasks: ReadonlyArray<Task>): void =>
    guarded(() => {
      const at = now()
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
      refresh()
    })

  const watching = Effect.forever(
    Stream.runForEach(link.tasks, (tasks) => Effect.sync(() => takeTasks(tasks))).pipe(
      Effect.catch(({ failure }) =>
        Effect.sync(() =>
          guarded(() => {
            if (world.lost === undefined) say(told(failure), true)
            world = { ...world, now: now(), lost: world.lost ?? { since: now(), failure } }
          })
        )
      ),
      Effect.andThen(Effect.sleep(reconnectMillis))
    )
  )
  yield* Effect.forkScoped(watching)

  const view = (): View => {
    const seen = { tab, stack: stack(), world, notice, isBusy: busy > 0 }
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
      if (top().typing(world) !== undefined) apply(top(), top().type(text, world))
    })

  const app: App = {
    view,
    top,
    press: (key) => {
      if (isText(key) && top().typing(world) !== undefined) return type(key === "space" ? " " : key)
      const own = top().commands.find(({ keys }) => keys.includes(key))
      const command = own ?? view().everywhere.find(({ keys }) => keys.includes(key))
      if (command !== undefined) run(command)
    },
    run,
    choose: (index) =>
      guarded(() => {
        replace(top().select(index, world))
      }),
    type,
    put: (text) =>
      guarded(() => {
        if (top().typing(world) !== undefined) apply(top(), top().put(text, world))
      }),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    whenIdle: () =>
      new Promise((resolve) => {
        waiting.add(resolve)
        tell()
      })
  }
  begin({ _tag: "Types", tag: "storage" }, -1, storageChanged)
  return app
})
