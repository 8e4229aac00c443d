/** Answers that are no success: thrown by who finds out, written by the door. */
import type { Refusal, Refused } from "../contract/Refusal.ts"
import { prolog } from "./xml/XmlText.ts"

export class Problem extends Error {
  readonly status: number
  /** The condition of RFC 4918 that does not hold, as XML in `DAV:` under the prefix `D`. */
  readonly condition: string | undefined
  constructor(status: number, message: string, condition?: string) {
    super(message)
    this.status = status
    this.condition = condition
  }
}

export const statusOf = {
  NotFound: 404,
  AlreadyExists: 405,
  NotDirectory: 409,
  IsDirectory: 405,
  NotEmpty: 409,
  IntoItself: 409,
  WrongKind: 403,
  ReadOnly: 403,
  NotPermitted: 403,
  BadName: 400,
  NameTooLong: 400,
  BadRange: 416,
  TooLarge: 413,
  BadHandle: 500,
  NoSpace: 507,
  NoProperty: 404,
  NotSupported: 501,
  TimedOut: 504,
  Failed: 502
} satisfies Record<Refusal, number>

export const problemOf = ({ refusal, message }: Refused): Problem => new Problem(statusOf[refusal], message ?? refusal)

export const errorBody = (condition: string): string => `${prolog}<D:error xmlns:D="DAV:">${condition}</D:error>`
