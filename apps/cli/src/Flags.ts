/** Short words to declare flags and arguments with. */
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"

/** A switch. It takes no value, so that a folder called `on` can follow it. */
export const on = (name: string, description: string): Flag.Flag<boolean> =>
  Flag.Boolean(name).pipe(
    Flag.withOptionalValue("true"),
    Flag.withDescription(description),
    Flag.withDefault(false),
    Flag.withoutNegation
  )

/** A text that may be left out. */
export const text = (name: string, metavar: string, description: string): Flag.Flag<string | undefined> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.optional,
    Flag.map(Option.getOrUndefined)
  )

/** A text that may be given several times. */
export const texts = (name: string, metavar: string, description: string): Flag.Flag<ReadonlyArray<string>> =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.atLeast(0))

export const place = (name: string, description: string) =>
  Argument.String(name).pipe(Argument.withDescription(description))

/** The same, which may be left out. */
export const optionalPlace = (name: string, description: string) =>
  place(name, description).pipe(Argument.optional, Argument.map(Option.getOrUndefined))
