/** The program behind the screens with a link of the test's own: keys go in, lines come out. */

import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { noHooks } from "@ourclone/tasks/task/Hooks"
import { noTotals, type Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Screen, Tab } from "../src/command/Screen.ts"
import type { World } from "../src/command/World.ts"
import * as Layout from "../src/frame/Layout.ts"
import { textOf } from "../src/lines/Line.ts"
import { signs } from "../src/lines/Marks.ts"
import { failed, type Link } from "../src/link/Link.ts"
import * as App from "../src/program/App.ts"
import { everywhere } from "../src/program/Everywhere.ts"
import { roots } from "../src/screens/Roots.ts"

export const now = Date.parse("2026-11-29T20:45:00")

export const task = (fields: Partial<Task> = {}): Task => ({
  id: "1m8task",
  kind: "sync",
  request: { source: "/home/ann/Pictures", destination: "photos:my-bucket/pictures" },
  origin: "terminal",
  by: "ann",
  schedule: null,
  machine: null,
  isRecord: false,
  hooks: noHooks,
  priority: 0,
  state: { _tag: "Running", take: 1 },
  wish: null,
  limits: null,
  take: 1,
  deferrals: 0,
  owner: null,
  leaseUntil: null,
  seq: 1,
  totals: { ...noTotals, files: 1_000, bytes: 20_000_000_000, isFinal: true, done: 370, doneBytes: 7_400_000_000 },
  progress: null,
  summary: null,
  createdAt: now - 600_000,
  startedAt: now - 600_000,
  endedAt: null,
  ...fields
})

export const world = (fields: Partial<World> = {}): World => ({
  now,
  tasks: [],
  views: new Map(),
  remotes: [],
  repositories: [],
  schedules: [],
  lost: undefined,
  service: "",
  machine: "This computer",
  notices: [],
  visits: 0,
  home: "/home/ann",
  directory: "/home/ann",
  marks: signs,
  kept: {},
  ...fields
})

const none = Effect.fail(failed("NotHere", "the test has no answer to this"))

/** Answers nothing but what the test says. `asked` is what was asked for, in order. */
export const link = (
  answers: Partial<Link> = {}
): { readonly link: Link; readonly asked: Array<ReadonlyArray<unknown>> } => {
  const asked: Array<ReadonlyArray<unknown>> = []
  const noting =
    <Given extends ReadonlyArray<unknown>, A>(name: string, answer: (...given: Given) => A) =>
    (...given: Given): A => {
      asked.push([name, ...given])
      return answer(...given)
    }
  const all: Link = {
    tasks: Stream.never,
    details: () => none,
    outcomes: () => none,
    wish: () => none,
    needs: () => Effect.succeed({ wanted: [], missing: [] }),
    start: (kind, request) => Effect.succeed(task({ kind, request, state: { _tag: "Done", failed: 0 } })),
    rows: () => Stream.empty,
    preview: () => Stream.empty,
    storage: Effect.succeed({ remotes: [], repositories: [] }),
    storageChanges: Stream.never,
    types: Effect.succeed([]),
    addStorage: () => none,
    removeStorage: () => Effect.void,
    testStorage: () => none,
    schedules: Effect.succeed([]),
    addSchedule: () => none,
    changeSchedule: () => none,
    runSchedule: () => none,
    removeSchedule: () => none,
    addRepository: () => none,
    removeRepository: () => Effect.void,
    ...answers
  }
  return {
    asked,
    link: {
      ...all,
      start: noting("start", all.start),
      wish: noting("wish", all.wish),
      rows: noting("rows", all.rows),
      preview: noting("preview", all.preview),
      addStorage: noting("addStorage", all.addStorage),
      addRepository: noting("addRepository", all.addRepository),
      removeRepository: noting("removeRepository", all.removeRepository),
      needs: noting("needs", all.needs)
    }
  }
}

export interface Rig {
  readonly app: App.App
  readonly asked: ReadonlyArray<ReadonlyArray<unknown>>
  /** Keys by their names, or texts as `"text:…"`; the program is idle afterwards. */
  readonly keys: (...keys: ReadonlyArray<string>) => Promise<void>
  readonly lines: (columns?: number, rows?: number) => ReadonlyArray<string>
  readonly text: (columns?: number, rows?: number) => string
  readonly quits: () => number | undefined
  readonly close: () => Promise<void>
}

export const rig = async (
  answers: Partial<Link> = {},
  { tab = "storage", ...fields }: Partial<World> & { readonly tab?: Tab } = {}
): Promise<Rig> => {
  const scope = Scope.makeUnsafe()
  const made = link(answers)
  let quit: number | undefined
  const app = await Effect.runPromise(
    Scope.provide(
      App.make({
        link: made.link,
        world: world(fields),
        tab,
        roots: roots as { readonly [Name in Tab]: (world: World) => Screen },
        commands: everywhere,
        now: () => now,
        around: {
          copy: () => {},
          suspend: () => {},
          keep: () => {},
          quit: (code) => {
            quit = code
          },
          crash: (error) => {
            throw error
          }
        }
      }),
      scope
    )
  )
  await app.whenIdle()
  const lines = (columns = 80, rows = 24) => Layout.lines(app.view(), columns, rows).map(textOf)
  return {
    app,
    asked: made.asked,
    keys: async (...keys) => {
      for (const key of keys) {
        if (key.startsWith("text:"))
          for (const letter of key.slice("text:".length)) app.press(letter === " " ? "space" : letter)
        else app.press(key)
        await app.whenIdle()
      }
    },
    lines,
    text: (columns, rows) => lines(columns, rows).join("\n"),
    quits: () => quit,
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

export const envelopes = (...events: ReadonlyArray<RunEvent>) =>
  events.map((event, index) => ({ v: 1 as const, seq: index + 1, at: now, event }))
