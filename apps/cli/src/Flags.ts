/** Short words to declare flags and arguments with. */
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

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

export const maxDepth = Flag.Int("max-depth").pipe(
  Flag.withMetavar("levels"),
  Flag.withDescription("Folders below folders to look into; 1 is the folder itself"),
  Flag.withSchema(Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(1)))),
  Flag.optional,
  Flag.map(Option.getOrUndefined)
)

export const moment = text(
  "at",
  "time",
  "The storage as it was then, as far as old versions are kept: a time, a date, or how long ago, such as 2h"
)

export const oneVersion = text("version-id", "id", "That version of the file, by the id that ourclone versions shows")
