import * as Schema from "effect/Schema"

/** The state was not saved or brought back; the message names the file, the cause and what to do. */
export class StateFailed extends Schema.TaggedError<StateFailed>()("StateFailed", {
  message: Schema.String,
  /** `NotFound`: no such file or folder. `WrongPassword`: or the file was changed, which can not be told apart. */
  reason: Schema.Literals(["NotFound", "WrongPassword", "Failed"])
}) {}

/** In an error of the system, `ENOENT`, what is meant by it here. */
export type Meanings = Readonly<Record<string, Pick<StateFailed, "message"> & Partial<Pick<StateFailed, "reason">>>>

/** What was thrown, in the words of `meanings` where it is one of those. */
export const stateFailed = (error: unknown, meanings: Meanings = {}): StateFailed => {
  if (error instanceof StateFailed) return error
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  const meant = Object.hasOwn(meanings, code) ? meanings[code] : undefined
  const message = meant?.message ?? (error instanceof Error ? error.message : String(error))
  return new StateFailed({ message, reason: meant?.reason ?? "Failed" })
}
