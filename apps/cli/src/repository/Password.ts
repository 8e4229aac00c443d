/**
 * The password of a repository: from a flag, the configuration, the
 * environment, or asked for. It is never the value of a flag.
 */
import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import * as Secret from "@ourclone/core/configuration/Secret"
import { outputOf } from "@ourclone/core/configuration/SecretCommand"
import type { Environment } from "@ourclone/core/machine/StandardPaths"
import * as TextFile from "@ourclone/core/machine/TextFile"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type CommandStopped, usage } from "../ExitCode.ts"
import { askExactly } from "../Prompt.ts"
import { Streams } from "../Streams.ts"

export interface PasswordInput {
  /** What the flags of this password begin with: `password`, `from-password`, `new-password`. */
  readonly flag: string
  readonly file: string | undefined
  readonly command: string | undefined
  /** It was said that there is none; absent where nothing can say so. */
  readonly isEmpty?: boolean | undefined
  /** What the configuration says, as a reference. */
  readonly configured?: { readonly repository: string; readonly reference: string } | undefined
  /** The variables to look in, without what `_FILE` and `_COMMAND` add; first come, first served. */
  readonly variables: ReadonlyArray<string>
}

type Found = Effect.Effect<Redacted.Redacted<string> | undefined, CommandStopped>

type Checked = Effect.Effect<Redacted.Redacted<string>, CommandStopped>
type Check = (password: string, source: string) => Checked

/** `new-password` has `--new-insecure-no-password`. */
const emptyFlag = ({ flag }: PasswordInput): string => `--${flag.replace("password", "insecure-no-password")}`

const check = (input: PasswordInput): Check => {
  const none = input.isEmpty === undefined ? "" : `, or say ${emptyFlag(input)}`
  return (password, source) =>
    password === ""
      ? usage(`${source} gives an empty password, which protects nothing; give one that is not empty${none}`)
      : Effect.succeed(Redacted.make(password))
}

const spellings = (variable: string) => [variable, `${variable}_FILE`, `${variable}_COMMAND`] as const

/** What of the command line and the environment gives a password. */
const giver = ({ command, file, flag, variables }: PasswordInput, environment: Environment): string | undefined => {
  if (file !== undefined) return `--${flag}-file`
  if (command !== undefined) return `--${flag}-command`
  return variables.flatMap(spellings).find((name) => Boolean(environment[name]))
}

/** Blanks around it are not part of the password, as in restic. */
const ofFile = (path: string, source: string, checked: Check): Found =>
  Effect.suspend(() => {
    try {
      return checked(TextFile.textOf(readFileSync(path)).trim(), source)
    } catch (error) {
      return usage(`${source}: "${path}" can not be read: ${SystemFailure.textOf(error)}`)
    }
  })

const ofCommand = (line: string, environment: Environment, source: string, checked: Check): Found =>
  outputOf(line, environment).pipe(
    Effect.mapError((because) => usage(`${source}: ${because}`)),
    Effect.flatMap((output) => checked(output.trim(), source))
  )

/** What is given without asking anybody; `undefined` where nothing is. */
export const given = Effect.fnUntraced(function* (input: PasswordInput) {
  const { environment } = yield* Streams
  const { command, configured, file, flag } = input
  const checked = check(input)
  if (file !== undefined && command !== undefined) {
    return yield* usage(`choose one of --${flag}-file and --${flag}-command`)
  }
  if (input.isEmpty === true) {
    const source = giver(input, environment)
    if (source === undefined) return Redacted.make("")
    return yield* usage(
      `${emptyFlag(input)} says that there is no password, and ${source} gives one; leave one of the two out`
    )
  }
  if (file !== undefined) return yield* ofFile(file, `--${flag}-file`, checked)
  if (command !== undefined) return yield* ofCommand(command, environment, `--${flag}-command`, checked)
  if (configured !== undefined) {
    const source = `the password of repository "${configured.repository}"`
    const surroundings = { environment, home: environment.HOME || homedir(), directory: process.cwd() }
    const found = Secret.resolve(configured.reference, surroundings)
    const password = yield* Effect.mapError(found, (because) => usage(`${source}: ${because}`))
    return yield* checked(Redacted.value(password).trim(), source)
  }
  for (const variable of input.variables) {
    const [plain, path, line] = spellings(variable).map((name) => environment[name])
    if (path) return yield* ofFile(path, `${variable}_FILE`, checked)
    if (line) return yield* ofCommand(line, environment, `${variable}_COMMAND`, checked)
    if (plain) return yield* checked(plain, variable)
  }
  return undefined
})

const mayAsk = Effect.map(Streams, ({ isErrorTerminal, isInputTerminal }) => isErrorTerminal && isInputTerminal)

const nobodyToAsk = ({ flag, variables }: PasswordInput): CommandStopped => {
  const [first] = variables
  const variable = first === undefined ? "" : `, or set ${first}, ${first}_FILE or ${first}_COMMAND`
  return usage(
    `no password is given and there is no terminal to ask on; say --${flag}-file or --${flag}-command${variable}`
  )
}

/** Of something that exists. Asks `question` once where nobody gives it; `wasAsked` tells that a mistyped one can be asked for again. */
export const existing = Effect.fnUntraced(function* (input: PasswordInput, question: string) {
  const found = yield* given(input)
  if (found !== undefined) return { password: found, wasAsked: false }
  if (!(yield* mayAsk)) return yield* nobodyToAsk(input)
  return { password: yield* check(input)(yield* askExactly(question, true), "the answer"), wasAsked: true }
})

/** Of something new: asked for twice. */
export const chosen = Effect.fnUntraced(function* (input: PasswordInput, question: string) {
  const found = yield* given(input)
  if (found !== undefined) return found
  if (!(yield* mayAsk)) return yield* nobodyToAsk(input)
  const first = yield* askExactly(question, true)
  const password = yield* check(input)(first, "the answer")
  const second = yield* askExactly("The same again", true)
  return second === first ? password : yield* usage("the two passwords differ; nothing was changed")
})
