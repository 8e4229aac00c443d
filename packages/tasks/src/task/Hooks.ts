/** What is run before and after each run of a task, by whoever runs the service. */
import * as Schema from "effect/Schema"

export const Hook = Schema.Struct({
  /** The program, and its words as they are: no shell reads them. */
  command: Schema.NonEmptyArray(Schema.String),
  /** Then its processes are ended. */
  limitMillis: Schema.Int
})
export type Hook = typeof Hook.Type

export const Hooks = Schema.Struct({
  /** One that does not end well keeps the run from beginning. */
  before: Schema.NullOr(Hook),
  /** Whatever became of the run, and of the hook before it. */
  after: Schema.NullOr(Hook)
})
export type Hooks = typeof Hooks.Type

export const noHooks: Hooks = { before: null, after: null }

export const usualLimitMillis = 5 * 60_000
