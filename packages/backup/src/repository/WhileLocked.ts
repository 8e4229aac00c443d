/**
 * What the host does while a lock is held.
 *
 * `restic unlock` asks with SIGHUP whether the process of a lock lives, and a
 * process that does not expect that is ended by it. Signals belong to the host, so
 * it says here how it stays alive meanwhile.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Run before a lock is taken, in a scope that closes after it was given back. Of several locks each runs it. */
export const WhileLocked = Context.Reference<Effect.Effect<void, never, Scope.Scope>>("@ourclone/backup/WhileLocked", {
  defaultValue: () => Effect.void
})
