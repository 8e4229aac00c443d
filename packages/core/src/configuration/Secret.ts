/**
 * Values that are kept elsewhere: `env:NAME`, `file:PATH`, `command:LINE`.
 * `text:VALUE` is VALUE, for the value that begins like one of these.
 *
 * What a keyring holds is had from its own program: `command:secret-tool lookup service ourclone`. `keyring:` itself is
 * refused, since taken as a value it would be sent to a service as a key.
 *
 * No error repeats what was found.
 */
import { readFileSync } from "node:fs"
import { resolve as resolvePath } from "node:path"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Environment } from "../machine/StandardPaths.ts"
import * as TextFile from "../machine/TextFile.ts"
import { outputOf } from "./SecretCommand.ts"

export interface Surroundings {
  readonly environment: Environment
  /** What `~` stands for. */
  readonly home: string
  /** What relative paths of `file:` begin at. */
  readonly directory: string
}

const form = /^(env|file|command|keyring|text):(.*)$/s

/** The kind of reference that `text` is; `undefined` for a value in place. */
export const kindOf = (text: string): string | undefined => {
  const kind = form.exec(text)?.[1]
  return kind === "text" ? undefined : kind
}

/** The value that stands in `text` itself; `undefined` where it is kept elsewhere. */
export const inPlace = (text: string): string | undefined => {
  const [, kind, rest] = form.exec(text) ?? []
  return kind === undefined ? text : kind === "text" ? rest : undefined
}

/** The reference as it may be shown: a command may hold a password itself. */
export const show = (text: string): string => (kindOf(text) === "command" ? "command:xxx" : text)

const withoutLineBreak = (text: string): string => text.replace(/\r?\n$/, "")

const causes: { readonly [code: string]: string } = {
  ENOENT: "it does not exist",
  EACCES: "this user may not read it",
  EISDIR: "it is a folder"
}

const fromEnvironment = (name: string, { environment }: Surroundings): Effect.Effect<string, string> => {
  const value = environment[name]
  return value === undefined || value === ""
    ? Effect.fail(`the environment variable ${name} is not set; set it, or write the value another way`)
    : Effect.succeed(value)
}

const fromFile = (written: string, { directory, home }: Surroundings): Effect.Effect<string, string> =>
  Effect.suspend(() => {
    const path = written.startsWith("~/") ? resolvePath(home, written.slice(2)) : resolvePath(directory, written)
    try {
      const text = withoutLineBreak(TextFile.textOf(readFileSync(path)))
      return text === "" ? Effect.fail(`the file ${path} is empty; write the value into it`) : Effect.succeed(text)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown error"
      return Effect.fail(`the file ${path} can not be read: ${causes[code] ?? code}`)
    }
  })

const fromCommand = (line: string, { environment }: Surroundings): Effect.Effect<string, string> =>
  Effect.flatMap(outputOf(line, environment), (output) => {
    const text = withoutLineBreak(output)
    return text === "" ? Effect.fail("its command printed nothing; it must print the value") : Effect.succeed(text)
  })

const noKeyring =
  "this program reads no keyring itself; use its own program, such as command:secret-tool lookup service ourclone"

/**
 * The value that `text` stands for. Fails with the cause and the remedy as a
 * text that begins in lower case; the caller knows which option it is about.
 */
export const resolve = (text: string, surroundings: Surroundings): Effect.Effect<Redacted.Redacted<string>, string> => {
  const [, kind, rest = ""] = form.exec(text) ?? []
  const found =
    kind === "env"
      ? fromEnvironment(rest, surroundings)
      : kind === "file"
        ? fromFile(rest, surroundings)
        : kind === "command"
          ? fromCommand(rest, surroundings)
          : kind === "keyring"
            ? Effect.fail(noKeyring)
            : Effect.succeed(kind === "text" ? rest : text)
  return Effect.map(found, (value) => Redacted.make(value))
}
