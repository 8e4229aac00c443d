/** Texts of requests, such that the document says of them what is checked. */
import * as Schema from "effect/Schema"

const counted = (least: number, most: number): string =>
  least === 0 ? `at most ${most} characters` : least === most ? `${most} characters` : `${least} to ${most} characters`

/** So many characters, counted as a document of JSON Schema does: not the units that JavaScript counts. */
export const text = (least: number, most: number) =>
  Schema.String.pipe(Schema.check(Schema.isBetweenCodePoints(least, most, { expected: counted(least, most) })))

/** The pattern has the flag `u`: without it a document can not have it. */
export const spelled = (pattern: RegExp, expected: string) =>
  Schema.String.pipe(Schema.check(Schema.isPattern(pattern, { expected })))

/** Of a remote or a repository that is made. */
export const ConfiguredName = spelled(
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{1,63}$/u,
  "2 to 64 of A-Z a-z 0-9 _ . and -, not beginning with . or -"
)
