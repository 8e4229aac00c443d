/** A form: fields one below the other, each with its own message. Nothing that was typed is ever lost by an error. */
import type { Failure } from "@ourclone/core/events/Failure"
import { pad, printable, shorten, widthOf } from "@ourclone/core/events/PrintableText"
import type { Answer } from "../../command/Ask.ts"
import { type Command, type Screen, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import { told } from "../../words/Remedies.ts"
import { question } from "../asked/Question.ts"
import * as Choice from "./Choice.ts"
import { type Field, type Values, wrongNumber } from "./Field.ts"

export type Errors = { readonly [field: string]: string }

export interface FormOptions {
  readonly title: string
  /** What it is about, above the fields. */
  readonly says?: ReadonlyArray<string>
  readonly fields: ReadonlyArray<Field>
  /** Verb and object. */
  readonly submitLabel: string | ((values: Values) => string)
  /** What is wrong with what was typed, or what comes of it. */
  readonly submit: (values: Values, world: World) => { readonly errors: Errors } | Omit<Step<never>, "state">
  /** The first screen of its tab: it does not close. Where nothing is needed any more it begins where no letter is typed, so that numbers lead to other tabs. */
  readonly isRoot?: true
  /** The field to which a failure belongs that does not name it itself. */
  readonly blame?: (failure: Failure, values: Values, world: World) => string | undefined
  /** The answer to what `submit` asked for. */
  readonly done?: (answer: Answer, values: Values, world: World) => Omit<Step<never>, "state"> | undefined
}

interface State {
  readonly options: FormOptions
  readonly values: Values
  readonly errors: Errors
  readonly problem: string
  /** A field, or behind the last one the button. */
  readonly at: number
  readonly isBusy: boolean
}

const labelColumns = 22

const fieldAt = ({ at, options }: State): Field | undefined => options.fields[at]

const writtenIn = ({ values }: State, { name }: Field): string => values[name] ?? ""

const withValue = (state: State, field: Field, value: string): State => {
  const { [field.name]: _, ...errors } = state.errors
  return { ...state, values: { ...state.values, [field.name]: value }, errors }
}

const go = (state: State, at: number): State => ({
  ...state,
  at: Math.max(0, Math.min(at, state.options.fields.length))
})

const turn = (state: State, by: number): Step<State> => {
  const field = fieldAt(state)
  if (field?.options === undefined) return {}
  const { options } = field
  const next = options[(options.indexOf(writtenIn(state, field)) + by + options.length) % options.length]!
  return { state: withValue(state, field, next) }
}

const requiredErrors = (state: State): Errors =>
  Object.fromEntries(
    state.options.fields
      .filter((field) => field.isRequired && writtenIn(state, field).trim() === "")
      .map(({ name }) => [name, "is needed"])
  )

const numberErrors = (state: State): Errors =>
  Object.fromEntries(
    state.options.fields.flatMap((field) => {
      const wrong = wrongNumber(field, writtenIn(state, field))
      return wrong === undefined ? [] : [[field.name, wrong]]
    })
  )

const withErrors = (state: State, errors: Errors): Step<State> => {
  const first = state.options.fields.findIndex(({ name }) => errors[name] !== undefined)
  const { label } = state.options.fields[first] ?? { label: "" }
  const name = state.options.fields[first]?.name ?? ""
  return {
    state: { ...state, errors, problem: "", isBusy: false, at: first < 0 ? state.at : first },
    notice: `${label}: ${errors[name] ?? "see the form"}`
  }
}

const submit = (state: State, world: World): Step<State> => {
  const wrong = { ...numberErrors(state), ...requiredErrors(state) }
  if (Object.keys(wrong).length > 0) return withErrors(state, wrong)
  const step = state.options.submit(state.values, world)
  if ("errors" in step) return withErrors(state, step.errors)
  const waits = step.close !== true && step.open === undefined && (step.asks?.length ?? 0) > 0
  // What stays is come back to as it was come to first.
  const at = state.options.isRoot === true ? state.options.fields.length : state.at
  return { ...step, state: { ...state, at, errors: {}, problem: "", isBusy: waits } }
}

/** More was typed than what stood there to begin with. */
const isTouched = ({ options, values }: State): boolean =>
  options.fields.some(({ name, value }) => (values[name] ?? "") !== value)

const dropped: Answer = { _tag: "Said", tag: "form.drop", says: "" }
const leaving = () =>
  question("Leave the form?", ["What was typed here is not kept."], [{ label: "Leave it", hand: dropped }])

/** What was sent is not changed any more. */
const notWritten = ({ isBusy }: State): string | undefined => (isBusy ? "" : undefined)
const notTurned = (state: State): string | undefined => (fieldAt(state)?.options === undefined ? "" : notWritten(state))

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "form.enter",
    keys: ["enter"],
    label: "Next",
    about: "The next field; on the last line, and where there is but one, what the form is for",
    whyNot: ({ isBusy }) => (isBusy ? "It is being done" : undefined),
    run: (state, world) => {
      const { fields } = state.options
      // Where there is but one, nothing comes next.
      return fields.length === 1 || state.at >= fields.length
        ? submit(state, world)
        : { state: go(state, state.at + 1) }
    }
  },
  {
    id: "form.submit",
    keys: ["ctrl-s"],
    label: "Done",
    about: "What the form is for, from any field",
    whyNot: ({ isBusy }) => (isBusy ? "It is being done" : undefined),
    run: submit
  },
  {
    id: "form.next",
    keys: ["down", "tab"],
    label: "Next field",
    isQuiet: true,
    run: (state) => ({ state: go(state, (state.at + 1) % (state.options.fields.length + 1)) })
  },
  {
    id: "form.before",
    keys: ["up", "shift-tab"],
    label: "Field before",
    isQuiet: true,
    run: (state) => ({ state: go(state, state.at - 1) })
  },
  {
    id: "form.turn",
    keys: ["right", "space"],
    label: "Other choice",
    whyNot: notTurned,
    run: (state) => turn(state, 1)
  },
  {
    id: "form.turnBack",
    keys: ["left"],
    label: "Choice before",
    isQuiet: true,
    whyNot: notTurned,
    run: (state) => turn(state, -1)
  },
  {
    id: "form.erase",
    keys: ["backspace", "delete"],
    label: "Erase",
    isQuiet: true,
    whyNot: notWritten,
    run: (state) => {
      const field = fieldAt(state)
      if (field === undefined || field.options !== undefined) return {}
      return { state: withValue(state, field, [...writtenIn(state, field)].slice(0, -1).join("")) }
    }
  },
  {
    id: "form.clear",
    keys: ["ctrl-u"],
    label: "Clear field",
    isQuiet: true,
    whyNot: notWritten,
    run: (state) => {
      const field = fieldAt(state)
      return field === undefined ? {} : { state: withValue(state, field, "") }
    }
  },
  {
    id: "form.back",
    keys: ["esc"],
    label: "Back",
    whyNot: ({ at, options }) => (options.isRoot === true && at === options.fields.length ? "" : undefined),
    run: (state) =>
      state.options.isRoot === true
        ? { state: go(state, state.options.fields.length) }
        : isTouched(state)
          ? { open: leaving() }
          : { close: true }
  }
]

const shownValue = (state: State, field: Field): string => {
  const value = writtenIn(state, field)
  if (field.isSecret) return "•".repeat(Math.min(24, [...value].length))
  return printable(value)
}

const submitText = ({ options, values }: State): string =>
  typeof options.submitLabel === "string" ? options.submitLabel : options.submitLabel(values)

const roomBeside = (columns: number): number => Math.max(8, columns - labelColumns - 6)

const fieldLine = (state: State, index: number, columns: number): Lines.Line => {
  const field = state.options.fields[index]!
  const isAt = index === state.at
  const label = pad(shorten(field.label, labelColumns), labelColumns)
  const room = roomBeside(columns)
  const value = shownValue(state, field)
  const shown = widthOf(value) > room ? `…${[...value].slice(-(room - 2)).join("")}` : value
  const error = state.errors[field.name]
  const rest: Lines.Line =
    field.options !== undefined
      ? Choice.line(Choice.namesOf(field), field.options.indexOf(value), room)
      : [
          Lines.span(shown),
          Lines.span(isAt ? "▏" : "", "busy"),
          Lines.span(
            value === "" && !isAt
              ? field.otherwise === ""
                ? field.isRequired
                  ? "needed"
                  : "–"
                : field.otherwise
              : "",
            "faint"
          )
        ]
  return [
    Lines.span(isAt ? " > " : "   ", isAt ? "strong" : "plain"),
    Lines.span(`${label} `, isAt ? "strong" : "plain"),
    ...rest,
    Lines.span(error === undefined ? "" : `  ${printable(error)}`, "bad")
  ]
}

/** Whether its line has no room for all of it. */
const isCutBeside = (state: State, columns: number): boolean =>
  state.at < state.options.fields.length && Lines.width(fieldLine(state, state.at, columns)) > columns

const below = (state: State, columns: number): ReadonlyArray<Lines.Line> => {
  const field = fieldAt(state)
  const about = field === undefined ? "" : Choice.about(field, roomBeside(columns))
  const error = state.errors[field?.name ?? ""] ?? ""
  const problem = state.isBusy ? "One moment…" : error !== "" && isCutBeside(state, columns) ? error : state.problem
  const said = (text: string, tone: Lines.Tone): ReadonlyArray<Lines.Line> =>
    text === ""
      ? []
      : Lines.wrap(printable(text), columns - 4)
          .slice(0, 3)
          .map((line) => Lines.line(`   ${line}`, tone))
  // Where a window has no room for both, what went wrong is what one has to know.
  return [...said(problem, state.isBusy ? "busy" : "bad"), ...said(about, "faint")]
}

const above = ({ options: { says = [] } }: State, columns: number): ReadonlyArray<Lines.Line> =>
  says.flatMap((text) => Lines.wrap(text, columns - 4)).map((text) => Lines.line(`   ${text}`))

const roomFor = (state: State, columns: number, rows: number): number =>
  Math.max(1, rows - above(state, columns).length - below(state, columns).length - 4)

const button = (state: State): Lines.Line => {
  const isAt = state.at === state.options.fields.length
  return [Lines.span(isAt ? " > " : "   ", "strong"), Lines.span(` ${submitText(state)} `, isAt ? "chosen" : "strong")]
}

/** The first field that is drawn; from the button one sees where to begin. */
const fromOf = ({ at, options }: State, room: number): number =>
  at === options.fields.length ? 0 : Table.offsetOf(at, options.fields.length, room)

const errorWords = ({ errors, options }: State): ReadonlyArray<string> =>
  options.fields.flatMap(({ label, name }) => (errors[name] === undefined ? [] : [`${label}: ${errors[name]}`]))

export const kind: ScreenKind<State> = {
  name: "Form",
  title: ({ options }) => options.title,
  commands,
  lines: (state, _, columns, rows) => {
    const room = roomFor(state, columns, rows)
    const from = fromOf(state, room)
    const fields = state.options.fields.map((_, index) => index).slice(from, from + room)
    return [
      ...above(state, columns),
      Lines.blank,
      ...fields.map((index) => fieldLine(state, index, columns)),
      Lines.blank,
      button(state),
      Lines.blank,
      ...below(state, columns)
    ].map((line) => Lines.cut(line, columns))
  },
  words: (state) => [
    ...(state.options.says ?? []),
    ...errorWords(state),
    ...(state.problem === "" ? [] : [state.problem])
  ],
  choices: (state) => ({
    count: state.options.fields.length + 1,
    at: state.at,
    say: (index) => {
      const field = state.options.fields[index]
      if (field === undefined) return submitText(state)
      const value = shownValue(state, field)
      return `${field.label}: ${value === "" ? field.otherwise || (field.isRequired ? "needed" : "–") : value}`
    },
    select: go
  }),
  choiceAt: (state, _, columns, rows, line) => {
    const room = roomFor(state, columns, rows)
    const index = line - above(state, columns).length - 1
    const count = state.options.fields.length
    const shown = Math.min(room, count)
    if (index === shown + 1) return count
    return index < 0 || index >= shown ? undefined : fromOf(state, room) + index
  },
  typing: (state) => {
    const field = fieldAt(state)
    // What was sent is not changed any more; letters lead elsewhere meanwhile.
    if (field === undefined || state.isBusy) return undefined
    return {
      label: field.label,
      value: writtenIn(state, field),
      isSecret: field.isSecret,
      about: field.about,
      ...(field.options === undefined ? {} : { options: Choice.namesOf(field) }),
      type: (now, text) => {
        if (field.options === undefined) return { state: withValue(now, field, writtenIn(now, field) + text) }
        if (text === " ") return turn(now, 1)
        const option = Choice.meant(field, text)
        return option === undefined ? {} : { state: withValue(now, field, option) }
      },
      put: (now, text) => {
        if (field.options === undefined) return { state: withValue(now, field, text) }
        const option = Choice.meant(field, text)
        return option === undefined
          ? { notice: `Choose one of: ${Choice.namesOf(field).join(", ")}` }
          : { state: withValue(now, field, option) }
      }
    }
  },
  hear: (state, answer, world) => {
    if (answer === dropped) return { close: true }
    if (answer._tag === "Failed") return failing(state, answer.failure, world)
    const step = state.options.done?.(answer, state.values, world)
    return step === undefined ? { state: { ...state, isBusy: false } } : { ...step, state: { ...state, isBusy: false } }
  }
}

/** That its value is to be changed is said by where it stands. */
const atField = (failure: Failure): string =>
  failure.remedy?.code === "changeOption" || failure.remedy?.code === "giveOption" ? failure.message : told(failure)

/** At the field that is to blame, where one is. */
const failing = (state: State, failure: Failure, world: World): Step<State> => {
  const { blame, fields } = state.options
  const field =
    fields.find(({ name }) => name === blame?.(failure, state.values, world)) ??
    fields.find(({ name }) => name === failure.item)
  return field === undefined
    ? { state: { ...state, isBusy: false, problem: told(failure) } }
    : withErrors(state, { [field.name]: atField(failure) })
}

/** The first field that is needed and empty; where there is none, the button of a root and the first field of any other. */
const beginning = ({ fields, isRoot }: FormOptions): number => {
  const empty = fields.findIndex(({ isRequired, value }) => isRequired && value === "")
  if (empty >= 0) return empty
  return isRoot === true ? fields.length : 0
}

export const form = (options: FormOptions): Screen =>
  show(kind, {
    options,
    values: Object.fromEntries(options.fields.map(({ name, value }) => [name, value])),
    errors: {},
    problem: "",
    at: beginning(options),
    isBusy: false
  })
