/**
 * A screen, and its commands as a table: footer, help, palette, mouse, the linear mode and docs/tui.md are views of it.
 *
 * A screen is a value. What happens to it gives another one, with what it asks for; nothing here does anything.
 */
import type { Line } from "../lines/Line.ts"
import type { Answer, Ask } from "./Ask.ts"
import type { World } from "./World.ts"

export type Tab = "storage" | "migrate" | "tasks" | "backup" | "mounts" | "schedules" | "log"

export interface Step<State> {
  readonly state?: State
  readonly asks?: ReadonlyArray<Ask>
  /** On top of this one; in its place where this one closes. */
  readonly open?: Screen
  readonly close?: true
  /** What the screen below hears once this one has closed. */
  readonly hand?: Answer
  /** The screens of that tab, as they were left. */
  readonly go?: Tab
  readonly notice?: string
}

export interface Command<State> {
  /** Stable: `task.pause`. */
  readonly id: string
  readonly keys: ReadonlyArray<string>
  /** Verb and object: `Pause`, `Delete`. */
  readonly label: string
  /** For help, where the label does not say it all. */
  readonly about?: string
  /** Left out of the footer and of what the linear mode offers: moving about. */
  readonly isQuiet?: true
  /** Why not now; undefined when it may run. Asked for at every frame, so it only looks. */
  readonly whyNot?: (state: State, world: World) => string | undefined
  readonly run: (state: State, world: World) => Step<State>
}

/** Where letters go while they are typed. */
export interface Typing<State> {
  /** What is asked for, and what has been typed. A secret is never shown. */
  readonly label: string
  readonly value: string
  readonly isSecret: boolean
  readonly type: (state: State, text: string) => Step<State>
  /** The whole of it, from who does not type letter by letter. */
  readonly put: (state: State, text: string) => Step<State>
  /** What there is to choose among, where not every text will do. */
  readonly options?: ReadonlyArray<string>
  readonly about?: string
}

/** What can be chosen among, for those who do not see lines. */
export interface Choices<State> {
  readonly count: number
  readonly at: number
  readonly say: (index: number) => string
  readonly select: (state: State, index: number) => State
}

export interface ScreenKind<State> {
  /** For help and docs: `Tasks`. */
  readonly name: string
  readonly title: (state: State, world: World) => string
  /** At the right of the title. */
  readonly status?: (state: State, world: World) => string
  readonly commands: ReadonlyArray<Command<State>>
  /** At most `rows` lines. */
  readonly lines: (state: State, world: World, columns: number, rows: number) => ReadonlyArray<Line>
  /** The choice drawn at a place of `lines`, for the mouse. */
  readonly choiceAt?: (
    state: State,
    world: World,
    columns: number,
    rows: number,
    line: number,
    column: number
  ) => number | undefined
  readonly choices?: (state: State, world: World) => Choices<State>
  /** What a reader is told before the choices: lines without any. */
  readonly words?: (state: State, world: World) => ReadonlyArray<string>
  readonly typing?: (state: State, world: World) => Typing<State> | undefined
  readonly hear?: (state: State, answer: Answer, world: World) => Step<State>
  /** The world has changed. */
  readonly changed?: (state: State, world: World) => Step<State>
  /** Drawn over the screen below it. */
  readonly isOverlay?: true
}

export interface Outcome extends Omit<Step<never>, "state"> {
  readonly screen?: Screen
}

export interface BoundCommand extends Omit<Command<never>, "whyNot" | "run"> {
  readonly whyNot: (world: World) => string | undefined
  readonly run: (world: World) => Outcome
}

/** A kind with its state, which only the kind sees. */
export interface Screen {
  /** The same for all states of one screen. */
  readonly id: number
  readonly name: string
  readonly isOverlay: boolean
  readonly commands: ReadonlyArray<BoundCommand>
  readonly title: (world: World) => string
  readonly status: (world: World) => string
  readonly lines: (world: World, columns: number, rows: number) => ReadonlyArray<Line>
  readonly choiceAt: (world: World, columns: number, rows: number, line: number, column: number) => number | undefined
  readonly choices: (
    world: World
  ) => { readonly count: number; readonly at: number; readonly say: (index: number) => string } | undefined
  readonly select: (index: number, world: World) => Screen
  readonly words: (world: World) => ReadonlyArray<string>
  readonly typing: (world: World) => Omit<Typing<never>, "type" | "put"> | undefined
  readonly type: (text: string, world: World) => Outcome
  readonly put: (text: string, world: World) => Outcome
  readonly hear: (answer: Answer, world: World) => Outcome
  readonly changed: (world: World) => Outcome
}

let last = 0

export const show = <State>(kind: ScreenKind<State>, state: State, id = ++last): Screen => {
  const outcome = ({ state: next, ...rest }: Step<State>): Outcome =>
    next === undefined || next === state ? rest : { ...rest, screen: show(kind, next, id) }
  return {
    id,
    name: kind.name,
    isOverlay: kind.isOverlay === true,
    commands: kind.commands.map(({ run, whyNot, ...command }) => ({
      ...command,
      whyNot: (world) => whyNot?.(state, world),
      run: (world) => outcome(run(state, world))
    })),
    title: (world) => kind.title(state, world),
    status: (world) => kind.status?.(state, world) ?? "",
    lines: (world, columns, rows) => kind.lines(state, world, columns, rows),
    choiceAt: (world, columns, rows, line, column) => kind.choiceAt?.(state, world, columns, rows, line, column),
    choices: (world) => kind.choices?.(state, world),
    select: (index, world) => {
      const choices = kind.choices?.(state, world)
      return choices === undefined ? show(kind, state, id) : show(kind, choices.select(state, index), id)
    },
    words: (world) => kind.words?.(state, world) ?? [],
    typing: (world) => kind.typing?.(state, world),
    type: (text, world) => {
      const typing = kind.typing?.(state, world)
      return typing === undefined ? {} : outcome(typing.type(state, text))
    },
    put: (text, world) => {
      const typing = kind.typing?.(state, world)
      return typing === undefined ? {} : outcome(typing.put(state, text))
    },
    hear: (answer, world) => (kind.hear === undefined ? {} : outcome(kind.hear(state, answer, world))),
    changed: (world) => (kind.changed === undefined ? {} : outcome(kind.changed(state, world)))
  }
}

/** Of the commands that one key or word means, the one that may run now; else one that says why not. */
export const fitting = (some: ReadonlyArray<BoundCommand>, world: World): BoundCommand | undefined =>
  some.find(({ whyNot }) => whyNot(world) === undefined) ?? some.find(({ whyNot }) => whyNot(world) !== "") ?? some[0]
